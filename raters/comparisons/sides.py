"""Which response stands left for the first rater of a comparison: as often a as b, in each pair and category.

Gold is balanced by itself, within each verdict: the right answer stands left as often as right, whichever arm's it is.
"""

from collections import defaultdict

from raters.comparisons.lots import keyed
from raters.models import Comparison, Study


def balance_sides(study: Study) -> None:
    """Draws the first side of every comparison but gold, in blocks of two over each pair of arms and category.

    Later raters of a comparison get the side that it has had less often. So with an odd number of ratings, too, either
    response has stood left equally often in each pair and category, but for one comparison at most.
    """
    groups: dict[tuple[int, int, str], list[Comparison]] = defaultdict(list)
    for row in study.comparisons.exclude(kind=Comparison.Kind.GOLD).select_related("prompt"):
        groups[row.arm_a_id, row.arm_b_id, row.prompt.category].append(row)
    rows = [row for group in groups.values() for row in in_blocks(study, group)]
    Comparison.objects.bulk_update(rows, ["a_first_left"], batch_size=500)


def in_blocks(study: Study, group: list[Comparison]) -> list[Comparison]:
    """The group with its first sides drawn. What raters see comes first, so that what is left out breaks no block."""
    ordered = sorted(group, key=lambda row: (row.status != "open", keyed(study, "block", row.pk)))
    for place, row in enumerate(ordered):
        block = ordered[place - place % 2]
        row.a_first_left = (keyed(study, "side", block.pk) + place) % 2 == 0
    return ordered


def side_of_gold(row: Comparison, preference: str) -> bool:
    """Whether `a` stands left first in what becomes gold: where it stood less often under this verdict, else drawn."""
    like_it = row.study.comparisons.gold().filter(
        arm_a=row.arm_a_id, arm_b=row.arm_b_id, gold_preference=preference
    )
    sides = list(like_it.exclude(pk=row.pk).values_list("a_first_left", flat=True))
    lead = sides.count(True) - sides.count(False)
    return lead < 0 if lead else keyed(row.study, "side", row.pk) % 2 == 0
