"""Exports and cards in a real browser: without scripts, live with them, and the card's page as a file of its own."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from assay.takeaway.making import request_export
from assay.takeaway.models import Export
from assay.takeaway.signing import make_key
from assay.takeaway.tasks import work_off
from raters.simulation import Simulation, simulate
from tests import builders
from tests.browser.conftest import SIZES
from tests.browser.looking import TAGS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def judged(transactional_db, settings, tmp_path):
    settings.EXPORT_ROOT, settings.CARD_KEY = tmp_path / "exports", tmp_path / "card-key.pem"
    make_key()
    study = builders.study(prompts=45)
    simulate(study, Simulation(raters=6))
    return study


def test_a_file_is_asked_for_and_taken_away_without_scripts(visit, judged):
    page = visit(f"/studies/{judged.slug}/exports/", user=builders.researcher(), scripts=False)
    page.get_by_label("What, and as what").select_option("judgments/csv")
    page.get_by_role("button", name="Export", exact=True).click()
    assert page.get_by_text("waiting for a worker").is_visible()
    work_off()
    page.reload()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download autumn-judgments.csv").click()
    assert waiting.value.suggested_filename == "autumn-judgments.csv"
    assert waiting.value.path().read_bytes() == Export.objects.get().path.read_bytes()


def test_the_page_tells_by_itself_when_a_file_is_ready(visit, judged):
    researcher = builders.researcher()
    request_export(judged, "judgments", "jsonl", actor=researcher)
    page = visit(f"/studies/{judged.slug}/exports/", user=researcher)
    work_off()
    page.get_by_role("link", name="Download autumn-judgments.jsonl").wait_for()
    assert page.get_by_text("This page keeps itself up to date.").count() == 0


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_cards_page_is_a_file_that_asks_nobody_and_that_all_can_read(chromium, judged, size, scheme):
    export = request_export(judged, "card", "html")
    work_off()
    context = chromium.new_context(viewport=SIZES[size], color_scheme=scheme)
    page, asked = context.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(export.path.as_uri())
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}}).response
    assert asked == [export.path.as_uri()] and [one["id"] for one in found["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    context.close()
