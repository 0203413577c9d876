"""How many requests a token may make in a minute, counted in the cache that all web processes share."""

import time
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from ninja.errors import HttpError

WINDOW_S = 60


@dataclass(frozen=True)
class Rate:
    """What is left of this minute."""

    limit: int
    used: int
    resets_in_s: int

    @property
    def remaining(self) -> int:
        return max(0, self.limit - self.used)


def count_request(request: HttpRequest, who: str) -> None:
    """Counts one request of `who`, once. Raises: HttpError 429 for one too many."""
    if hasattr(request, "rate"):
        return
    now = int(time.time())
    key = f"api-rate-{who}-{now // WINDOW_S}"
    cache.add(key, 0, 2 * WINDOW_S)
    try:
        used = cache.incr(key)
    except ValueError:  # the cache threw it out in between
        used = 1
    rate = Rate(settings.API_REQUESTS_A_MINUTE, used, WINDOW_S - now % WINDOW_S)
    request.rate = rate  # type: ignore[attr-defined]
    if used > rate.limit:
        raise HttpError(429, f"More than {rate.limit} requests in a minute: wait {rate.resets_in_s} s.")
