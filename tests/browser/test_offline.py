"""Without a network one goes on as far as was fetched ahead; what was answered is kept, and counts once."""

import pytest
from playwright.sync_api import expect

from raters.models import Judgment
from tests import builders

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def study(transactional_db):
    return builders.study()


@pytest.fixture
def page(visit, study):
    """A rater at the first comparison of three, with the second one fetched ahead."""
    page = visit(f"/rate/{study.public_id}/next/", user=builders.rater(study).user)
    page.wait_for_load_state("networkidle")
    return page


def answer(page, key: str) -> None:
    page.keyboard.press(key)
    page.keyboard.press("Enter")


def kept(page) -> int:
    page.get_by_text("You are offline.").wait_for()
    return int(page.locator("[data-kept]").inner_text())


def until_all_is_sent(page) -> None:
    """Asked again and again from outside: the page's policy forbids what Playwright would have it evaluate."""
    for _ in range(100):
        if page.evaluate("localStorage.getItem('answers-to-send')") == "[]":
            return
        page.wait_for_timeout(100)
    pytest.fail("answers are still kept on the device")


def test_what_was_fetched_ahead_is_shown_and_the_answer_sent_later(page, study):
    page.context.set_offline(True)
    answer(page, "1")
    page.get_by_text("1 of 3 answered").wait_for()
    assert kept(page) == 1 and not Judgment.objects.exists()
    page.context.set_offline(False)
    page.get_by_text("You are offline.").wait_for(state="hidden")
    assert [row.raw_answer for row in Judgment.objects.counted(study)] == ["left"]
    assert page.get_by_text("1 of 3 answered").is_visible()


def test_several_answers_are_kept_and_each_is_sent_once(page, study):
    page.context.set_offline(True)
    answer(page, "1")
    page.get_by_text("1 of 3 answered").wait_for()
    answer(page, "3")
    expect(page.locator("[data-kept]")).to_have_text("2")
    page.context.set_offline(False)
    page.get_by_text("2 of 3 answered").wait_for()
    said = Judgment.objects.counted(study).order_by("pk").values_list("raw_answer", flat=True)
    assert list(said) == ["left", "right"] and Judgment.objects.count() == 2
    assert page.evaluate("localStorage.getItem('answers-to-send')") == "[]"


def test_an_answer_whose_receipt_was_lost_is_sent_again_and_counts_once(page, study):
    def lose(route):
        route.fetch()
        route.abort("internetdisconnected")

    page.route("**/rate/c/*/", lose, times=1)
    answer(page, "1")
    page.get_by_text("1 of 3 answered").wait_for()
    assert kept(page) == 1 and Judgment.objects.count() == 1
    page.evaluate("dispatchEvent(new Event('online'))")
    page.get_by_text("You are offline.").wait_for(state="hidden")
    assert Judgment.objects.count() == 1


def test_what_is_kept_outlives_the_page(page, study):
    page.context.set_offline(True)
    answer(page, "1")
    page.get_by_text("1 of 3 answered").wait_for()
    context, address = page.context, page.url
    page.close()
    context.set_offline(False)
    later = context.new_page()
    later.goto(address)
    until_all_is_sent(later)
    assert Judgment.objects.counted(study).count() == 1
