"""From an empty site to a running study by what can be seen and pressed, without an address typed."""

import json

import pytest
from django.core.management import call_command
from playwright.sync_api import FilePayload

from assay.accounts import first_administrator
from raters.models import Enrolment, Study
from tests.browser.hand import Hand

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MOST = 30
PROMPTS = {f"p{n}": f"Name {n} birds that dive." for n in range(2, 7)}


def lines(name: str, rows: list[dict[str, object]]) -> FilePayload:
    content = "\n".join(json.dumps(row) for row in rows).encode()
    return {"name": name, "mimeType": "application/jsonl", "buffer": content}


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
    hand.attach("File of responses", lines(f"{checkpoint}.jsonl", answers))
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
    hand.attach("File of prompts", lines("birds.jsonl", [prompt(*row) for row in PROMPTS.items()]))
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
