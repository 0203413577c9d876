"""How far a win rate rests on one rater, from the tallies: what `raters.quality` says, with no judgment read."""

from collections.abc import Iterator
from math import fsum
from typing import TYPE_CHECKING

from assay.reports.counted import Counted
from raters.quality.influence import Influence, Pair, beside_others, largest_first

if TYPE_CHECKING:
    import numpy as np


def tallied_influences(counted: Counted) -> list[Influence]:
    """Of each rater whom the headline counts on each pair of arms, the largest change first."""
    pairs = [(place["candidate"], place["baseline"]) for place in counted.places]
    headline = counted.kept(counted.left_out)
    found = [
        one
        for pair in sorted(set(pairs))
        for one in beside_others(
            list(of_pair(counted, pair, headline & counted.at([other == pair for other in pairs])))
        )
    ]
    return largest_first(found)


def of_pair(counted: Counted, pair: Pair, votes: "np.ndarray") -> Iterator[Influence]:
    """votes: which of all are of this pair and count."""
    import numpy as np

    if not votes.any():
        return
    place, points = counted.place_of_vote[votes], (counted.votes["said"][votes] & 3) / 2
    n, won = np.bincount(place)[place], np.bincount(place, points)[place]
    means, others = won / n, np.divide(won - points, n - 1, out=np.full(len(n), np.nan), where=n > 1)
    prompts = np.unique(place, return_index=True)[1]
    total = fsum(means[prompts].tolist())
    keys, rater = np.unique(counted.votes["rater"][votes], return_inverse=True)
    order = np.argsort(rater, kind="stable")
    for pk, rows in zip(keys.tolist(), np.split(order, np.cumsum(np.bincount(rater))[:-1]), strict=True):
        left = others[rows][n[rows] > 1]
        judged = len(prompts) - len(rows) + len(left)  # prompts that others judged, too
        without = (total - fsum(means[rows].tolist()) + fsum(left.tolist())) / judged if judged else None
        change = None if without is None else without - total / len(prompts)
        yield Influence(counted.codes[pk], *pair, len(rows), without, change)
