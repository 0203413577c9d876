"""What raters are paid for: all that they did, at the rate that the study fixed. A skip is paid like an answer.

By the hour, the time of an answer is what was in view, and never more than went by; without JavaScript what went by,
up to a lease. Skips and practice pairs have no such time: each counts as the rater's own median, else the study's.
Who is screened out is paid what the study fixed for that, or what they did where that is more.
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from statistics import median

from django.contrib.auth.base_user import AbstractBaseUser

from promptsets.audit import audited
from raters.models import Assignment, Comparison, Enrolment, Judgment, Rater, Study
from raters.way_in.onward import onward_from

CENT = Decimal("0.01")
MS_AN_HOUR = 3_600_000
PARTS = {
    Enrolment.Status.ACTIVE: "under way",
    Enrolment.Status.PAUSED: "paused",
    Enrolment.Status.FINISHED: "complete",
    Enrolment.Status.SCREENED_OUT: "screened out",
}
COUNTS = ("answered", "gold", "repeats", "adjudicated", "skipped", "practice")


@dataclass(frozen=True)
class Pay:
    """What one rater did in one study, and what is due for it; None where the study does not say what it pays.

    `part` is how far they came, in a word of PARTS; `code` is what they were shown at the end, empty before it.
    """

    rater: str
    part: str
    code: str
    answered: int
    gold: int
    repeats: int
    adjudicated: int
    skipped: int
    practice: int
    worked_ms: int
    amount: Decimal | None
    currency: str

    @property
    def items(self) -> int:
        return sum(getattr(self, name) for name in COUNTS)

    @property
    def minutes(self) -> int:
        return round(self.worked_ms / 60_000)


def take_pay(study: Study, actor: AbstractBaseUser) -> list[Pay]:
    """What each rater did and is due, for somebody who takes it away: the audit log tells who.

    It goes under the codes that raters have everywhere, by which the recruiting site pays, and not a study's own.
    """
    audited.send(Study, actor=actor, action="export.opened", target=study, detail={"kind": "pay"})
    return pay_in(study)


def pay_of(rater: Rater, study: Study) -> Pay:
    """Reads what this rater did alone, unless only the others tell how long something takes.

    Raises: Enrolment.DoesNotExist for one who takes no part.
    """
    enrolment = study.enrolments.select_related("rater").get(rater=rater)
    done, times = done_in(study, rater), times_in(study, rater)
    if not times and (enrolment.practised or done[rater.pk]["skipped"]):
        times = times_in(study)
    return paid(study, enrolment, done, times)


def pay_in(study: Study) -> list[Pay]:
    """Everybody who takes part, by code; language models are paid nothing."""
    enrolments = study.enrolments.select_related("rater").order_by("rater__code")
    done, times = done_in(study), times_in(study)
    return [paid(study, enrolment, done, times) for enrolment in enrolments]


Counts = dict[int, dict[str, int]]
Times = dict[int, list[int]]


def done_in(study: Study, rater: Rater | None = None) -> Counts:
    """By rater, everybody or one: how many of each kind they did."""
    done: Counts = defaultdict(lambda: defaultdict(int))
    given = Assignment.objects.filter(comparison__study=study).exclude(purpose=Assignment.Purpose.JUDGE)
    given = given.filter(rater=rater) if rater else given
    fields = ("rater_id", "state", "purpose", "repeat_of_id", "comparison__kind")
    for pk, state, purpose, repeat_of, kind in given.values_list(*fields):
        if name := kind_of(state, purpose, repeat_of, kind):
            done[pk][name] += 1
    return done


def kind_of(state: str, purpose: str, repeat_of: int | None, kind: str) -> str:
    if state == Assignment.State.SKIPPED:
        return "skipped"
    if state not in {Assignment.State.DONE, Assignment.State.SURPLUS}:
        return ""
    if purpose == Assignment.Purpose.ADJUDICATION:
        return "adjudicated"
    if repeat_of:
        return "repeats"
    return "gold" if kind == Comparison.Kind.GOLD else "answered"


def times_in(study: Study, rater: Rater | None = None) -> Times:
    """By rater, everybody or one: the milliseconds of each judgment, a changed mind being one more."""
    times: Times = defaultdict(list)
    said = Judgment.objects.filter(assignment__comparison__study=study)
    said = said.exclude(assignment__purpose=Assignment.Purpose.JUDGE)
    said = said.filter(assignment__rater=rater) if rater else said
    fields = ("assignment__rater_id", "active_ms", "assignment__shown_at", "submitted_at")
    for pk, active_ms, shown_at, submitted_at in said.values_list(*fields):
        went_by = int((submitted_at - shown_at).total_seconds() * 1000) if shown_at else 0
        times[pk].append(min(study.lease_s * 1000 if active_ms is None else active_ms, max(0, went_by)))
    return times


def paid(study: Study, enrolment: Enrolment, done: Counts, times: Times) -> Pay:
    mine = times.get(enrolment.rater_id, [])
    counts = {name: done[enrolment.rater_id][name] for name in COUNTS} | {"practice": enrolment.practised}
    everybody = mine or [ms for theirs in times.values() for ms in theirs]
    typical = int(median(everybody)) if everybody else 0
    worked = sum(mine) + typical * (counts["skipped"] + counts["practice"])
    return Pay(
        rater=enrolment.rater.code,
        part=PARTS[Enrolment.Status(enrolment.status)],
        code=onward_from(enrolment).code,
        **counts,
        worked_ms=worked,
        amount=due(study, enrolment, sum(counts.values()), worked),
        currency=study.pay_currency,
    )


def due(study: Study, enrolment: Enrolment, items: int, worked_ms: int) -> Decimal | None:
    """The study's rate for this work; None if it names neither a rate nor a pay for being screened out."""
    amount = {
        Study.PayBasis.NONE.value: None,
        Study.PayBasis.ITEM.value: study.pay_rate * items,
        Study.PayBasis.HOUR.value: study.pay_rate * worked_ms / MS_AN_HOUR,
    }[study.pay_basis]
    if enrolment.status == Enrolment.Status.SCREENED_OUT and study.screen_out_pay:
        amount = max(study.screen_out_pay, amount or Decimal(0))
    return None if amount is None else Decimal(amount).quantize(CENT, ROUND_HALF_UP)
