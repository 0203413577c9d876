"""Fields of a config.json, each read with what it must be: nothing that decides a number has a default."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generation.engine.errors import CheckpointError

MOST_LAYERS = 1_000  # each is some dozen tensors to hold against the files


@dataclass(frozen=True)
class Fields:
    """The object of a config file, which every error names."""

    file: Path
    values: dict[str, Any]

    def value(self, name: str, within: str | None = None) -> Any:
        """The field, from the object `within` if it is not at the top."""
        nested = self.values.get(within) if within else None
        for place in (self.values, nested):
            if isinstance(place, dict) and place.get(name) is not None:
                return place[name]
        raise CheckpointError(f"{self.file}: field {name} is missing")

    def count(self, name: str, multiple_of: int = 1, most: int | None = None) -> int:
        value = self.value(name)
        if type(value) is not int or value < 1 or value % multiple_of:
            kind = "a positive whole number" + (f", a multiple of {multiple_of}" if multiple_of > 1 else "")
            raise self.wrong(name, kind)
        if most is not None and value > most:
            raise self.wrong(name, f"at most {most:,}")
        return value

    def positive(self, name: str, within: str | None = None) -> float:
        value = self.value(name, within)
        if type(value) not in (int, float) or not 0 < value < float("inf"):
            raise self.wrong(name, "a positive number", within)
        return float(value)

    def must_be(self, name: str, right: Any) -> None:
        if self.value(name) != right:
            raise self.wrong(name, repr(right))

    def wrong(self, name: str, expected: str, within: str | None = None) -> CheckpointError:
        return CheckpointError(
            f"{self.file}: field {name} is {self.value(name, within)!r:.100}; expected {expected}"
        )
