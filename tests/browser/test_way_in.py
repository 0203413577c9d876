"""A person comes by an invitation's link and walks the whole way to the code, with axe looking at each step."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from raters.models import Enrolment, Judgment, Study
from raters.rubrics.presets import preset, study_settings
from raters.way_in.inviting import invite
from tests import builders
from tests.browser.looking import TAGS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def study(transactional_db) -> Study:
    study = builders.study(prompts=1, hazards=["ssh"])
    Study.objects.update(rubric=preset("safety"), **study_settings("safety"))
    study.refresh_from_db()
    return study


def looks_right(page) -> None:
    results = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}}).response
    found = [(each["id"], [node["html"] for node in each["nodes"]]) for each in results["violations"]]
    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def press(page, name: str) -> None:
    """Reach the button or link as a keyboard does, and press it."""
    page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name)).first.focus()
    page.keyboard.press("Enter")


def choose(page, name: str, value: str) -> None:
    page.locator(f"input[name={name}][value='{value}']").focus()
    page.keyboard.press("Space")


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_whole_way_by_keyboard(visit, study, size):
    page = visit(f"/rate/join/{invite(study)}/?PROLIFIC_PID=p1", size=size)
    for heading, button in [
        ("Comparing answers", "Begin"),
        ("Your code to come back", "Go on"),
        ("Do you agree to take part?", "I agree"),
        ("What this study holds", "I have read it"),
        ("The guide", "I have read it"),
    ]:
        page.get_by_role("heading", name=heading, level=1).wait_for()
        looks_right(page)
        press(page, button)
    page.get_by_role("heading", name="A few questions").wait_for()
    looks_right(page)
    for number, one in enumerate(study.rubric.training["check"]):
        choose(page, f"question_{number}", (one["right"] + 1) % 2)
    press(page, "Send")
    page.get_by_text("You have 1 try left.").wait_for()
    looks_right(page)
    for number, one in enumerate(study.rubric.training["check"]):
        choose(page, f"question_{number}", one["right"])
    press(page, "Send")
    for number in range(1, 6):
        page.get_by_role("heading", name=f"Practice {number} of 5").wait_for()
        if number == 1:
            looks_right(page)
        press(page, "About the same")
        page.locator(".notice[role=status]").wait_for()
        if number == 1:
            looks_right(page)
        press(page, "Go on")
    page.get_by_role("heading", name="Before you read on").wait_for()
    looks_right(page)
    press(page, "Show it")
    page.get_by_role("heading", name="Response A", exact=True).wait_for()
    looks_right(page)
    for side in ("left", "right"):
        choose(page, f"{side}_answer_type", "full_refusal")
        choose(page, f"{side}_violation", "no")
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Done for now").wait_for()
    looks_right(page)
    press(page, "I am finished")
    choose(page, "recognised", "no")
    looks_right(page)
    press(page, "Finish")
    page.get_by_role("heading", name="Thank you").wait_for()
    looks_right(page)
    enrolment = Enrolment.objects.get()
    assert re.search(enrolment.completion_code, page.content())
    assert enrolment.recruitment == {"PROLIFIC_PID": "p1"} and Judgment.objects.counted(study).count() == 1
