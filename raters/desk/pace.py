"""How long reading takes, and when an answer came too fast to have been read for.

Source: Brysbaert (2019), Journal of Memory and Language 109, 104047: 238 words of English
a minute, read silently.
"""

from django.utils import timezone

from raters.models import Assignment
from raters.quality.measures import words_of

WORDS_A_MINUTE = 238


def too_fast(assignment: Assignment, active_ms: int | None) -> bool:
    """Whether less time has passed than the study's share of the reading time.

    The page's own count of the time in view holds where there is one, else the time since it was first shown.
    """
    share = assignment.comparison.study.fast_floor_percent / 100
    floor_ms = share * words_of(assignment.comparison) / WORDS_A_MINUTE * 60_000
    return time_ms(assignment, active_ms) < floor_ms


def time_ms(assignment: Assignment, active_ms: int | None) -> float:
    if active_ms is not None:
        return active_ms
    shown_at = assignment.shown_at or timezone.now()
    return (timezone.now() - shown_at).total_seconds() * 1000
