"""What a printed number says, and what must be read with it."""

import pytest

from assay.reports import paper
from assay.reports.models import Estimate, Report
from assay.reports.printing import caption, numbers
from raters.models import Study

FILE = {"format": "llm-comparator", "file": "herons.json", "sha256": "0123456789abcdef"}
TRUTH = {"truth": {"win_rate": 0.625}}


def report(left_out: dict[str, int] | None = None, **of_study: object) -> Report:
    study = Study(slug="autumn", **{"unblinded_at": "2026-03-01T12:00Z", **of_study})
    return Report(study=study, left_out=left_out or {})


def estimate(name: str = "win_rate", **fields: object) -> Estimate:
    outcomes = {"wins": 6, "ties": 1, "losses": 3, "prompts": 10, "raters": 2}
    return Estimate(
        **{"name": name, "value": 0.65, "low": 0.5, "high": 0.8, "n": 10, "detail": outcomes} | fields
    )


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, ["65.0%", "[50.0, 80.0]", "6/1/3", "10", "2"]),
        ({"name": "agreement", "detail": {"raters": 2}}, ["0.65", "[0.50, 0.80]", "–/–/–", "–", "2"]),
        (
            {"name": "agreement", "value": None, "low": None, "high": None},
            ["–", "too few", "6/1/3", "10", "2"],
        ),
        ({"value": None, "low": None, "high": None}, ["–", "too few", "6/1/3", "10", "2"]),
        ({"low": None}, ["–", "too few", "6/1/3", "10", "2"]),
        ({"high": None}, ["–", "too few", "6/1/3", "10", "2"]),
        ({"value": 0.0, "low": 0.0, "high": 0.0}, ["0.0%", "[0.0, 0.0]", "6/1/3", "10", "2"]),
    ],
)
def test_a_number_stands_with_its_interval_and_counts_or_says_that_there_is_too_little(fields, told):
    assert numbers(estimate(**fields)) == told


@pytest.mark.parametrize(
    ("of_study", "told"),
    [
        ({}, "Win rate of the candidate, ties split evenly"),
        ({"unblinded_at": None}, "Win rate of the model with the lower number"),
        ({"unblinded_at": None}, "which checkpoint is Model 1 is told once it is unblinded"),
        ({"simulation": TRUTH}, "Simulated raters; true win rate 62.5%."),
        ({"imported": FILE}, "Judged elsewhere, imported of herons.json (SHA-256 0123456789ab…)."),
    ],
)
def test_whose_rate_it_is_and_who_judged_stand_beside_it(of_study, told):
    assert told in caption(report(**of_study), [])


def test_simulated_raters_are_not_blinded_whatever_the_study_is():
    assert "blinded" not in caption(report(unblinded_at=None, simulation=TRUTH), [])


def test_notes_are_those_of_the_whole_and_what_is_not_counted_is_told_with_its_number():
    whole, part = (
        estimate(slice=of, detail={"notes": [f"Note of {of or 'all'}."]}) for of in ("", "category=a")
    )
    told = caption(report({"comparisons held": 3}), [whole, part])
    assert told.splitlines()[1:] == ["Note of all.", "Not counted: 3 comparisons held."]


def test_a_paper_table_says_which_studies_no_person_judged_here():
    told = paper.caption([report(), report(simulation=TRUTH), report(imported=FILE)]).splitlines()
    assert told[1:] == [
        "autumn: simulated raters; true win rate 62.5%.",
        "autumn: judged elsewhere, imported of herons.json.",
    ]
