"""What comes about in a study that a plan made is told to those whom the plan tells of verdicts, or to who wrote it."""

import pytest

from assay.evaluations.noticing import notice_all
from assay.evaluations.planning import make_plan
from assay.evaluations.ticking import tick
from raters.assignment import claim_next
from raters.models import Study, StudyNotice
from tests import builders
from tests.assay.evaluations.conftest import checkpoint, hurry, settle_down, version_with
from tests.raters.working import say

pytestmark = pytest.mark.django_db


@pytest.fixture
def collecting(series, prompts, baseline, writer):
    """A function that makes a plan's study, up to where raters are asked."""

    def make(actor=None, **terms) -> Study:
        version = version_with(baseline, ratings_per_comparison=1, **terms)
        make_plan("weekly", series, version, [prompts], actor=actor)
        checkpoint(series, 100)
        settle_down()
        study = Study.objects.get()
        assert study.status == "collecting" and not study.members.exists() and study.created_by is None
        return study

    return make


def hold_one(study: Study) -> None:
    study.comparisons.filter(pk=study.comparisons.regular().first().pk).update(status="held")


def judge_all(study: Study) -> None:
    rater = builders.rater(study)
    while shown := claim_next(rater, study):
        say(shown, "tie", tie_kind="both_poor")


def test_the_plans_addresses_are_written_to(collecting, researcher, mailoutbox):
    hold_one(collecting(emails=["ann@example.org"], actor=researcher))
    notice_all()
    assert [mail.to for mail in mailoutbox] == [["ann@example.org"]]


def test_without_addresses_who_wrote_the_plan_is(collecting, researcher, mailoutbox):
    hold_one(collecting(actor=researcher))
    notice_all()
    assert [mail.to for mail in mailoutbox] == [["rosa@example.org"]]


def test_where_there_is_nobody_nothing_counts_as_sent(collecting, mailoutbox):
    hold_one(collecting())
    notice_all()
    told = StudyNotice.objects.get()
    assert (mailoutbox, told.sent_at, told.attempts) == ([], None, 1) and "has an address" in told.error


def test_a_complete_study_is_told_of_although_the_tick_closes_it_first(collecting, mailoutbox):
    study = collecting(emails=["ann@example.org"])
    judge_all(study)
    hurry()
    tick()
    notice_all()
    study.refresh_from_db()
    assert study.status == "closed"
    assert f"[Assay] {study.slug}: every judgment that was wanted is in" in [
        one.subject for one in mailoutbox
    ]
