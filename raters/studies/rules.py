"""The rules by which a study may leave raters out of its headline, as data: a measure and which way is bad."""

from typing import Any

from django.core.exceptions import ValidationError

RULES = {
    "gold_below": ("gold", -1),
    "agreement_below": ("agreement", -1),
    "self_agreement_below": ("self_agreement", -1),
    "fast_above": ("fast", 1),
}


def known_rules(rules: Any) -> None:
    """Raises: ValidationError for anything but known rules with a share each."""
    if not isinstance(rules, dict) or not set(rules) <= set(RULES):
        raise ValidationError(f"Rules by name, no others than: {', '.join(RULES)}.")
    for name, limit in rules.items():
        if isinstance(limit, bool) or not isinstance(limit, int | float) or not 0 <= limit <= 1:
            raise ValidationError(f"{name} is a share from 0 to 1, not {limit!r}.")
