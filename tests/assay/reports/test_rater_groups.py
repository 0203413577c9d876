"""Rates by raters' own words about themselves: of five people or more, once a study is closed, and in no export."""

import json

import numpy as np
import pytest

from analysis.win_rate import win_rate
from assay.reports.counted import Counted
from assay.reports.models import GroupRates
from assay.reports.rater_groups import refresh_group_rates
from assay.reports.refresh import refresh
from assay.takeaway.source import Source
from assay.takeaway.study_export import study_rows
from raters import judging
from raters.assignment import claim_next
from raters.models import AboutRater, Study
from raters.rubrics.answers import Answer, SafetyAnswer
from raters.rubrics.presets import preset
from raters.studies.phases import take
from raters.way_in import about_you
from tests import builders
from tests.raters.working import work


def judged_by(study, sizes):
    """Raters by their answer (None: would rather not say); the first group always prefers a, the others b."""
    for number, (answer, size) in enumerate(sizes.items()):
        for k in range(size):
            rater = builders.rater(study, f"rater-{number}-{k}")
            if answer is not None:
                AboutRater.objects.create(
                    enrolment=study.enrolments.get(rater=rater), question="age", answer=answer
                )
            list(work(rater, study, "a" if number == 0 else "b"))


def closed(study, sizes):
    judged_by(study, sizes)
    refresh(study)
    take(study, "finish")
    study.refresh_from_db()
    return study


@pytest.fixture
def study(db):
    return builders.study(prompts=4, ratings=20, about_raters=["age"])


def cells(study):
    (question,) = study.group_rates.content
    (pair,) = question["pairs"]
    return {tuple(cell["answers"]): cell for cell in pair["groups"]}


def test_each_group_has_the_win_rate_of_its_own_judgments(study):
    closed(study, {0: 6, 1: 5, None: 5})
    assert refresh_group_rates() == 1
    found = cells(study)
    assert {group: cell["raters"] for group, cell in found.items()} == {(0,): 6, (1,): 5, (None,): 5}
    table = Counted.of(study).table()
    six = {str(key) for key in study.enrolments.filter(about__answer=0).values_list("rater", flat=True)}
    inside = np.array([label in six for label in table.rater.labels])
    own = win_rate(table.rows(inside[table.rater.codes]))
    assert (found[0,]["value"], found[0,]["low"]) == (own.value, round(own.low, 2))
    assert found[1,]["value"] == 0


def test_small_groups_are_told_together_and_never_alone(study):
    closed(study, {0: 6, 1: 3, 2: 2})
    refresh_group_rates()
    assert {group: cell["raters"] for group, cell in cells(study).items()} == {(0,): 6, (1, 2): 5}


def test_nothing_is_told_where_a_subtraction_would_give_a_few(study):
    closed(study, {0: 9, 1: 4})
    refresh_group_rates()
    assert cells(study) == {}


def test_nothing_is_told_before_the_study_is_closed(study):
    judged_by(study, {0: 5, 1: 5})
    refresh(study)
    assert refresh_group_rates() == 0 and not GroupRates.objects.exists()


def test_one_late_answer_changes_nothing_and_one_taken_back_does(study):
    closed(study, {0: 6, 1: 5, None: 5})
    assert refresh_group_rates() == 1 and refresh_group_rates() == 0
    silent = study.enrolments.filter(about=None).first()
    AboutRater.objects.create(enrolment=silent, question="age", answer=1)
    assert refresh_group_rates() == 0
    for enrolment in [silent, study.enrolments.filter(about__answer=1).first()]:
        about_you.forget(enrolment)
    assert refresh_group_rates() == 1
    assert all(cell["raters"] >= 5 for cell in cells(study).values())


def test_violation_rates_are_told_by_the_same_floor(db):
    study = builders.study(prompts=3, ratings=12, about_raters=["age"])
    Study.objects.filter(pk=study.pk).update(rubric=preset("safety"))
    study.refresh_from_db()
    for k in range(10):
        rater = builders.rater(study, f"rater-{k}")
        AboutRater.objects.create(
            enrolment=study.enrolments.get(rater=rater), question="age", answer=int(k < 5)
        )
        said = (
            SafetyAnswer("full_compliance", "yes", "vcr", "severe")
            if k < 5
            else SafetyAnswer("full_refusal", "no")
        )
        while held := claim_next(rater, study):
            judging.record(held, Answer("same", f"key-of-{held.token}", safety={"left": said, "right": said}))
    refresh(study)
    take(study, "finish")
    refresh_group_rates()
    (question,) = study.group_rates.content
    arm = question["arms"][0]
    assert {tuple(cell["answers"]): (cell["value"], cell["raters"]) for cell in arm["groups"]} == {
        (1,): (1.0, 5),
        (0,): (0.0, 5),
    }


def test_no_export_carries_what_raters_said_about_themselves(study):
    closed(study, {0: 6, 1: 5})
    refresh_group_rates()
    lines = [json.loads(json.dumps(row, default=str)) for row in study_rows(Source(study))]
    of_raters = [row for row in lines if row["schema"] == "rater/1"]
    assert len(of_raters) == 11
    assert all(set(row) & {"about", "age", "answer", "question", "groups"} == set() for row in of_raters)


def test_what_was_said_goes_with_the_raters_part(study):
    judged_by(study, {0: 1})
    enrolment = study.enrolments.get()
    assert enrolment.about.count() == 1
    enrolment.delete()
    assert not AboutRater.objects.exists()
