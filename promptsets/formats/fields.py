"""Reads a record's fields by name and collects what is wrong with them, so that a row is told of once, whole."""

from collections.abc import Collection
from typing import Any

from promptsets.formats.problems import BadRow, shown


class Fields:
    """The fields of one record. Reading a bad one notes a fault and goes on; `check()` raises what was noted.

    null counts as not given, save where a text is required.
    """

    def __init__(self, record: dict[str, Any]) -> None:
        self.record = record
        self.read: set[str] = set()
        self.faults: list[tuple[str, str]] = []

    def get(self, name: str) -> Any:
        self.read.add(name)
        return self.record.get(name)

    def fault(self, field: str, message: str) -> None:
        self.faults.append((field, message))

    def text(self, name: str, *, required: bool = False) -> str:
        """A verbatim text; "" where it is not given."""
        value = self.get(name)
        if isinstance(value, str):
            if required and not value:
                self.fault(name, "is empty: a text is needed")
            return value
        if value is not None or required:
            self.fault(name, f"is {shown(value)}, not a text" if name in self.record else "is missing")
        return ""

    def identity(self, name: str) -> str:
        """A source's own id, which may be a text or a whole number."""
        value = self.get(name)
        if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
            self.fault(name, f"is {shown(value)}: an id, a text or a whole number, is needed")
            return ""
        return str(value)

    def one_of(self, name: str, choices: Collection[Any], *, required: bool = False) -> Any:
        """One of the choices, or None where it is not given."""
        value = self.get(name)
        if value is None and not required:
            return None
        # By type, too: in Python True is 1 and 1.0 is 1.
        if not any(type(value) is type(choice) and value == choice for choice in choices):
            self.fault(name, f"is {shown(value)}, not one of {', '.join(map(str, choices))}")
            return None
        return value

    def sequence(self, name: str, of: type = object, *, required: bool = False) -> list[Any]:
        """A list whose elements are all of one type; [] where it is not given."""
        value = self.get(name)
        if value is None and not required:
            return []
        if not isinstance(value, list):
            self.fault(name, f"is {shown(value)}, not a list" if name in self.record else "is missing")
            return []
        for place, element in enumerate(value):
            if not isinstance(element, of):
                self.fault(f"{name}[{place}]", f"is {shown(element)}, not {_TYPE_NAMES[of]}")
        return value

    def mapping(self, name: str) -> dict[str, Any]:
        value = self.get(name)
        if value is not None and not isinstance(value, dict):
            self.fault(name, f"is {shown(value)}, not an object in braces")
        return value if isinstance(value, dict) else {}

    def rest(self) -> dict[str, Any]:
        """All fields that were not read so far, as they are."""
        return {name: value for name, value in self.record.items() if name not in self.read}

    def check(self) -> None:
        if self.faults:
            raise BadRow(*self.faults)


_TYPE_NAMES: dict[type, str] = {str: "a text", dict: "an object in braces", list: "a list"}
