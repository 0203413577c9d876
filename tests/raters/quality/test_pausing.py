"""A rater's part is paused and goes on, each once and with a reason that stands in the log."""

import pytest

from assay.accounts.models import AuditEvent
from raters.models import Enrolment
from raters.quality.pausing import pause, release


@pytest.fixture
def place(rater) -> Enrolment:
    return rater.enrolments.get()


def test_a_pause_is_of_one_rater_and_its_reason_is_kept_until_it_ends(place, researcher):
    pause(place, f"  answers in a second{'!' * 600} ", researcher)
    place.refresh_from_db()
    assert place.status == "paused" and place.pause_reason == f"answers in a second{'!' * 481}"
    release(place, "was a broken page", researcher)
    place.refresh_from_db()
    assert (place.status, place.pause_reason) == ("active", "")
    told = AuditEvent.objects.filter(target_type="raters.enrolment").order_by("pk")
    assert [(one.action, one.actor, one.target_id) for one in told] == [
        ("rater.paused", researcher, str(place.pk)),
        ("rater.released", researcher, str(place.pk)),
    ]


@pytest.mark.parametrize("status", ["paused", "finished", "screened_out"])
def test_who_is_not_at_work_is_not_paused(place, status):
    Enrolment.objects.update(status=status, pause_reason="asked")
    with pytest.raises(ValueError, match="is not active"):
        pause(place, "again")
    assert (
        Enrolment.objects.get().status == status
        and not AuditEvent.objects.filter(action="rater.paused").exists()
    )


@pytest.mark.parametrize("status", ["active", "finished", "screened_out"])
def test_who_is_not_paused_is_not_released(place, status):
    Enrolment.objects.update(status=status)
    with pytest.raises(ValueError, match="is not paused"):
        release(place, "go on")
    with pytest.raises(ValueError, match="give a reason"):
        release(place, "  ")
    assert Enrolment.objects.get().status == status
