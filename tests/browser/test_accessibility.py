"""axe finds nothing, with no rule switched off, on any page, wide and narrow, light and dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from assay.reports.refresh import refresh
from assay.takeaway.making import request_export
from assay.takeaway.signing import make_key
from assay.takeaway.tasks import work_off
from promptsets.models import PromptFile
from raters.inviting import invite
from raters.rubrics import preset
from raters.simulation import Simulation, simulate
from tests import builders

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
LOOKS = [("desktop", False), ("desktop", True), ("phone", False), ("phone", True)]


@pytest.fixture
def site(transactional_db, settings, tmp_path):
    """People, a study to judge and one that simulated raters have judged; the pages, with who opens them."""
    settings.EXPORT_ROOT, settings.CARD_KEY = tmp_path / "exports", tmp_path / "card-key.pem"
    make_key()
    open_study, judged = builders.study(), builders.study(prompts=45, slug="winter")
    safety = builders.study(slug="spring")
    safety.rubric = preset("safety")
    safety.save()
    quote = [{"response": "a", "quote": "I am Gemma", "name": "Gemma"}]
    covered, sam = (
        builders.study(slug="summer", reveal=True, hazards=["ssh", "vcr"]),
        builders.rater(safety, "sam").user,
    )
    draft = builders.study(slug="draft")
    draft.status = "draft"
    draft.save()
    hidden = safety.comparisons.filter(pk=safety.comparisons.first().pk)
    hidden.update(status="held", self_identified=True, self_identification=quote)
    rater, researcher = builders.rater(open_study), builders.researcher()
    simulate(judged, Simulation(raters=4))
    refresh(judged)
    for kind, format_ in (("card", "json"), ("judgments", "csv"), ("study", "jsonl")):
        request_export(judged, kind, format_, actor=researcher)
    work_off()
    request_export(judged, "judgments", "parquet", {"counted": True}, researcher)
    table = PromptFile.objects.create(
        owner=researcher, name="quiz.csv", content=b"id,question\n1,Which bird?\n"
    )
    broken = PromptFile.objects.create(owner=researcher, name="quiz.csv", content=b"a,b\n1,2\n3\n")
    return {
        "/accounts/login/": None,
        "/accounts/password/reset/": None,
        "/rate/": rater.user,
        f"/rate/{open_study.public_id}/next/": rater.user,
        f"/rate/{open_study.public_id}/done/": rater.user,
        f"/rate/{safety.public_id}/next/": sam,
        f"/rate/{safety.public_id}/wellbeing/": sam,
        f"/rate/{covered.public_id}/next/": builders.rater(covered, "cora").user,
        f"/studies/{judged.slug}/raters/": researcher,
        f"/studies/{judged.slug}/exports/": researcher,
        f"/studies/{judged.slug}/card/": researcher,
        f"/studies/{open_study.slug}/exports/": researcher,
        f"/studies/{open_study.slug}/card/": researcher,
        f"/studies/{open_study.slug}/gold/": researcher,
        "/new-study/": researcher,
        "/studies/draft/settings/": researcher,
        "/rate/return/": None,
        f"/rate/join/{invite(open_study)}/": None,
        f"/rate/{open_study.public_id}/leave/": rater.user,
        f"/studies/{open_study.slug}/invitations/": researcher,
        f"/studies/{safety.slug}/held/": researcher,
        "/studies/": researcher,
        f"/studies/{judged.slug}/": researcher,
        "/runs/": researcher,
        f"/runs/{judged.arms.first().run_id}/": researcher,
        "/prompts/": researcher,
        f"/prompts/{judged.prompt_set_version}/": researcher,
        f"/prompts/{judged.prompt_set_version}/p0000/": researcher,
        "/prompt-files/": researcher,
        f"/prompt-files/{table.token}/": researcher,
        f"/prompt-files/{broken.token}/": researcher,
        f"/prompt-subsets/{judged.prompt_set_version}/": researcher,
        f"/prompt-corrections/{judged.prompt_set_version}/p0000/": researcher,
        f"/prompt-changes/{open_study.prompt_set_version}/{judged.prompt_set_version}/": researcher,
        f"/studies/{open_study.slug}/": researcher,
    }


@pytest.mark.parametrize(("size", "dark"), LOOKS)
def test_axe_finds_nothing(visit, site, size, dark):
    found = {}
    for path, user in site.items():
        page = visit(path, user=user, size=size, dark=dark)
        results = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}}).response
        found[path] = [violation["id"] for violation in results["violations"]]
    assert found == {path: [] for path in found}


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_no_page_scrolls_sideways(visit, site, size):
    for path, user in site.items():
        page = visit(path, user=user, size=size)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
