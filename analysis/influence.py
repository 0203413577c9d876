"""How far one rater moves a win rate, beside what leaving out a rater moves it by at large. Loads no library."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum, sqrt

FEW_RATERS = 5  # with fewer, the spread between raters cannot be estimated
NOTHING = 1e-12  # below it only rounding is left of a standard error


def in_standard_errors(changes: Sequence[float]) -> list[float] | None:
    """Each rater's change of a value, left out, in standard errors of the value over raters; None where it has none.

    A change is worked out from these very judgments: nothing is drawn, so no interval is around it. What may be said is
    how large it is, as DFBETAS says it of coefficients. Were all alike, each would be 1 / sqrt(raters - 1).
    Sources: Belsley, Kuh and Welsch (1980), Regression Diagnostics, section 2.1; Cook (1977), Technometrics 19, 15-18.
    """
    se = jackknife_se(changes) if len(changes) >= FEW_RATERS else 0.0
    return [change / se for change in changes] if se > NOTHING else None


def jackknife_se(changes: Sequence[float]) -> float:
    """The standard error over raters of a value that leaving out each of them changes by these.

    Squares are of changes of the value itself, not about their mean, as for lopsided raters.
    Source: Efron and Tibshirani (1993), An Introduction to the Bootstrap, section 11.2.
    """
    squares = fsum(change * change for change in changes)
    return sqrt((len(changes) - 1) / len(changes) * squares)


def limit(raters: int) -> float:
    """Beyond how many standard errors one of so many raters stands out.

    Source: Belsley, Kuh and Welsch (1980), Regression Diagnostics, section 2.1.
    """
    return 2 / sqrt(raters)
