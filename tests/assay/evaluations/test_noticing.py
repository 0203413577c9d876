"""The people of a study are told by e-mail what has come about: each thing once, until it has arrived."""

from datetime import timedelta

import pytest
from django.utils import timezone

from assay.evaluations import noticing
from assay.evaluations.noticing import notice_all
from raters import judging
from raters.assignment import claim_next
from raters.models import Study, StudyMember, StudyNotice
from raters.rubrics.answers import Answer
from raters.studies.phases import take
from tests import builders


@pytest.fixture
def study(db, researcher):
    made = builders.study(prompts=2, ratings=1)
    StudyMember.objects.create(study=made, user=researcher, role="owner")
    return made


def finish(study):
    rater = builders.rater(study)
    while shown := claim_next(rater, study):
        judging.record(shown, Answer("same", "a-key-of-sixteen-letters"))


def test_a_study_under_way_tells_nothing(study, mailoutbox):
    notice_all()
    assert mailoutbox == [] and not StudyNotice.objects.exists()


def test_a_complete_study_is_told_of_once(study, mailoutbox, settings):
    settings.SITE_URL = "https://assay.example.org"
    finish(study)
    notice_all()
    notice_all()
    assert [mail.to for mail in mailoutbox] == [["rosa@example.org"]]
    assert "every judgment that was wanted is in" in mailoutbox[0].subject
    assert "https://assay.example.org/studies/autumn/" in mailoutbox[0].body


def test_a_day_without_a_judgment_is_a_stall(study, mailoutbox):
    Study.objects.update(locked_at=timezone.now() - timedelta(hours=25))
    notice_all()
    assert StudyNotice.objects.get().kind == "stalled" and len(mailoutbox) == 1


def test_held_comparisons_are_told_of(study, mailoutbox):
    study.comparisons.filter(pk=study.comparisons.first().pk).update(status="held")
    notice_all()
    assert "held for a person to look at" in mailoutbox[0].body


def test_a_second_stall_is_told_of_again(study, mailoutbox, monkeypatch):
    Study.objects.update(locked_at=timezone.now() - timedelta(hours=25))
    notice_all()
    judging.record(claim_next(builders.rater(study), study), Answer("same", "a-key-of-sixteen-letters"))
    notice_all()
    assert not StudyNotice.objects.exists() and len(mailoutbox) == 1
    monkeypatch.setattr(noticing, "QUIET_FOR", timedelta(0))
    notice_all()
    notice_all()
    assert [mail.subject for mail in mailoutbox] == ["[Assay] autumn: nobody has judged for a day"] * 2


def test_comparisons_held_after_others_were_decided_are_told_of_again(study, mailoutbox):
    for status in ("held", "open", "held", "held"):
        study.comparisons.filter(pk=study.comparisons.order_by("pk").first().pk).update(status=status)
        notice_all()
    assert len(mailoutbox) == 2


def test_a_complete_study_stays_told_of_while_a_repeat_is_on_a_screen(study, mailoutbox):
    finish(study)
    notice_all()
    study.comparisons.update(ratings_wanted=2)
    notice_all()
    study.comparisons.update(ratings_wanted=1)
    notice_all()
    assert len(mailoutbox) == 1


def test_a_comparison_on_a_screen_keeps_a_study_from_being_complete(study):
    rater = builders.rater(study)
    judging.record(claim_next(rater, study), Answer("same", "a-key-of-sixteen-letters"))
    claim_next(rater, study)
    notice_all()
    assert not StudyNotice.objects.exists()


def test_simulated_and_paused_studies_tell_nothing(study, mailoutbox):
    finish(study)
    for changed in ({"simulation": {"seed": 0}}, {"simulation": None, "status": "paused"}):
        Study.objects.update(**changed)
        notice_all()
    assert mailoutbox == []


def test_a_mail_server_that_fails_is_asked_again_later(study, mailoutbox, monkeypatch):
    def broken(*arguments):
        raise OSError("connection refused")

    finish(study)
    with monkeypatch.context() as patch:
        patch.setattr(noticing, "send_mail", broken)
        notice_all()
    told = StudyNotice.objects.get()
    assert (told.attempts, told.error, told.sent_at) == (1, "connection refused", None)
    notice_all()
    assert mailoutbox == []  # not before it is due
    StudyNotice.objects.update(not_before=timezone.now())
    notice_all()
    assert len(mailoutbox) == 1 and StudyNotice.objects.get().sent_at


def test_viewers_and_people_who_left_are_not_written_to(study, researcher, mailoutbox):
    StudyMember.objects.create(study=study, user=builders.researcher("vera"), role="viewer")
    researcher.is_active = False
    researcher.save()
    finish(study)
    notice_all()
    told = StudyNotice.objects.get()
    assert (mailoutbox, told.sent_at) == ([], None) and "has an address" in told.error
    researcher.is_active = True
    researcher.save()
    StudyNotice.objects.update(not_before=timezone.now())
    notice_all()
    assert [mail.to for mail in mailoutbox] == [["rosa@example.org"]]


def test_a_complete_study_that_is_finished_by_hand_is_told_of(study, mailoutbox):
    finish(study)
    take(study, "finish")
    notice_all()
    notice_all()
    assert [mail.subject for mail in mailoutbox] == ["[Assay] autumn: every judgment that was wanted is in"]


def test_one_that_is_finished_before_all_is_in_is_not(study, mailoutbox):
    judging.record(claim_next(builders.rater(study), study), Answer("same", "a-key-of-sixteen-letters"))
    take(study, "finish")
    notice_all()
    assert mailoutbox == []


@pytest.mark.parametrize("changed", [{"simulation": {"seed": 0}}, {"imported": {"file": "x"}}])
def test_nor_one_that_no_person_judged_here(study, changed):
    finish(study)
    Study.objects.update(**changed)
    take(study, "finish")
    assert not StudyNotice.objects.exists()
