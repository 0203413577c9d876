"""The rule by which rating may end before every judgment is there, as data: fixed by the lock, before anybody looks."""

from typing import Any

from django.core.exceptions import ValidationError

SEQUENCE = "sequence"
# What reports compute at every look; another level or mark would be a promise that no number keeps.
RULES: dict[str, dict[str, Any]] = {
    "": {},
    SEQUENCE: {"sequence": "asymptotic", "against": 0.5, "level": 0.95},
}


def known_stop_rule(rule: Any) -> None:
    """Raises: ValidationError for anything but one of RULES, with what they are."""
    if rule not in list(RULES.values()):
        raise ValidationError(f"One of these, no others: {', '.join(map(str, RULES.values()))}.")


def name_of(rule: Any) -> str:
    """Its key in RULES; of any other, by which nothing was ever ended, that of none."""
    return next((name for name, known in RULES.items() if rule == known), "")
