"""A study's steps after its lock: each from where it begins, each told."""

import pytest

from assay.accounts.models import AuditEvent
from raters.assignment import claim_next
from raters.models import Study
from raters.studies.phases import take


def test_a_paused_study_gives_out_nothing_until_it_goes_on(study, rater, researcher):
    take(study, "pause", researcher)
    assert claim_next(rater, study) is None
    take(study, "start", researcher)
    assert claim_next(rater, study) is not None
    assert list(
        AuditEvent.objects.filter(action__startswith="study.").values_list("action", flat=True)[:2]
    ) == [
        "study.started",
        "study.paused",
    ]


def test_a_finished_study_stays_finished(study):
    take(study, "finish")
    for name in ("start", "pause", "finish"):
        with pytest.raises(ValueError, match="is closed"):
            take(study, name)
    assert Study.objects.get().status == "closed"


def test_a_draft_is_locked_not_started(study):
    Study.objects.update(status="draft")
    with pytest.raises(ValueError, match="is draft: to start it, it must be paused"):
        take(study, "start")
