"""Whether gold teaches raters which arm to prefer, or practice which side: verdicts that lean one way beyond chance.

What is told names no arm: a researcher who chooses gold is blind as well.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from raters.models import Study
from raters.quality.binomial import binomial_p

LEVEL = 0.05
VERDICTS = ("a", "b")  # a tie leans no way


def leaning(study: Study) -> list[str]:
    """What leans, in a sentence each that says what would help, as the audit log keeps it; empty where nothing does."""
    return [*of_gold(study), *of_practice(study.rubric.training.get("practice", []))]


def of_gold(study: Study) -> Iterator[str]:
    """Of each pair of arms: with several candidates, each of them has gold of its own against the baseline."""
    pairs: dict[tuple[int, int], Counter[str]] = {}
    rows = study.comparisons.gold().filter(gold_preference__in=VERDICTS)
    for a, b, verdict in rows.values_list("arm_a", "arm_b", "gold_preference"):
        pairs.setdefault((a, b), Counter())[str(verdict)] += 1
    for found in pairs.values():
        most, n = max(found.values()), found.total()
        if n > 1 and most == n:
            yield f"All {n} gold verdicts are for the same arm: choose some of the other."
        elif leans(most, n):
            yield f"{most} of {n} gold verdicts are for the same arm: choose more of the other."


def of_practice(pairs: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Practice pairs are no arm's texts, but they stand on the sides on which they are written."""
    found = Counter(pair["verdict"] for pair in pairs if pair["verdict"] in VERDICTS)
    if len(found) == 1 and found.total() > 1:
        n = found.total()
        yield f"All {n} better responses of the practice stand on the same side: turn some."


def leans(most: int, n: int) -> bool:
    """Whether so many of one kind would come by chance less often than the level says, either kind being as likely."""
    return binomial_p(most, n, 0.5, "two-sided") < LEVEL
