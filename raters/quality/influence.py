"""How far a win rate rests on one rater: what it would be without each of them. Who votes many times to move a result,
having found out which model is which, stands out here.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import fsum
from statistics import fmean

from raters.models import Judgment, Study
from raters.studies.exclusions import excluded_raters

POINTS = {"a": 1.0, "tie": 0.5, "b": 0.0}
Pair = tuple[int, int]
Votes = dict[int, dict[str, float]]  # by prompt and rater: points of arm a


@dataclass(frozen=True)
class Influence:
    """`without` is the win rate of arm a by the others alone, None where nobody else judged.

    `change` is how far it lies from that of all; both are shares.
    """

    rater: str
    a: int
    b: int
    n: int
    without: float | None
    change: float | None


@dataclass(frozen=True)
class Told:
    """The same in a reader's names for the arms, about the one that comes first for them."""

    rater: str
    pair: str
    n: int
    without: float | None
    change: float | None


def told(one: Influence, called: Mapping[int, str], ordered: Callable[[int, int], Pair]) -> Told:
    """called, ordered: what the reader may know each arm as, by its key, and which of two comes first for them."""
    first, second = ordered(one.a, one.b)
    without, change = one.without, one.change
    if first != one.a and without is not None and change is not None:
        without, change = 1 - without, -change
    # Rounded, since in the last digits 1 - x would tell that it was turned; + 0.0, since the sign of -0.0 would.
    ends = [None if share is None else round(share, 9) + 0.0 for share in (without, change)]
    return Told(one.rater, f"{called[first]} – {called[second]}", one.n, *ends)


def influences(study: Study) -> list[Influence]:
    """Of each rater whom the headline counts on each pair of arms, the largest change first.

    Prompts count alike, as in the headline before its sides are balanced.
    """
    found = [one for pair, votes in votes_by_pair(study).items() for one in of_pair(pair, votes)]
    return sorted(found, key=lambda one: (-abs(round(one.change or 0.0, 9)), one.rater, min(one.a, one.b)))


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
