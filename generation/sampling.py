"""How a run's texts are drawn: the parameters that every generating backend understands."""

import hashlib
import math
from dataclasses import asdict, dataclass, fields
from typing import Any

from promptsets.digests import canonical_json

LARGEST = 2**31 - 1


@dataclass(frozen=True)
class Sampling:
    """Sampling parameters; by default the likeliest token each time, and at most 256 tokens for each turn.

    temperature: 0 is greedy.  top_k: draw from the k likeliest tokens, 0 from all.  top_p: draw from the fewest
    tokens that hold this share of the probability, 1 from all.  max_new_tokens: of each turn's reply.
    Equal parameters have an equal `sha256`, however they were written (0 or 0.0).
    Raises: ValueError naming the parameter and what would be right.
    """

    temperature: float = 0.0
    top_k: int = 0
    top_p: float = 1.0
    max_new_tokens: int = 256

    def __post_init__(self) -> None:
        for name in ("temperature", "top_p"):
            object.__setattr__(self, name, _number(name, getattr(self, name)))
        _check("temperature", self.temperature, self.temperature >= 0, "a number from 0 up")
        _check("top_p", self.top_p, 0 < self.top_p <= 1, "a number above 0 and at most 1")
        _check_whole("top_k", self.top_k, 0)
        _check_whole("max_new_tokens", self.max_new_tokens, 1)
        if self.is_greedy and (self.top_k, self.top_p) != (0, 1.0):
            raise ValueError(
                "top_k and top_p say how to draw, but at temperature 0 nothing is drawn: leave them out"
            )

    @property
    def is_greedy(self) -> bool:
        return self.temperature == 0

    @property
    def sha256(self) -> str:
        return sampling_digest(self.to_json())

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Sampling":
        """The inverse of `to_json`. Raises: ValueError for a parameter that is not known, too."""
        known = {field.name for field in fields(cls)}
        if unknown := sorted(value.keys() - known):
            raise ValueError(f"{unknown[0]} is no sampling parameter; they are {', '.join(sorted(known))}")
        return cls(**value)


def sampling_digest(value: dict[str, Any]) -> str:
    """SHA-256 of sampling parameters in canonical JSON; {} stands for texts that came from elsewhere."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


def _number(name: str, value: Any) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    _check(name, value, is_number, "a finite number")
    return float(value) + 0.0  # -0.0 is 0.0


def _check_whole(name: str, value: Any, least: int) -> None:
    is_whole = isinstance(value, int) and not isinstance(value, bool) and least <= value <= LARGEST
    _check(name, value, is_whole, f"a whole number from {least} up")


def _check(name: str, value: Any, is_right: bool, what_is_right: str) -> None:
    if not is_right:
        raise ValueError(f"{name} is {value!r}; it must be {what_is_right}")
