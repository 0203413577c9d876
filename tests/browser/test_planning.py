"""The planner recalculates while one types, and by its button where there are no scripts; a study's page follows it."""

import pytest
from playwright.sync_api import expect

from raters import judging
from raters.assignment import claim_next
from raters.rubrics.answers import Answer
from tests import builders

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def planning(visit, researcher):
    builders.run(builders.prompt_set(5), "heron")
    return lambda **how: visit("/new-study/", user=researcher, **how)


def judgments(page):
    return page.locator("[data-replan=power] dd").nth(2)


def test_the_numbers_follow_what_is_typed(planning):
    page = planning()
    expect(judgments(page)).to_have_text("15")
    page.get_by_label("Ratings of each comparison").fill("2")
    expect(judgments(page)).to_have_text("10")
    assert page.evaluate("document.activeElement.name") == "ratings"  # nothing takes the hand off the field


def test_without_scripts_the_button_does_it(planning):
    page = planning(scripts=False)
    page.get_by_label("Ratings of each comparison").fill("2")
    page.get_by_role("button", name="Recalculate").click()
    expect(judgments(page)).to_have_text("10")


def test_another_prompt_set_brings_its_own_arms(planning):
    builders.run(builders.prompt_set(4, slug="second"), "avocet")
    page = planning()
    page.get_by_label("Prompt set").select_option("everyday@1")
    expect(page.get_by_role("group", name="Baseline")).to_contain_text("heron")
    expect(judgments(page)).to_have_text("15")
    assert page.locator("h1").inner_text() == "Plan a study"


def test_a_studys_page_follows_its_judgments_by_itself(visit, researcher):
    study = builders.study(prompts=3)
    page = visit(f"/studies/{study.slug}/", user=researcher)
    told = page.locator("[data-live] dd").first
    expect(told).to_have_text("0 / 9")
    judging.record(claim_next(builders.rater(study), study), Answer("same", "a-key-of-sixteen-letters"))
    expect(told).to_have_text("1 / 9", timeout=20_000)
