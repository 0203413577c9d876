"""The rating page in a browser: drafts, differences, the next comparison at once, more time."""

import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import RequestFactory

from assay.errors import server_error
from generation.models import Response
from raters.models import Assignment, Judgment, Study
from tests import builders
from tests.browser.looking import TAGS
from tests.browser.test_untrusted_text import STICKS_OUT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def study(transactional_db):
    return builders.study(scale=5)


@pytest.fixture
def rater(study):
    return builders.rater(study)


@pytest.fixture
def page(visit, study, rater):
    page = visit(f"/rate/{study.public_id}/next/", user=rater.user)
    page.wait_for_load_state("networkidle")
    return page


def test_the_next_comparison_is_shown_from_what_was_fetched_ahead(page, study):
    asked = []
    page.on("request", lambda request: asked.append((request.method, request.url)))
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    page.get_by_text("1 of 3 answered").wait_for()
    assert page.evaluate("performance.getEntriesByName('shown-from-ahead').length") == 1
    assert [method for method, url in asked if "/rate/c/" in url and method == "GET"] == []
    assert Judgment.objects.counted(study).count() == 1
    page.wait_for_load_state("networkidle")
    page.reload()
    page.get_by_text("1 of 3 answered").wait_for()


def test_a_draft_is_saved_said_so_and_there_again(visit, page, rater, study):
    page.keyboard.press("2")
    page.get_by_label("Why? (optional)").fill("half a thought")
    page.get_by_text("Saved ").wait_for()
    assert Assignment.objects.earliest("pk").draft == {"value": "left_slightly", "comment": "half a thought"}
    assert not Judgment.objects.exists()
    elsewhere = visit(f"/rate/{study.public_id}/next/", user=rater.user, scripts=False)
    assert elsewhere.get_by_label("Why? (optional)").input_value() == "half a thought"
    assert elsewhere.locator("[value=left_slightly]").is_checked()


def test_d_marks_differences_on_both_sides_and_takes_the_marks_away(page):
    page.keyboard.press("d")
    page.locator(".side-A del").first.wait_for()
    assert page.locator(".side-B ins").first.is_visible()
    looks = "e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).textDecorationLine]"
    assert page.locator("del").first.evaluate(looks) == page.locator("ins").first.evaluate(looks)
    page.keyboard.press("d")
    assert page.locator(".side-A .rendered").is_visible() and not page.locator("del").first.is_visible()


def test_raw_and_rendered_without_scripts(visit, study, rater):
    page = visit(f"/rate/{study.public_id}/next/", user=rater.user, scripts=False)
    pane = page.locator(".side-A")
    assert pane.locator("strong").is_visible()
    pane.get_by_text("Raw").click()
    assert "**" in pane.locator(".raw").inner_text() and not pane.locator("strong").is_visible()


def test_brackets_reach_the_panes_and_question_mark_the_list(page):
    page.keyboard.press("]")
    assert page.evaluate("document.activeElement.dataset.pane") == "B"
    page.keyboard.press("[")
    assert page.evaluate("document.activeElement.dataset.pane") == "A"
    page.keyboard.press("?")
    assert page.get_by_text("Scroll both together").last.is_visible()


def test_linked_panes_scroll_together(visit, study, rater):
    Response.objects.update(turns=["line\n\n" * 200])
    page = visit(f"/rate/{study.public_id}/next/", user=rater.user)
    page.keyboard.press("l")
    page.evaluate("document.querySelector('[data-pane=A]').scrollTop = 400")
    scrolled = "document.querySelector('[data-pane=B]').scrollTop"
    deadline = time.monotonic() + 10
    while page.evaluate(scrolled) != 400 and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    assert page.evaluate(scrolled) == 400


def test_shortly_before_the_lease_ends_the_page_asks_and_keeps_it(visit, study, rater):
    Study.objects.update(lease_s=121)
    page = visit(f"/rate/{study.public_id}/next/", user=rater.user)
    Study.objects.update(lease_s=1800)
    page.get_by_role("button", name="Yes, keep it for me").click()
    page.get_by_text("Need more time?").wait_for(state="hidden")
    assert page.get_by_text("Others may finish this comparison now").is_hidden()


