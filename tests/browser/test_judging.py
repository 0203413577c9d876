"""A person judges: by keyboard alone, by touch, without JavaScript."""

import pytest

from raters.models import Assignment, Judgment
from tests import builders

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def study(transactional_db):
    return builders.study()


@pytest.fixture
def rater(study):
    return builders.rater(study)


def ready(page, text: str) -> None:
    """Wait for a page that shows this text, and for its script, which listens to the keys."""
    page.get_by_text(text).wait_for()
    page.wait_for_load_state()


def test_a_rater_judges_everything_by_keyboard_alone(visit, study, rater):
    page = visit("/accounts/login/")
    page.locator(
        "input[name=login]:focus"
    ).wait_for()  # given by the browser with its first frame, not with the load
    page.keyboard.type(rater.user.username)
    page.keyboard.press("Tab")
    page.keyboard.type(builders.PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Start").focus()
    page.keyboard.press("Enter")
    for answered, key in enumerate("123"):
        ready(page, f"{answered} of 3 answered")
        page.keyboard.press(key)
        page.keyboard.press("Enter")
    page.get_by_role("heading", name="Done for now").wait_for()
    assert [row.raw_answer for row in Judgment.objects.counted(study)] == ["left", "same", "right"]
    assert all(row.active_ms is not None for row in Judgment.objects.all())
    size = page.viewport_size
    assert {(row.viewport_width, row.viewport_height) for row in Judgment.objects.all()} == {
        (size["width"], size["height"])
    }


def test_enter_without_a_choice_sends_nothing(visit, study, rater):
    page = visit(f"/rate/{study.public_id}/next/", user=rater.user)
    page.keyboard.press("Enter")
    assert page.get_by_role("heading", name="Response A").is_visible()
    assert not Judgment.objects.exists()


def test_b_goes_back_and_a_new_answer_replaces_the_old(visit, study, rater):
    page = visit(f"/rate/{study.public_id}/next/", user=rater.user)
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    ready(page, "1 of 3 answered")
    page.keyboard.press("b")
    ready(page, "You answered this before")
    page.keyboard.press("3")
    page.keyboard.press("Enter")
    page.get_by_text("You answered this before").wait_for(state="hidden")
    assert [row.raw_answer for row in Judgment.objects.counted(study)] == ["right"]


def test_s_asks_why_and_the_chosen_reason_skips(visit, study, rater):
    page = visit(f"/rate/{study.public_id}/next/", user=rater.user)
    first = page.url
    page.keyboard.press("s")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url != first and "/rate/c/" in url)
    assert Assignment.objects.get(state="skipped").skip_reason == "language"


def test_letters_typed_into_the_comment_are_letters(visit, study, rater):
    page = visit(f"/rate/{study.public_id}/next/", user=rater.user)
    page.get_by_label("Why? (optional)").fill("")
    page.get_by_label("Why? (optional)").press_sequentially("1 best side")
    assert page.get_by_label("Why? (optional)").input_value() == "1 best side"
    assert page.locator("input[name=value]:checked").count() == 0


def test_a_rater_judges_by_touch_on_a_phone(visit, study, rater):
    page = visit(f"/rate/{study.public_id}/next/", user=rater.user, size="phone")
    page.get_by_text("B is better").tap()
    page.get_by_role("button", name="Submit and next").tap()
    page.get_by_text("1 of 3 answered").wait_for()
    assert Judgment.objects.counted(study).count() == 1


def test_a_rater_judges_without_javascript(visit, study, rater):
    page = visit(f"/rate/{study.public_id}/next/", user=rater.user, scripts=False)
    page.get_by_text("About the same").click()
    page.get_by_role("button", name="Submit and next").click()
    assert "1 of 3 answered" in page.content()
    said = Judgment.objects.counted(study).get()
    assert (said.active_ms, said.viewport_width, said.viewport_height) == (None, None, None)
