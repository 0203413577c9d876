"""Fields of a config.json, each read with what it must be: nothing that decides a number has a default."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from generation.engine.errors import CheckpointError

MOST_LAYERS = 1_000  # each is some dozen tensors to hold against the files
MOST = 1 << 30  # of anything counted: places and sums of two of them fit in 32 bits
FLOAT32 = np.finfo(np.float32)


@dataclass(frozen=True)
class Fields:
    """The object of a config file, which every error names."""

    file: Path
    values: dict[str, Any]

    def value(self, name: str, within: str | None = None) -> Any:
        """The field, at the top or in the object `within`; where it stands in both, both must say the same."""
        found = self._stated(name, within)
        if not found:
            raise CheckpointError(f"{self.file}: field {name} is missing")
        if found[0] != found[-1]:
            raise CheckpointError(
                f"{self.file}: field {name} is {found[0]!r:.100}, but {within}.{name} is {found[-1]!r:.100}; expected "
                "the same in both places, or one of them alone"
            )
        return found[0]

    def count(self, name: str, multiple_of: int = 1, most: int = MOST) -> int:
        value = self.value(name)
        if type(value) is not int or value < 1 or value % multiple_of:
            kind = "a positive whole number" + (f", a multiple of {multiple_of}" if multiple_of > 1 else "")
            raise self.wrong(name, kind)
        if value > most:
            raise self.wrong(name, f"at most {most:,}")
        return value

    def positive(self, name: str, within: str | None = None) -> float:
        """A number that is above 0 and finite in what networks compute in, too."""
        value = self.value(name, within)
        if type(value) not in (int, float) or not float(FLOAT32.tiny) <= value <= float(FLOAT32.max):
            raise self.wrong(name, "a positive number that float32 can hold", within)
        return float(value)

    def must_be(self, name: str, right: Any) -> None:
        if self.value(name) != right:
            raise self.wrong(name, repr(right))

    def may_only_be(self, name: str, right: Any, within: str | None = None) -> None:
        """As `must_be`, for a field that need not be there: absent or null it means the same."""
        if self._stated(name, within) and self.value(name, within) != right:
            raise self.wrong(name, repr(right), within)

    def wrong(self, name: str, expected: str, within: str | None = None) -> CheckpointError:
        return self.wrong_value(name, self.value(name, within), expected)

    def wrong_value(self, name: str, value: Any, expected: str) -> CheckpointError:
        return CheckpointError(f"{self.file}: field {name} is {value!r:.100}; expected {expected}")

    def _stated(self, name: str, within: str | None) -> list[Any]:
        """The field's values, from the top and from the object `within`."""
        nested = self.values.get(within) if within else None
        places = [place for place in (self.values, nested) if isinstance(place, dict)]
        return [place[name] for place in places if place.get(name) is not None]
