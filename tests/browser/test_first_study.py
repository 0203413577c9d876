"""From an empty site to a running study by what can be seen and pressed, without an address typed."""

import json
from dataclasses import dataclass

import pytest
from django.core.management import call_command
from playwright.sync_api import Page

from assay.accounts import first_administrator
from raters.models import Enrolment, Study

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MOST = 30
PROMPTS = {f"p{n}": f"Name {n} birds that dive." for n in range(2, 7)}


@dataclass
class Hand:
    """Does what a person does at a page, and counts it."""

    page: Page
    actions: int = 0

    def press(self, name: str) -> None:
        """A button or a link, by the words on it."""
        self.actions += 1
        shown = self.page.locator("button:visible, a:visible").filter(has_text=name)
        shown.first.click()
        self.page.wait_for_load_state()

    def fill(self, label: str, text: str) -> None:
        self.actions += 1
        self.page.get_by_label(label, exact=True).first.fill(text)

    def attach(self, label: str, name: str, lines: list[dict[str, object]]) -> None:
        self.actions += 1
        content = "\n".join(json.dumps(line) for line in lines).encode()
        file = {"name": name, "mimeType": "application/jsonl", "buffer": content}
        self.page.get_by_label(label, exact=True).set_input_files(file)

    def tick(self, group: str, label: str) -> None:
        self.actions += 1
        self.page.get_by_role("group", name=group).get_by_label(label).check()


def prompt(key: str, text: str) -> dict[str, object]:
    turns = [{"role": "user", "content": text}]
    return {"schema": "prompt/1", "id": key, "kind": "instruction", "turns": turns, "category": "birds"}


def bring_in_responses(hand: Hand, button: str, checkpoint: str) -> None:
    hand.press(button)
    hand.fill("Checkpoint that wrote them", checkpoint)
    answers = [
        {
            "schema": "response/1",
            "prompt_id": key,
            "turns": [f"Loons and grebes, says number {len(checkpoint)}."],
        }
        for key in PROMPTS
    ]
    hand.attach("File of responses", f"{checkpoint}.jsonl", answers)
    hand.press("Read it")
    hand.press("Save them")


@pytest.mark.parametrize("scripts", [True, False])
def test_an_empty_site_leads_to_a_running_study_in_thirty_actions(visit, live_server, scripts):
    call_command("createcachetable", verbosity=0)
    link = first_administrator.link("")  # as `serve` prints it on an empty site
    hand = Hand(visit(link, scripts=scripts))
    hand.fill("Username", "ada")
    hand.fill("Email address", "ada@example.org")
    hand.fill("Password", "a-long-word-of-hers")
    hand.fill("Password confirmation", "a-long-word-of-hers")
    hand.press("Create my account")
    assert hand.page.url == live_server.url + "/"
    hand.press("Add prompts from a file")
    hand.attach("File of prompts", "birds.jsonl", [prompt(key, text) for key, text in PROMPTS.items()])
    hand.press("Read it")
    hand.press("Save")
    bring_in_responses(hand, "Import responses", "heron")
    bring_in_responses(hand, "Import more responses", "plover-two")
    hand.press("Plan a study over these prompts")
    hand.tick("Candidates", "heron")
    hand.tick("Baseline", "plover-two")
    hand.press("Make the draft")
    hand.press("Open it for raters")
    assert Study.objects.get().status == Study.Status.COLLECTING
    hand.press("Invite raters")
    hand.press("Make a link")
    assert hand.actions <= MOST
    visit(hand.page.locator("[role=status] code").inner_text().removeprefix(live_server.url))
    assert not Enrolment.objects.exists()  # a look at the link alone enrols nobody