def test_a_hasty_answer_is_asked_about_once(visit, study, rater):
    Study.objects.update(fast_floor_percent=100)
    page = visit(f"/rate/{study.public_id}/next/", user=rater.user)
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    page.get_by_text("That was quick.").wait_for()
    page.keyboard.press("Enter")
    page.get_by_text("1 of 3 answered").wait_for()
    assert Judgment.objects.counted(study).get().fast


def test_a_phone_shows_one_side_where_asked(visit, study, rater):
    page = visit(f"/rate/{study.public_id}/next/", user=rater.user, size="phone")
    assert page.locator(".side-A").is_visible() and page.locator(".side-B").is_visible()
    page.locator(".stack").get_by_text("B", exact=True).tap()
    assert page.locator(".side-A").is_hidden() and page.locator(".side-B").is_visible()
    heights = [box.bounding_box()["height"] for box in page.locator(".choice").all()]
    tops = {box.bounding_box()["y"] for box in page.locator(".choice").all()}
    assert min(heights) >= 48 and len(tops) == 1


@pytest.mark.parametrize("theme", ["light", "dark", "contrast", "contrast-dark"])
def test_axe_finds_nothing_in_any_colours(visit, study, rater, theme):
    rater.preferences = {"theme": theme, "size": "larger"}
    rater.save()
    page = visit(f"/rate/{study.public_id}/next/", user=rater.user)
    page.keyboard.press("d")
    page.locator("del").first.wait_for()
    page.keyboard.press("?")
    results = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}}).response
    assert [violation["id"] for violation in results["violations"]] == []


def test_it_reflows_at_320_pixels_and_under_wide_text_spacing(visit, study, rater):
    page = visit(f"/rate/{study.public_id}/next/", user=rater.user, size="phone")
    page.set_viewport_size({"width": 320, "height": 640})
    page.evaluate(
        """() => { for (const each of document.querySelectorAll("main *")) {
          each.style.lineHeight = 1.5; each.style.letterSpacing = "0.12em"; each.style.wordSpacing = "0.16em"; } }"""
    )
    assert page.evaluate(STICKS_OUT) == []


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_every_target_is_large_enough(visit, study, rater, size):
    page = visit(f"/rate/{study.public_id}/next/", user=rater.user, size=size)
    page.wait_for_load_state("networkidle")
    small = page.evaluate(
        """() => [...document.querySelectorAll("main :is(a, button, summary, label.choice, label.tool, .view label)")]
          .filter((each) => each.checkVisibility() && each.getBoundingClientRect().height < 44)
          .map((each) => each.textContent.trim())"""
    )
    assert small == []


def test_signed_out_meanwhile_one_comes_back_to_the_same_draft(page, study, rater):
    page.keyboard.press("2")
    page.get_by_label("Why? (optional)").fill("half a thought")
    page.get_by_text("Saved ").wait_for()
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.keyboard.press("Enter")
    page.locator("input[name=login]").fill(rater.user.username)
    page.locator("input[name=password]").fill(builders.PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Response A").wait_for()
    assert page.get_by_label("Why? (optional)").input_value() == "half a thought"
    assert page.locator("[value=left_slightly]").is_checked() and not Judgment.objects.exists()


def test_what_breaks_on_our_side_keeps_the_answer_and_gives_a_number(page, study):
    broken = server_error(RequestFactory().get("/")).content.decode()
    page.route("**/rate/c/*/", lambda route: route.fulfill(status=503, body=broken, content_type="text/html"))
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    page.get_by_text("Something broke on our side.").wait_for()
    assert len(page.locator("[data-failed-id]").inner_text()) == 8
    page.unroute("**/rate/c/*/")
    page.keyboard.press("Enter")
    page.get_by_text("1 of 3 answered").wait_for()
    assert Judgment.objects.counted(study).count() == 1


def test_a_stands_left_where_pages_are_read_from_the_right(page):
    page.evaluate("document.documentElement.dir = 'rtl'")
    boxes = [page.locator(f".side-{letter}").bounding_box() for letter in "AB"]
    choices = [box.bounding_box()["x"] for box in page.locator(".choice").all()]
    assert boxes[0]["x"] < boxes[1]["x"] and choices == sorted(choices)
    assert page.evaluate(STICKS_OUT) == []
