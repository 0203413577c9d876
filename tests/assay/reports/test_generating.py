"""How far responses have come: by arm for who may know names, together for who may not."""

import pytest

from assay.reports.blinding import arms_for
from assay.reports.generating import counted, generating
from generation.models import Response, RunResponse
from generation.progress import RunProgress
from raters.models import StudyArm
from raters.studies.unblinding import unblind
from tests import builders


def progress(present=0, wanted=10, pace=None, **chunks: int) -> RunProgress:
    return RunProgress(None, present, wanted, pace, chunks, [])


def test_counts_of_several_runs_are_added_up():
    found = counted("", None, [progress(3, 10, queued=2, dead=1), progress(4, 20, queued=5, done=7)])
    assert (found.present, found.wanted, found.queued, found.failed) == (7, 30, 7, 1)


@pytest.mark.parametrize(
    ("paces", "told"), [([], None), ([None, None], None), ([None, 4.0], 4.0), ([1.5, 4.0], 5.5), ([0.0], 0.0)]
)
def test_a_pace_is_told_where_one_run_has_one(paces, told):
    assert counted("", None, [progress(pace=pace) for pace in paces]).tokens_a_second == told


@pytest.mark.parametrize(
    ("chunks", "under_way"), [([], False), ([{"done": 3}], False), ([{"done": 3}, {"leased": 1}], True)]
)
def test_it_is_under_way_while_any_run_is(chunks, under_way):
    assert counted("", None, [progress(**one) for one in chunks]).is_under_way is under_way


def missing(study, role: str) -> None:
    """Takes one response of this arm away."""
    run = study.arms.get(role=role).run
    place = run.items.order_by("pk").first()
    RunResponse.objects.filter(pk=place.pk).update(response=None)


def test_who_is_blind_is_told_of_all_arms_together_and_of_no_run(study, researcher):
    missing(study, "candidate")
    [row] = generating(study, arms_for(study, researcher))
    assert (row.called, row.run, row.present, row.wanted) == ("", None, 5, 6)


def test_who_may_know_names_is_told_of_each_arm_in_the_order_of_names(study, researcher):
    missing(study, "candidate")
    unblind(study, "all is in")
    rows = generating(study, arms_for(study, researcher))
    runs = {role: study.arms.get(role=role).run_id for role in ("candidate", "baseline")}
    assert [(row.called, row.run, row.present) for row in rows] == [
        ("heron-autumn", runs["candidate"], 2),
        ("plover-autumn", runs["baseline"], 3),
    ]


@pytest.mark.parametrize("blind", [True, False])
def test_a_study_without_arms_has_nothing_to_wait_for(study, researcher, blind):
    arms = arms_for(study, researcher)
    if not blind:
        unblind(study, "all is in")
        arms = arms_for(study, researcher)
    study.comparisons.all()._raw_delete("default")
    StudyArm.objects.filter(study=study)._raw_delete("default")
    assert generating(study, arms) == ()


def test_another_study_s_responses_are_not_counted(study, researcher):
    builders.study(prompts=9, slug="winter")
    [row] = generating(study, arms_for(study, researcher))
    assert row.wanted == 6 and Response.objects.count() == 24
