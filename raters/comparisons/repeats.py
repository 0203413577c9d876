"""Planned repeats: some comparisons are shown to the same rater twice, far apart. They count in no rate."""

from raters.comparisons.lots import keyed
from raters.models import Assignment, Comparison, Enrolment


def repeat_due(enrolment: Enrolment) -> Assignment | None:
    """The first showing whose repeat is next for this rater; None if none is due.

    One is owed for each `repeat_every` answers, from a place on that is the rater's own. It is drawn among the answers
    with at least `repeat_gap` showings behind them, so that a rater has no chance to know it by heart.
    """
    study, rater = enrolment.study, enrolment.rater
    if not study.repeat_every or enrolment.step != Enrolment.Step.WORK:
        return None
    mine = Assignment.objects.of(rater, study)
    firsts = mine.filter(
        state=Assignment.State.DONE, repeat_of=None, comparison__kind=Comparison.Kind.REGULAR
    )
    owed = (firsts.count() + keyed(study, "repeats", rater.pk) % study.repeat_every) // study.repeat_every
    again = mine.exclude(repeat_of=None)
    if again.exclude(state=Assignment.State.EXPIRED).count() >= owed:
        return None
    if lapsed := again.filter(state=Assignment.State.EXPIRED).select_related("repeat_of").first():
        return lapsed.repeat_of
    far = mine.order_by("-pk").values_list("pk", flat=True)[study.repeat_gap - 1 : study.repeat_gap].first()
    waiting = firsts.filter(repeats=None, comparison__status=Comparison.Status.OPEN, pk__lt=far or 0)
    lots = [(keyed(study, "repeat", first.pk), first) for first in waiting]
    return min(lots, key=lambda lot: lot[0])[1] if lots else None
