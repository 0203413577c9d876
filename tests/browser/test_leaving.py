"""The last page: the code is copied, and the way back to the recruiting site is taken unless a rater stays."""

import pytest

from raters.models import Enrolment, Study
from raters.rubrics.presets import preset
from raters.way_in.inviting import invite
from raters.way_in.onward import screen_out_code
from tests import builders
from tests.browser.looking import keep_picture
from tests.browser.test_way_in import choose, looks_right, press

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def completed(transactional_db, live_server):
    """The address of the last page and who has come to it; the recruiting site is ours, since no other answers."""
    study = builders.study()
    user = builders.rater(study).user
    Study.objects.update(completion_url=f"{live_server.url}/rate/return/?cc={{code}}")
    Enrolment.objects.update(step="exit", status="finished")
    return f"/rate/{study.public_id}/completed/", user


def test_a_rater_is_taken_back_with_the_code(visit, completed):
    page = visit(completed[0], user=completed[1])
    page.wait_for_url(f"**/rate/return/?cc={Enrolment.objects.get().completion_code}")


def test_who_stays_is_taken_nowhere(visit, completed):
    page = visit(completed[0], user=completed[1])
    page.get_by_role("button", name="Stay here").click()
    page.wait_for_timeout(6_000)
    assert page.url.endswith(completed[0]) and page.get_by_text("You are taken there").is_hidden()


def test_without_scripts_there_is_a_link_and_no_countdown(visit, completed):
    page = visit(completed[0], user=completed[1], scripts=False)
    assert page.get_by_text("You are taken there").is_hidden()
    page.get_by_role("link", name="Back to where you came from").click()
    assert "/rate/return/" in page.url


def test_the_code_is_copied(visit, completed):
    page = visit(completed[0], user=completed[1])
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy the code").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == Enrolment.objects.get().completion_code


@pytest.fixture
def checking(transactional_db) -> Study:
    """A study with a check, which pays those whom it screens out."""
    study = builders.study(shows_guide=False, asks_practice=False, screen_out_pay="1.50")
    Study.objects.update(rubric=preset("instruction"))
    study.refresh_from_db()
    return study


def fail_twice(page, study: Study) -> None:
    """From the invitation's link through the check, by keyboard, with each question answered wrong both times."""
    press(page, "Begin")
    press(page, "Go on")
    for heard in ("You have 1 try left.", "you are not rejected"):
        for number, one in enumerate(study.rubric.training["check"]):
            choose(page, f"question_{number}", (one["right"] + 1) % 2)
        press(page, "Send")
        page.get_by_text(heard).wait_for()
        looks_right(page)


@pytest.mark.parametrize("size", ["desktop", "phone"])
@pytest.mark.parametrize("dark", [False, True])
def test_who_fails_the_check_is_paid_by_a_code(visit, checking, size, dark):
    page = visit(f"/rate/join/{invite(checking)}/?workerId=w1", size=size, dark=dark)
    fail_twice(page, checking)
    page.get_by_text("For your time you are paid 1.50 EUR.").wait_for()
    keep_picture(page, f"screened-out-{size}-{'dark' if dark else 'light'}.png")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy the code").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == screen_out_code(Enrolment.objects.get())


def test_who_fails_the_check_is_taken_back_with_what_the_site_sent(visit, checking, live_server):
    back = f"{live_server.url}/rate/return/?cc={{code}}&pid={{PROLIFIC_PID}}"
    Study.objects.update(screen_out_url=back)
    page = visit(f"/rate/join/{invite(checking)}/?PROLIFIC_PID=p1")
    fail_twice(page, checking)
    keep_picture(page, "screened-out-onward.png")
    page.wait_for_url(f"**/rate/return/?cc={screen_out_code(Enrolment.objects.get())}&pid=p1")


def test_without_pay_or_address_the_submission_is_returned(visit, checking):
    Study.objects.update(screen_out_pay=0)
    page = visit(f"/rate/join/{invite(checking)}/", size="phone")
    fail_twice(page, checking)
    assert page.get_by_text("Please return the submission").is_visible()
    assert page.locator("#code").count() == 0
