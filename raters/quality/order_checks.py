"""Whether sides and order, as they were drawn, could tell a rater anything: tests on what was really shown."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from raters.models import Assignment, Comparison, Study
from raters.quality.binomial import binomial_p, holm

LEVEL = 0.05
FEWEST = 10  # showings, below which a test could find nothing
Pair = tuple[int, int]


@dataclass(frozen=True)
class OrderCheck:
    """One test: of what, over how many showings, what was seen, and its p-value after Holm's correction."""

    what: str  # "sides" or "order"
    of: str  # a rater's code, or a pair of arms
    n: int
    seen: float  # share of a pair's first arm on the left, or number of runs over the expected
    p: float

    @property
    def tells(self) -> bool:
        return self.p < LEVEL


def order_checks(
    study: Study, called: Mapping[int, str], ordered: Callable[[int, int], Pair]
) -> list[OrderCheck]:
    """Sides for each rater and each pair of arms; order for each rater, where there are several pairs.

    called, ordered: what the reader may know each arm as, by its key, and which of two comes first for them: the
    share of the candidate on the left, beside judgments under labels, would tell which label it has.
    Holm-adjusted over all of them together, so that a study drawn by fair coins is suspected once in twenty.
    """
    found = list(tests_of(showings(study, called, ordered)))
    adjusted = holm([one.p for one in found])
    return [OrderCheck(one.what, one.of, one.n, one.seen, p) for one, p in zip(found, adjusted, strict=True)]


@dataclass(frozen=True)
class Showing:
    rater: str
    pair: str
    first_is_left: bool


def showings(
    study: Study, called: Mapping[int, str], ordered: Callable[[int, int], Pair]
) -> Iterator[Showing]:
    """Every regular comparison that was given to somebody for the first time, in the order given."""
    given = Assignment.objects.with_a_place().filter(
        comparison__study=study, comparison__kind=Comparison.Kind.REGULAR
    )
    names = ("rater__code", "comparison__arm_a", "comparison__arm_b", "a_is_left")
    for rater, a, b, a_is_left in given.order_by("pk").values_list(*names):
        first, second = ordered(a, b)
        yield Showing(rater, f"{called[first]} – {called[second]}", a_is_left == (first == a))


def tests_of(rows: Iterable[Showing]) -> Iterator[OrderCheck]:
    by_rater: dict[str, list[Showing]] = defaultdict(list)
    by_pair: dict[str, list[Showing]] = defaultdict(list)
    for row in rows:
        by_rater[row.rater].append(row)
        by_pair[row.pair].append(row)
    for of, group in [*sorted(by_rater.items()), *sorted(by_pair.items())]:
        if len(group) >= FEWEST:
            left = sum(row.first_is_left for row in group)
            p = binomial_p(left, len(group), 0.5, "two-sided")
            yield OrderCheck("sides", of, len(group), left / len(group), p)
    for rater, group in sorted(by_rater.items()):
        pairs = [row.pair for row in group]
        if len(group) >= FEWEST and len(set(pairs)) > 1:
            yield OrderCheck("order", rater, len(group), runs(pairs) / expected_runs(pairs), runs_p(pairs))


def runs(kinds: Sequence[str]) -> int:
    """How many stretches of one kind there are."""
    return 1 + sum(one != other for one, other in pairwise(kinds))


def expected_runs(kinds: Sequence[str]) -> float:
    n = len(kinds)
    return (n * (n + 1) - sum(count**2 for count in Counter(kinds).values())) / n


def runs_p(kinds: Sequence[str]) -> float:
    """How likely so few stretches are in a random order; few mean that the order groups a kind.

    Source: Barton and David (1957), Biometrika 44, 168-178: mean and variance of the number of runs of several kinds;
    the normal distribution stands for it, with half a run's correction.
    """
    n, counts = len(kinds), Counter(kinds).values()
    squares, cubes = sum(c**2 for c in counts), sum(c**3 for c in counts)
    variance = (squares * (squares + n * (n + 1)) - 2 * n * cubes - n**3) / (n**2 * (n - 1))
    if variance <= 0:
        return 1.0
    z = (runs(kinds) + 0.5 - expected_runs(kinds)) / math.sqrt(variance)
    return 0.5 * math.erfc(-z / math.sqrt(2))
