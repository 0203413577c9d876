"""A study that needs a desktop: a phone shows the notice in place of the page, a window under a mouse beside it."""

import pytest

from raters.models import Judgment, Study
from raters.way_in.inviting import invite
from tests import builders
from tests.browser.looking import keep_picture
from tests.browser.test_way_in import looks_right

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NARROW = {"width": 900, "height": 844}
WIDE = {"width": 1024, "height": 768}


@pytest.fixture
def study(transactional_db) -> Study:
    return builders.study(needs_desktop=True, consent="Do you agree to read *pairs* of texts?")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_phone_is_told_before_anybody_begins(visit, study, scripts):
    page = visit(f"/rate/join/{invite(study)}/", size="phone", scripts=scripts)
    page.get_by_text("This study needs a computer").wait_for()
    assert page.get_by_text("Open this link there").is_visible()
    assert page.get_by_role("button", name="Begin").is_hidden()
    if scripts:
        looks_right(page)
        keep_picture(page, "needs-desktop-join-phone.png")


def test_a_desktop_is_told_once_and_goes_on(visit, study):
    page = visit(f"/rate/join/{invite(study)}/")
    assert page.get_by_text("This study needs a computer").is_visible()
    looks_right(page)
    keep_picture(page, "needs-desktop-join-desktop.png")
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("link", name="Go on").click()
    page.get_by_role("heading", name="Do you agree to take part?").wait_for()
    assert page.get_by_text("This study needs a computer").is_hidden()
    page.get_by_role("button", name="I agree").click()
    page.get_by_role("heading", name="The guide").wait_for()


def test_on_a_phone_nobody_comes_to_consent(visit, study):
    user = builders.rater(study).user
    study.enrolments.update(step="consent")
    page = visit(f"/rate/{study.public_id}/way-in/", user=user, size="phone", dark=True)
    assert page.get_by_role("heading", name="Do you agree to take part?").is_visible()
    assert page.get_by_text("Sign in there, or use your code").is_visible()
    assert page.get_by_role("button", name="I agree").is_hidden()
    looks_right(page)
    keep_picture(page, "needs-desktop-consent-phone-dark.png")


def test_an_answer_outlasts_a_turned_tablet(visit, study):
    page = visit(f"/rate/{study.public_id}/next/", user=builders.rater(study).user, size="phone")
    assert page.get_by_role("button", name="Submit and next").is_hidden()
    looks_right(page)
    keep_picture(page, "needs-desktop-judge-phone.png")
    page.set_viewport_size(WIDE)
    assert page.get_by_text("This study needs a computer").is_hidden()
    page.get_by_label("Why? (optional)").fill("Clearer")
    page.locator("input[name=value]").first.check()
    page.set_viewport_size(NARROW)
    assert page.get_by_role("button", name="Submit and next").is_hidden()
    page.set_viewport_size(WIDE)
    page.get_by_role("button", name="Submit and next").click()
    page.get_by_label("1 of 3 answered").wait_for()
    assert Judgment.objects.get().comment == "Clearer"


def test_a_page_that_is_enlarged_under_a_mouse_stays_whole(visit, study):
    """A window of 1280 px, enlarged to twice its size, is 640 px wide; whoever needs it so goes on."""
    page = visit(f"/rate/{study.public_id}/next/", user=builders.rater(study).user)
    page.set_viewport_size({"width": 640, "height": 450})
    assert page.get_by_text("go on as it is").is_visible()
    assert page.get_by_role("button", name="Submit and next").is_visible()
    looks_right(page)
    keep_picture(page, "needs-desktop-judge-enlarged.png")
