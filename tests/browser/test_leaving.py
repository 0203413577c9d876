"""The last page: the code is copied, and the way back to the recruiting site is taken unless a rater stays."""

import pytest

from raters.models import Enrolment, Study
from tests import builders

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
