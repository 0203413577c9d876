"""What a design asks of its raters: judgments, hours, cost, days."""

from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from raters.models import Judgment, Study

ASSUMED_MINUTES = 2.0  # a comparison of two answers of some paragraphs, before anything has been measured
MOST_MEASURED = 2000


@dataclass(frozen=True)
class Effort:
    """`cost` is None where the study does not say what it pays. A pool that works the given hours a day."""

    judgments: int
    hours: float
    days: float
    cost: Decimal | None
    currency: str


def effort_of(
    judgments: int,
    pool: int,
    minutes: float,
    hours_a_day: float,
    *,
    pay_basis: str = Study.PayBasis.NONE,
    pay_rate: Decimal = Decimal(0),
    currency: str = "EUR",
) -> Effort:
    """Args: minutes: of one judgment.  hours_a_day: that each rater of the pool works."""
    if judgments < 0 or pool < 1 or minutes <= 0 or hours_a_day <= 0:
        raise ValueError("judgments from 0 up, one rater or more, and times above 0")
    hours = judgments * minutes / 60
    units = {Study.PayBasis.ITEM: Decimal(judgments), Study.PayBasis.HOUR: Decimal(str(round(hours, 4)))}
    cost = (units[Study.PayBasis(pay_basis)] * pay_rate) if pay_basis in units else None
    return Effort(judgments, hours, hours / (pool * hours_a_day), cost, currency)


def minutes_measured(kind: str) -> float | None:
    """The median time of the newest judgments of people under rubrics of that kind; None before there is any."""
    judged = Judgment.objects.filter(
        assignment__comparison__study__rubric__kind=kind,
        assignment__comparison__study__simulation__isnull=True,
        assignment__purpose="rating",
        active_ms__gt=0,
    )
    newest = judged.order_by("-pk").values_list("active_ms", flat=True)[:MOST_MEASURED]
    times = [ms for ms in newest if ms is not None]
    return max(median(times) / 60_000, 0.1) if times else None
