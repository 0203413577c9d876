"""What goes out for LLM Comparator comes in again with the same win rate, and is marked wherever it is read."""

import json

import pytest
from django.urls import reverse

from assay.reports.boards.scopes import scopes_for
from assay.reports.printing import as_json, caption
from assay.reports.refresh import refresh
from assay.takeaway.evidence import read_evidence
from assay.takeaway.signing import public_pem
from assay.takeaway.verifying import verify
from raters.importing.comparator import judged_in
from raters.importing.making import import_study
from raters.models import Judgment
from raters.simulation import Simulation, simulate
from tests import builders
from tests.assay.takeaway.conftest import exported
from tests.assay.takeaway.json_schema import problems, published
from tests.raters.importing.files import SIDES, document, example, rating, source

OUTCOMES = ("wins", "ties", "losses", "prompts")


@pytest.fixture
def imported(db):
    """Twelve prompts with four ratings each; on either side A stood."""
    ratings = [rating(score, flipped) for score, flipped in SIDES]
    pairs = [example(number, ratings=ratings[number % 3 :]) for number in range(12)]
    return import_study(judged_in(source(document(pairs))), "herons").study


@pytest.fixture(params=[3, 7])
def ours(request, db):
    study = builders.study(prompts=30, scale=request.param)
    simulate(study, Simulation(raters=6, seed=4))
    return study


def headline(study):
    return refresh(study).estimates.get(name="win_rate", slice="")


def test_our_own_export_comes_in_again_with_the_same_win_rate(ours):
    file = judged_in(source(exported(ours, "comparator", "json").decode()))
    again = import_study(file, "again").study
    before, after = headline(ours), headline(again)
    assert after.value == pytest.approx(before.value) and after.n == before.n == 90
    assert [after.detail[name] for name in OUTCOMES] == [before.detail[name] for name in OUTCOMES]
    sides = [
        list(Judgment.objects.counted(study).order_by("pk").values_list("assignment__a_is_left", flat=True))
        for study in (ours, again)
    ]
    assert sorted(sides[0]) == sorted(sides[1])


def test_what_was_imported_goes_out_again_as_it_came(imported):
    told = json.loads(exported(imported, "comparator", "json"))
    came = json.loads(source(document([example(n, ratings=None) for n in range(12)])).text)
    assert [row["input_text"] for row in told["examples"]] == [row["input_text"] for row in came["examples"]]
    [first] = [row for row in told["examples"] if row["input_text"] == "Question 0?"]
    assert [(row["score"], row["is_flipped"]) for row in first["individual_rater_scores"]] == list(SIDES)


def test_its_card_fits_schema_and_export_and_says_where_it_comes_from(imported, tmp_path):
    card = json.loads(exported(imported, "card", "json"))
    assert list(problems(card, published())) == [] and card["study"]["imported"] == imported.imported
    assert card["numbers"]["raters"]["by_kind"] == {"imported": 4}
    assert any(imported.imported["sha256"] in limit for limit in card["limits"])
    export = tmp_path / "study.jsonl"
    export.write_bytes(exported(imported, "study"))
    assert verify(card, read_evidence(export), public_pem()).differences == ()
    assert "<strong>Imported.</strong>" in exported(imported, "card", "html").decode()


def test_reports_say_that_it_was_judged_elsewhere(imported):
    report = refresh(imported)
    assert "Judged elsewhere, imported of herons.json" in caption(report, report.estimates.all())
    assert as_json(report)["imported"] == imported.imported
    assert report.estimates.filter(name="position_bias").exists()


def test_it_stands_on_no_leaderboard(imported, researcher):
    refresh(imported)
    assert scopes_for(researcher) == []


@pytest.mark.parametrize("page", ["study", "results", "study_raters", "comparisons", "study_design"])
def test_its_pages_are_there_and_say_what_it_is(client, researcher, imported, page):
    refresh(imported)
    client.force_login(researcher)
    answer = client.get(reverse(f"dashboards:{page}", args=["herons"]))
    assert answer.status_code == 200
    if page in ("study", "results"):
        assert "<strong>Imported.</strong>" in answer.text and imported.imported["sha256"] in answer.text


def test_lists_mark_it(client, researcher, imported):
    client.force_login(researcher)
    mark = '<span class="tag">imported</span>'
    checkpoint = imported.arms.first().run.checkpoint_id
    prompt = (str(imported.prompt_set_version), "example-000001")
    assert mark in client.get(reverse("dashboards:studies")).text
    assert mark in client.get(reverse("dashboards:checkpoint", args=[checkpoint])).text
    assert mark in client.get(reverse("dashboards:prompt", args=prompt)).text
