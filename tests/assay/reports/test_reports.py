"""A report holds what `analysis` says of the judgments that count, and says what does not."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from analysis.tables import read_judgments
from analysis.win_rate import win_rate
from assay.reports.judgments import arm_names, columns_of
from assay.reports.live import fold
from assay.reports.models import Estimate
from assay.reports.refresh import is_stale, refresh, refresh_stale
from raters import judging
from raters.assignment import claim_next
from raters.models import Comparison, StudyArm
from raters.simulation import Simulation, simulate
from tests import builders


@pytest.fixture
def simulated(db):
    study = builders.study(prompts=50)
    simulate(study, Simulation(raters=8, seed=3))
    return study


def judge_all(study, rater, value):
    while assignment := claim_next(rater, study):
        judging.record(assignment, judging.Answer(value, f"key-for-{assignment.token}"))


def test_the_headline_is_what_analysis_says_of_the_same_table(simulated):
    expected = win_rate(read_judgments(columns_of(simulated)))
    headline = refresh(simulated).estimates.get(name="win_rate", slice="")
    assert (headline.value, headline.low, headline.high) == (expected.value, expected.low, expected.high)
    assert headline.n == 150 and headline.detail["prompts"] == 50


def test_each_category_both_other_intervals_and_the_style_have_a_row(simulated):
    rows = {(row.name, row.slice) for row in refresh(simulated).estimates.all()}
    assert rows == {
        ("win_rate", ""),
        ("win_rate_these_raters", ""),
        ("win_rate_paper", ""),
        ("win_rate_anytime", ""),
        ("agreement", ""),
        ("position_bias", ""),
        ("style_told_apart", ""),
        ("win_rate", "category=coding"),
        ("win_rate", "category=creative"),
    }


def test_a_category_of_few_prompts_has_counts_and_no_number(db):
    study = builders.study(prompts=6)
    judge_all(study, builders.rater(study), "left")
    part = refresh(study).estimates.get(slice="category=coding")
    assert part.value is None and part.detail["prompts"] == 3 and "too few" in part.detail["why_none"]


def test_wins_are_the_candidates_wherever_it_stood(db):
    study = builders.study(prompts=8, ratings=1)
    rater = builders.rater(study)
    while assignment := claim_next(rater, study):
        value = "left" if assignment.a_is_left else "right"
        judging.record(assignment, judging.Answer(value, f"key-for-{assignment.token}"))
    headline = refresh(study).estimates.get(name="win_rate", slice="")
    assert headline.value == 1.0 and headline.detail["wins"] == 8


def test_what_is_not_counted_is_said(simulated):
    Comparison.objects.filter(pk=simulated.comparisons.first().pk).update(
        status="held", status_reason="names itself"
    )
    report = refresh(simulated)
    assert report.judgments == 147
    assert report.left_out == {"judgments of comparisons held or excluded since": 3, "comparisons held": 1}


def test_a_report_is_written_anew_only_after_new_judgments(simulated):
    assert is_stale(simulated) and refresh_stale() == 1
    assert not is_stale(simulated) and refresh_stale() == 0


def test_without_judgments_there_is_no_number(study):
    report = refresh(study)
    assert report.judgments == 0 and not report.estimates.exists()


def test_the_database_refuses_a_number_outside_its_interval(simulated):
    report = refresh(simulated)
    with pytest.raises(IntegrityError), transaction.atomic():
        Estimate.objects.create(report=report, name="x", value=0.9, low=0.1, high=0.2, n=1, method="none")


def test_the_command_prints_json_for_programs(simulated, capsys):
    call_command("report", simulated.slug, "--json")
    printed = json.loads(capsys.readouterr().out)
    headline = printed["estimates"][0]
    assert headline["name"] == "win_rate" and headline["low"] < headline["value"] < headline["high"]
    assert printed["simulation"]["truth"]["win_rate"] == pytest.approx(0.55)


def test_the_command_names_the_studies_it_knows(study):
    with pytest.raises(CommandError, match=r"no study 'spring'\. Studies: autumn"):
        call_command("report", "spring")


def test_one_checkpoint_under_two_samplings_is_two_candidates(db):
    study = builders.study(prompts=4)
    twin = study.arms.get(role="candidate").run
    twin.pk, twin.sampling_sha256 = None, "a" * 64
    twin.save()
    arm = StudyArm.objects.create(study=study, run=twin, role="candidate")
    names = arm_names(study)
    assert names[arm.pk] == "heron-autumn, sampling aaaaaa" and len(set(names.values())) == 3


def test_a_study_that_cannot_be_analysed_keeps_no_other_from_its_report(simulated, monkeypatch, caplog):
    other = builders.study(prompts=4, slug="winter")
    judge_all(other, builders.rater(other), "left")
    real = fold
    broken = lambda study: 1 / 0 if study == other else real(study)  # noqa: E731
    monkeypatch.setattr("assay.reports.refresh.fold", broken)
    assert refresh_stale() == 1 and simulated.reports.exists()
    assert "No report could be written of winter" in caplog.text
