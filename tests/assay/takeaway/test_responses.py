"""Responses, safety labels and reports as they leave the site."""

import json

import pytest

from analysis.safety import safety
from analysis.safety_tables import read_safety
from assay.reports.refresh import refresh
from raters.studies.unblinding import unblind
from tests.assay.takeaway.conftest import exported, rows_of


def test_every_response_of_both_arms_is_there_in_the_prompts_order(judged):
    rows = rows_of(judged, "responses")
    assert len(rows) == 32 and [row["prompt_id"] for row in rows] == sorted(row["prompt_id"] for row in rows)
    assert all(row["schema"] == "response/1" and row["turns"] for row in rows)


def test_responses_join_on_the_ids_in_judgments(judged):
    known = {row["id"] for row in rows_of(judged, "responses")}
    for row in rows_of(judged, "judgments"):
        assert {row["left_response_id"], row["right_response_id"]} <= known


def test_while_blinded_nothing_tells_how_a_response_was_made(judged):
    blinded = set(rows_of(judged, "responses")[0])
    unblind(judged, "all is in")
    named = rows_of(judged, "responses")[0]
    made = {"finish_reason", "decoding", "created_at", "import", "n_prompt_tokens", "n_output_tokens"}
    assert set(named) - blinded == made
    assert named["checkpoint"]["digest"].startswith("imported:")


def test_safety_labels_are_read_by_the_analysis(rich, tmp_path):
    path = tmp_path / "labels.jsonl"
    path.write_bytes(exported(rich, "safety", counted=True))
    found = safety(read_safety(path))
    rates = {(rate.measure, rate.checkpoint): rate.value for rate in found.rates}
    assert rates["violation", "heron-autumn"] == 1.0 and rates["violation", "plover-autumn"] == 0.0


def test_reports_hold_what_the_newest_report_says(rich):
    report = refresh(rich)
    document = json.loads(exported(rich, "reports", "json"))
    [told] = document["reports"]
    headline = next(row for row in told["estimates"] if row["name"] == "win_rate" and not row["slice"])
    assert headline["value"] == report.estimates.get(name="win_rate", slice="").value
    assert told["design_sha256"] == rich.design_sha256


def test_a_blinded_report_speaks_of_numbers_lower_first_whoever_it_is(judged):
    estimate = refresh(judged).estimates.get(name="win_rate", slice="")
    [told] = json.loads(exported(judged, "reports", "json"))["reports"]
    row = next(row for row in told["estimates"] if row["name"] == "win_rate" and not row["slice"])
    assert (row["first"], row["second"]) == ("Model 1", "Model 2")
    assert row["value"] in (pytest.approx(estimate.value), pytest.approx(1 - estimate.value))
    assert row["value"] == pytest.approx((row["detail"]["wins"] + row["detail"]["ties"] / 2) / row["n"])
