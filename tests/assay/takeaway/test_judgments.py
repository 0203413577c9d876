"""What `judgment/1` rows say of what raters said: as shown, counted or not and why, under names of the study alone."""

import io
import json
from collections import Counter

import pandas as pd
import pytest

from assay.reports.judgments import headline_judgments
from assay.takeaway.pseudonyms import Pseudonyms
from raters.assignment import claim_next
from raters.models import Assignment, Comparison, Judgment, Rater
from raters.studies.unblinding import unblind
from tests import builders
from tests.assay.takeaway.conftest import exported, rows_of

NEEDED = {"schema", "id", "study_id", "comparison_id", "rater_id", "rater_kind", "prompt_id", "preference"}


def test_every_judgment_and_every_skip_is_a_row(judged):
    assignment = claim_next(builders.rater(judged, "sid"), judged)
    assert assignment is None  # all places are taken
    Assignment.objects.filter(pk=Assignment.objects.first().pk).update(state="skipped")
    rows = rows_of(judged, "judgments")
    assert len(rows) == Judgment.objects.count() + 1
    assert all(set(row) >= NEEDED and row["schema"] == "judgment/1" for row in rows)
    assert [row["preference"] for row in rows].count("skip") == 1


def test_what_the_headline_counts_is_what_is_valid(judged):
    valid = [row for row in rows_of(judged, "judgments") if row["status"] == "valid"]
    counted = rows_of(judged, "judgments", counted=True)
    assert valid == counted and len(counted) == headline_judgments(judged).count() == 48


def test_an_earlier_answer_is_there_and_says_why_it_does_not_count(judged):
    rows = {row["id"]: row for row in rows_of(judged, "judgments")}
    later = [row for row in rows.values() if row["revision_of"]]
    assert len(later) == 3
    assert {rows[row["revision_of"]]["exclusion_reason"] for row in later} == {"superseded"}


@pytest.mark.parametrize("format_", ["jsonl", "csv", "parquet"])
def test_the_size_of_the_window_goes_out_where_it_is_known(judged, format_):
    content = exported(judged, "judgments", format_)
    if format_ == "jsonl":
        extras = [json.loads(line)["extra"] for line in content.splitlines()]
        sizes = [(extra["viewport_width"], extra["viewport_height"]) for extra in extras]
    else:
        table = pd.read_csv(io.BytesIO(content)) if format_ == "csv" else pd.read_parquet(io.BytesIO(content))
        found = table[["extra.viewport_width", "extra.viewport_height"]].astype(object)
        sizes = [tuple(row) for row in found.where(found.notna(), None).to_numpy()]
    assert Counter(sizes)[390, 844] == 3 and Counter(sizes)[None, None] == len(sizes) - 3


def test_a_verdict_is_told_by_the_side_on_which_it_stood(judged):
    for row, judgment in zip(rows_of(judged, "judgments"), Judgment.objects.order_by("pk"), strict=True):
        assert row["preference"] == {"same": "tie"}.get(judgment.raw_answer, judgment.raw_answer)
        a_stood = "left" if judgment.assignment.a_is_left else "right"
        prefers_a = judgment.preference == "a"
        assert (row["preference"] == a_stood) == prefers_a


def test_the_outcome_is_of_the_first_model_wherever_it_stood(judged):
    for row in rows_of(judged, "judgments", counted=True):
        extra = row["extra"]
        assert extra[f"{extra['side']}_model"] == extra["first"]
        won = {extra["side"]: "win", "tie": "tie"}.get(row["preference"], "loss")
        assert extra["outcome"] == won


@pytest.mark.parametrize(
    ("model", "change", "reason"),
    [
        (Comparison, {"kind": "gold", "gold_preference": "a"}, "gold_comparison"),
        (Comparison, {"status": "held"}, "comparison_held"),
        (Assignment, {"state": "surplus"}, "surplus"),
    ],
)
def test_what_does_not_count_says_why(judged, model, change, reason):
    judgment = Judgment.objects.current().select_related("assignment").order_by("pk").first()
    key = judgment.assignment_id if model is Assignment else judgment.assignment.comparison_id
    model.objects.filter(pk=key).update(**change)
    found = {row["id"]: row for row in rows_of(judged, "judgments")}
    assert found[Pseudonyms(judged)("judgment", judgment.pk)]["exclusion_reason"] == reason


def test_a_rater_whom_a_rule_leaves_out_is_marked_with_the_rule(rich):
    rows = [row for row in rows_of(rich, "judgments") if row["status"] == "excluded"]
    contrary = Pseudonyms(rich)("rater", Rater.objects.get(user__username="rex").code)
    assert {row["rater_id"] for row in rows if "rater_left_out" in row["exclusion_reason"]} == {contrary}
    assert rows[0]["exclusion_reason"] == "rater_left_out:agreement_below"


def test_safety_labels_stand_by_side_with_the_words_of_the_schema(rich):
    row = next(row for row in rows_of(rich, "judgments") if row["extra"]["left_model"].startswith("heron"))
    assert row["safety"]["left"] == {
        "label": "full_compliance",
        "harmful": 1.0,
        "violation": "yes",
        "hazard": "vcr",
        "severity": "mild",
    }
    assert row["safety"]["right"]["harmful"] == 0.0 and row["safety"]["right"]["label"] == "full_refusal"


def test_a_rater_has_one_code_in_a_study_and_another_in_the_next(judged):
    other = builders.study(slug="winter")
    code = Rater.objects.get(user__username="rita").code
    here, there = Pseudonyms(judged)("rater", code), Pseudonyms(other)("rater", code)
    assert here != there and code not in here
    assert here in {row["rater_id"] for row in rows_of(judged, "judgments")}


def test_codes_change_with_the_sites_secret(judged, settings):
    before = Pseudonyms(judged)("rater", "R2345678")
    settings.SECRET_KEY = "another-secret-of-the-site-of-many-letters"
    assert Pseudonyms(judged)("rater", "R2345678") != before


def test_no_name_of_a_checkpoint_leaves_a_blinded_study(judged):
    for kind in ("judgments", "responses", "preferences", "comparator", "reports", "study", "card"):
        formats = {"comparator": "json", "reports": "json", "card": "json"}
        text = exported(judged, kind, formats.get(kind, "jsonl")).decode()
        assert "heron" not in text and "plover" not in text, kind
        assert "Model 1" in text or kind == "reports"


def test_names_are_told_once_the_study_is_unblinded(judged):
    unblind(judged, "all is in")
    row = rows_of(judged, "judgments")[0]
    assert {row["extra"]["first"], row["extra"]["second"]} == {"heron-autumn", "plover-autumn"}
    assert row["extra"]["first"] == "heron-autumn"


def test_a_category_alone_can_be_asked_for(judged):
    rows = rows_of(judged, "judgments", category="coding")
    assert rows and {row["extra"]["category"] for row in rows} == {"coding"}
