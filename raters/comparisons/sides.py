"""Which response stands left for the first rater of a comparison: as often a as b, in each pair and category."""

from collections import defaultdict

from raters.comparisons.lots import keyed
from raters.models import Comparison, Study


def balance_sides(study: Study) -> None:
    """Draws the first side of every comparison, in blocks of two over each pair of arms and category.

    Later raters of a comparison get the side that it has had less often. So with an odd number of ratings, too, either
    response has stood left equally often in each pair and category, but for one comparison at most.
    """
    groups: dict[tuple[int, int, str], list[Comparison]] = defaultdict(list)
    for row in study.comparisons.select_related("prompt"):
        groups[row.arm_a_id, row.arm_b_id, row.prompt.category].append(row)
    rows = [row for group in groups.values() for row in in_blocks(study, group)]
    Comparison.objects.bulk_update(rows, ["a_first_left"], batch_size=500)


def in_blocks(study: Study, group: list[Comparison]) -> list[Comparison]:
    """The group with its first sides drawn. What raters see comes first, so that what is left out breaks no block."""
    ordered = sorted(group, key=lambda row: (row.kind, row.status != "open", keyed(study, "block", row.pk)))
    for place, row in enumerate(ordered):
        block = ordered[place - place % 2]
        row.a_first_left = (keyed(study, "side", block.pk) + place) % 2 == 0
    return ordered
