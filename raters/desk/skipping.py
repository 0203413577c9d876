"""Why a rater may skip a comparison: offered and never asked for, since a skip costs nothing."""

from django.utils.translation import gettext_lazy as _

RATHER_NOT = "rather_not"
REASONS = {
    "topic": _("I cannot judge this topic"),
    "language": _("In a language I do not read"),
    "broken": _("Cut off or broken"),
    RATHER_NOT: _("I would rather not see this"),
    "": _("Without a reason"),
}


def reason_of(told: str) -> str:
    """One that the page offers; anything else is none."""
    return told if told in REASONS else ""
