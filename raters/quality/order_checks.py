"""Whether sides and order, as they were drawn, could tell a rater anything: tests on what was really shown."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.db.models import Count, QuerySet

from raters.comparisons.pairing import pairs_compared
from raters.models import Assignment, Comparison, Study
from raters.quality.binomial import binomial_p, holm

LEVEL = 0.05
ARMS = ("comparison__arm_a", "comparison__arm_b")
FEWEST = 10  # showings, below which a test could find nothing
Pair = tuple[int, int]
Sides = tuple[str, int, int, bool, int]  # rater, arm a, arm b, whether a stood left, how often


@dataclass(frozen=True)
class OrderCheck:
    """One test: of what, over how many showings, what was seen, and its p-value after Holm's correction."""

    what: str  # "sides" or "order" that a rater had, or sides of a "pair" of arms
    of: str
    n: int
    seen: float  # share of a pair's first arm on the left, or number of runs over the expected
    p: float

    @property
    def tells(self) -> bool:
        return self.p < LEVEL


@dataclass(frozen=True)
class Drawn:
    """What was drawn for regular comparisons on their first showing, as counts: the same whoever reads.

    sides: how often each rater had arm a left, and right, beside arm b; of raters' orders the tests are kept.
    """

    sides: Sequence[Sides]
    orders: Sequence[OrderCheck]


def checks_of(
    found: Drawn, called: Mapping[int, str], ordered: Callable[[int, int], Pair]
) -> list[OrderCheck]:
    """Sides for each rater and each pair of arms; order for each rater, where there are several pairs.

    called, ordered: what the reader may know each arm as, by its key, and which of two comes first for them: the
    share of the candidate on the left, beside judgments under labels, would tell which label it has.
    Holm-adjusted over all of them together, so that a study drawn by fair coins is suspected once in twenty.
    """
    tests = [*tests_of_sides(found.sides, called, ordered), *found.orders]
    adjusted = holm([one.p for one in tests])
    return [OrderCheck(one.what, one.of, one.n, one.seen, p) for one, p in zip(tests, adjusted, strict=True)]


def drawn(study: Study) -> Drawn:
    given = Assignment.objects.with_a_place().filter(
        comparison__study=study, comparison__kind=Comparison.Kind.REGULAR
    )
    sides = given.order_by().values_list("rater__code", *ARMS, "a_is_left").annotate(n=Count("pk"))
    pairs = pairs_compared(list(study.arms.values_list("pk", flat=True)))
    return Drawn(list(sides), list(tests_of_order(given)) if len(pairs) > 1 else [])


def tests_of_sides(
    sides: Sequence[Sides], called: Mapping[int, str], ordered: Callable[[int, int], Pair]
) -> Iterator[OrderCheck]:
    by_rater: dict[str, Counter[bool]] = defaultdict(Counter)
    by_pair: dict[str, Counter[bool]] = defaultdict(Counter)
    for rater, a, b, a_is_left, n in sides:
        first, second = ordered(a, b)
        first_is_left = a_is_left == (first == a)
        by_rater[rater][first_is_left] += n
        by_pair[f"{called[first]} – {called[second]}"][first_is_left] += n
    for what, found in (("sides", by_rater), ("pair", by_pair)):
        for of, counts in sorted(found.items()):
            left, n = counts[True], counts.total()
            if n >= FEWEST:
                yield OrderCheck(what, of, n, left / n, binomial_p(left, n, 0.5, "two-sided"))


def tests_of_order(given: QuerySet[Assignment]) -> Iterator[OrderCheck]:
    """Of each rater who met several pairs, not adjusted yet."""
    by_rater: dict[str, list[Pair]] = defaultdict(list)
    for rater, a, b in given.order_by("pk").values_list("rater__code", *ARMS).iterator(chunk_size=5000):
        by_rater[rater].append((a, b))
    for rater, pairs in sorted(by_rater.items()):
        if len(pairs) >= FEWEST and len(set(pairs)) > 1:
            yield OrderCheck("order", rater, len(pairs), runs(pairs) / expected_runs(pairs), runs_p(pairs))


def runs(kinds: Sequence[Hashable]) -> int:
    """How many stretches of one kind there are."""
    return 1 + sum(one != other for one, other in pairwise(kinds))


def expected_runs(kinds: Sequence[Hashable]) -> float:
    n = len(kinds)
    return (n * (n + 1) - sum(count**2 for count in Counter(kinds).values())) / n


def runs_p(kinds: Sequence[Hashable]) -> float:
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
