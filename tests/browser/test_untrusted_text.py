"""Text from checkpoints and prompts runs nothing, fetches nothing and breaks nothing, in a real browser."""

import pytest

from generation.models import Response
from tests import builders
from tests.raters.test_rendering import ATTACKS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HOSTILE = "\n\n".join([*ATTACKS, "```html", "</code></pre></div></section></form>"])


def test_hostile_responses_leave_the_page_whole(visit, transactional_db):
    study = builders.study(prompts=1)
    Response.objects.update(turns=[HOSTILE])
    page = visit(f"/rate/{study.public_id}/next/", user=builders.rater(study).user)
    assert page.get_by_role("region", name="Response A").bounding_box()["x"] < 640
    assert page.get_by_role("region", name="Response B").bounding_box()["x"] > 600
    assert page.locator(".response :is(a, img, script, iframe, style, svg, form)").count() == 0
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Done for now").wait_for()


def test_a_very_long_response_scrolls_in_its_own_pane(visit, transactional_db):
    study = builders.study(prompts=1)
    Response.objects.filter(comparisons_as_a__study=study).update(turns=["word " * 40_000])
    page = visit(f"/rate/{study.public_id}/next/", user=builders.rater(study).user)
    assert page.get_by_role("button", name="Submit and next").is_visible()
    assert page.evaluate("document.documentElement.scrollHeight <= window.innerHeight + 1")
