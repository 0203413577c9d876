"""How far a win rate rests on one rater: what it would be without each of them. Who votes many times to move a result,
having found out which model is which, stands out here.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import fsum
from statistics import fmean

from analysis.influence import in_standard_errors, limit
from raters.models import Judgment, Study
from raters.studies.exclusions import excluded_raters

POINTS = {"a": 1.0, "tie": 0.5, "b": 0.0}
Pair = tuple[int, int]
Votes = dict[int, dict[str, float]]  # by prompt and rater: points of arm a


@dataclass(frozen=True)
class Influence:
    """`without` is the win rate of arm a by the others alone, None where nobody else judged.

    `change` is how far it lies from that of all; both are shares. `in_se` is the change in standard errors of the win
    rate over raters, None where it has none; `stands_out` says whether that is much for one of so many raters.
    """

    rater: str
    a: int
    b: int
    n: int
    without: float | None
    change: float | None
    in_se: float | None = None
    stands_out: bool = False


@dataclass(frozen=True)
class Told:
    """The same in a reader's names for the arms, about the one that comes first for them."""

    rater: str
    pair: str
    n: int
    without: float | None
    change: float | None
    in_se: float | None
    stands_out: bool


def told(one: Influence, called: Mapping[int, str], ordered: Callable[[int, int], Pair]) -> Told:
    """called, ordered: what the reader may know each arm as, by its key, and which of two comes first for them."""
    first, second = ordered(one.a, one.b)
    without, change, in_se = one.without, one.change, one.in_se
    if first != one.a:
        without = None if without is None else 1 - without
        change, in_se = (None if value is None else -value for value in (change, in_se))
    # Rounded, since in the last digits 1 - x would tell that it was turned; + 0.0, since the sign of -0.0 would.
    without, change, in_se = (
        None if value is None else round(value, 9) + 0.0 for value in (without, change, in_se)
    )
    pair = f"{called[first]} – {called[second]}"
    return Told(one.rater, pair, one.n, without, change, in_se, one.stands_out)


def all_told(
    found: Iterable[Influence], called: Mapping[int, str], ordered: Callable[[int, int], Pair], most: int
) -> list[Told]:
    """The largest changes; equal ones stand by what the reader knows, since the arms' keys would tell their order."""
    known = [told(one, called, ordered) for one in found]
    return sorted(known, key=lambda one: (-abs(one.change or 0.0), one.rater, one.pair))[:most]


def influences(study: Study) -> list[Influence]:
    """Of each rater whom the headline counts on each pair of arms, the largest change first.

    Prompts count alike, as in the headline before its sides are balanced.
    """
    by_pair = votes_by_pair(study).items()
    found = [one for pair, votes in by_pair for one in beside_others(list(of_pair(pair, votes)))]
    return largest_first(found)


def largest_first(found: Iterable[Influence]) -> list[Influence]:
    return sorted(found, key=lambda one: (-abs(round(one.change or 0.0, 9)), one.rater, min(one.a, one.b)))


def beside_others(found: Sequence[Influence]) -> list[Influence]:
    """The same, of all raters of one pair, with each change in standard errors of the win rate, where it has one."""
    changes = [one.change for one in found if one.change is not None]
    in_se = in_standard_errors(changes)
    if in_se is None:
        return list(found)
    return [
        replace(one, in_se=value, stands_out=abs(value) > limit(len(in_se)))
        for one, value in zip(found, in_se, strict=True)
    ]


def votes_by_pair(study: Study) -> dict[Pair, Votes]:
    counted = Judgment.objects.counted(study).exclude(assignment__rater__code__in=excluded_raters(study))
    place = "assignment__comparison"
    rows = counted.values_list(
        f"{place}__arm_a", f"{place}__arm_b", f"{place}__prompt", "assignment__rater__code", "preference"
    )
    found: dict[Pair, Votes] = defaultdict(lambda: defaultdict(dict))
    for a, b, prompt, rater, preference in rows.order_by("pk"):
        found[a, b][prompt][rater] = POINTS[preference]
    return found


def of_pair(pair: Pair, votes: Votes) -> Iterator[Influence]:
    means = {prompt: fmean(said.values()) for prompt, said in votes.items()}
    total = fsum(means.values())
    judged: dict[str, list[int]] = defaultdict(list)
    for prompt, said in votes.items():
        for rater in said:
            judged[rater].append(prompt)
    for rater, prompts in judged.items():
        others = [mean_without(votes[prompt], rater) for prompt in prompts]
        left = [value for value in others if value is not None]
        n = len(means) - len(others) + len(left)  # prompts that others judged, too
        without = (total - fsum(means[prompt] for prompt in prompts) + fsum(left)) / n if n else None
        change = None if without is None else without - total / len(means)
        yield Influence(rater, *pair, len(prompts), without, change)


def mean_without(said: Mapping[str, float], rater: str) -> float | None:
    others = [points for name, points in said.items() if name != rater]
    return fmean(others) if others else None
