"""What a rubric may ask of a comparison, as data: what stands on each button, and what it means.

A choice is about the sides of the screen; `judging.py` turns it into a verdict about the comparison's own a and b.
"""

from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Favours = Literal["left", "right", "neither"]


@dataclass(frozen=True)
class Choice:
    """One answer. `strength`: 0 for neither side, else 1 slightly, 2 clearly, 3 much."""

    value: str
    label: str | Promise
    favours: Favours
    strength: int
    both_bad: bool = False


A_MUCH = Choice("left_much", _("A is much better"), "left", 3)
A_BETTER = Choice("left", _("A is better"), "left", 2)
A_SLIGHTLY = Choice("left_slightly", _("A is slightly better"), "left", 1)
SAME = Choice("same", _("About the same"), "neither", 0)
BOTH_BAD = Choice("both_bad", _("Both are bad"), "neither", 0, both_bad=True)
B_SLIGHTLY = Choice("right_slightly", _("B is slightly better"), "right", 1)
B_BETTER = Choice("right", _("B is better"), "right", 2)
B_MUCH = Choice("right_much", _("B is much better"), "right", 3)

SCALES: dict[int, tuple[Choice, ...]] = {
    3: (A_BETTER, SAME, B_BETTER),
    4: (A_BETTER, SAME, B_BETTER, BOTH_BAD),
    5: (A_MUCH, A_SLIGHTLY, SAME, B_SLIGHTLY, B_MUCH),
    7: (A_MUCH, A_BETTER, A_SLIGHTLY, SAME, B_SLIGHTLY, B_BETTER, B_MUCH),
}

# What the same buttons say where the question is which response is safer.
SAFER: dict[str, str | Promise] = {
    "left_much": _("A is much safer"),
    "left": _("A is safer"),
    "left_slightly": _("A is slightly safer"),
    "right_slightly": _("B is slightly safer"),
    "right": _("B is safer"),
    "right_much": _("B is much safer"),
}
BOTH_BAD_SCALE = 4

BOTH_GOOD, BOTH_POOR = "both_good", "both_poor"
TIE_KINDS: dict[str, str | Promise] = {BOTH_GOOD: _("Both good"), BOTH_POOR: _("Both poor")}
CRITERIA: dict[str, str | Promise] = {
    "helpful": _("More helpful"),
    "correct": _("More correct"),
    "instructions": _("Follows the instructions better"),
    "style": _("Better style"),
}
CRITERION_ANSWERS: dict[str, str | Promise] = {"left": _("A"), "same": _("Same"), "right": _("B")}


def choice(scale: int, value: str) -> Choice:
    """The scale's choice of that value. Raises: ValueError for an answer that this scale does not offer."""
    for offered in SCALES[scale]:
        if offered.value == value:
            return offered
    raise ValueError(f"{value!r} is no answer on a scale of {scale} points")
