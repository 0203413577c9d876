"""What a study has cost so far, by what its raters are due, and what it is going to cost once all is judged."""

from dataclasses import dataclass
from decimal import Decimal

from raters.care.pay import CENT, pay_in
from raters.models import Study
from raters.studies.effort import ASSUMED_MINUTES, effort_of, minutes_measured
from raters.studies.progress import Progress

ENOUGH = 20  # judgments from which on what they cost tells what the others will
AT_ONCE = 20_000  # judgments that are read for it while somebody waits for a page about other things


@dataclass(frozen=True)
class Cost:
    """`so_far` counts gold, repeats, skips and practice, as pay does. `expected` is of the whole study.

    `per_judgment` is what each counted judgment has cost with all of that; None before there are ENOUGH of them, and
    `expected` is then the rate for the judgments that are left, in the usual time, beside what is due already.
    """

    so_far: Decimal
    expected: Decimal
    per_judgment: Decimal | None
    currency: str


def cost_of(study: Study, progress: Progress) -> Cost | None:
    """None where the study names no pay, or has more than AT_ONCE judgments. A finished study costs no more."""
    if study.pay_basis == Study.PayBasis.NONE or progress.judgments > AT_ONCE:
        return None
    so_far = sum((row.amount for row in pay_in(study) if row.amount is not None), Decimal(0))
    per_judgment = so_far / progress.judgments if progress.judgments >= ENOUGH else None
    left = 0 if study.status == Study.Status.CLOSED else max(0, progress.wanted - progress.judgments)
    more = planned(study, left) if per_judgment is None else per_judgment * left
    told = None if per_judgment is None else per_judgment.quantize(CENT)
    return Cost(so_far, (so_far + more).quantize(CENT), told, study.pay_currency)


def planned(study: Study, judgments: int) -> Decimal:
    """At the study's rate, in the time that judgments under such rubrics have taken."""
    minutes = minutes_measured(study.rubric.kind) or ASSUMED_MINUTES
    basis, rate = study.pay_basis, study.pay_rate
    effort = effort_of(judgments, study.pool, minutes, 1, pay_basis=basis, pay_rate=rate)
    return effort.cost or Decimal(0)
