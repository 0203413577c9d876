"""How the lower floors tell how long it took to give somebody work; who counts it, a higher floor decides.

claimed.send(None, kind="chunk", seconds=0.004): sent after a claim that found something, outside its transaction.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.dispatch import Signal

claimed = Signal()
P = ParamSpec("P")
Held = TypeVar("Held")


def timed(kind: str) -> Callable[[Callable[P, Held]], Callable[P, Held]]:
    """Tells how long each call took that gave something. A look at an empty ledger is no claim."""

    def decorate(claim: Callable[P, Held]) -> Callable[P, Held]:
        @wraps(claim)
        def timing(*args: P.args, **kwargs: P.kwargs) -> Held:
            started = time.perf_counter()
            held = claim(*args, **kwargs)
            if held is not None:
                claimed.send(None, kind=kind, seconds=time.perf_counter() - started)
            return held

        return timing

    return decorate
