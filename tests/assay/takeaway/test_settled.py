"""Rows that count without having been asked here go out as counted/1, and come back into every number."""

import json

import pytest

from assay.reports.judgments import arm_names
from assay.takeaway.card import card_of
from assay.takeaway.evidence import read_evidence
from assay.takeaway.source import Source
from assay.takeaway.study_export import settled_row
from raters.comparisons.settling import EQUAL_TEXTS, JUDGED_BEFORE, settle
from raters.models import Study
from raters.studies.design import lock
from raters.studies.unblinding import unblind
from tests import builders
from tests.assay.reports.test_settled import of
from tests.assay.takeaway.conftest import exported
from tests.raters.comparisons.test_settling import draft, judged_by_people

COLUMNS = {"prompt_id": "p0099", "rater_id": "by definition", "category": "coding", "both_bad": False}


def row_of(study, outcome: str, side: str) -> dict:
    a, b = (arm_names(study)[arm.pk] for arm in study.arms.order_by("pk"))
    named = {shown: Source(study).names[arm] for arm, shown in arm_names(study).items()}
    columns = COLUMNS | {"candidate": a, "baseline": b, "outcome": outcome, "side": side}
    return settled_row(Source(study), "win_rate", columns, named)


@pytest.mark.parametrize("blinded", [True, False])
def test_such_a_row_speaks_of_the_first_model_as_judgments_do(judged, blinded):
    if not blinded:
        unblind(judged, "all is in")
    row = row_of(judged, "win", "left")
    first, second = sorted(Source(judged).names.values())
    flipped = Source(judged).b_first(*judged.arms.order_by("pk").values_list("pk", flat=True))
    assert (row["first"], row["second"]) == (first, second)
    assert (row["outcome"], row["side"]) == (("loss", "right") if flipped else ("win", "left"))


def test_it_counts_in_the_estimate_that_it_names(judged, tmp_path):
    path = tmp_path / "study.jsonl"
    path.write_bytes(exported(judged, "study") + json.dumps(row_of(judged, "tie", "left")).encode() + b"\n")
    [pair] = card_of(read_evidence(path))["numbers"]["pairs"]
    assert (pair["win_rate"]["n"], pair["win_rate"]["ties"], pair["win_rate"]["prompts"]) == (49, 10, 17)


def test_the_card_says_how_much_was_judged_before_and_how_much_is_equal(tmp_path, db):
    version = builders.prompt_set(prompts=6)
    new, base = of(version, "new", 4), of(version, "base", 4)
    earlier = draft(version, "earlier", new, base)
    settle(earlier, Study.objects.none())
    judged_by_people(earlier)
    later = draft(version, "later", new, base)
    settle(later, Study.objects.exclude(pk=later.pk))
    lock(later)
    path = tmp_path / "study.jsonl"
    path.write_bytes(exported(later, "study"))
    numbers = card_of(read_evidence(path))["numbers"]
    assert numbers["comparisons"]["not_shown"] == {EQUAL_TEXTS: 2, JUDGED_BEFORE: 4}
    assert numbers["judgments"]["rows"] == 0 and numbers["pairs"][0]["win_rate"]["prompts"] == 6
