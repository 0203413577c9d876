"""Which prompts fit a filter: the same for pages, commands and subsets, so that what is seen is what is taken."""

from collections.abc import Container, Iterable, Mapping
from typing import Any

from django.db.models import Q, QuerySet

from promptsets.models import Prompt, PromptSetVersion
from promptsets.refusals import FieldError
from promptsets.summary import NOT_DECLARED
from promptsets.taxonomy import EXPECTED, HAZARDS

EQUAL = ("category", "subcategory", "language", "hazard", "expected")
LENGTHS = {  # characters of all turns; the buckets of the library's balance
    "s": Q(characters__lt=100),
    "m": Q(characters__gte=100, characters__lt=400),
    "l": Q(characters__gte=400, characters__lt=1500),
    "xl": Q(characters__gte=1500),
}
FILTERS = (*EQUAL, "length", "q")


def offered(version: PromptSetVersion) -> dict[str, list[str]]:
    """What each filter finds something by in this version, as pages list it; `q` takes any text."""
    counts = version.manifest.get("counts", {})
    found = {
        "category": list(counts.get("categories", {})),
        "language": list(counts.get("languages", {})),
        "length": list(LENGTHS),
        "hazard": _hazards(counts),
        "expected": [code for code in EXPECTED if code in counts.get("expected", {})],
    }
    return {name: values for name, values in found.items() if values}


def _hazards(counts: dict[str, Any]) -> list[str]:
    """Those that prompts are about, and none where others are about none: the manifest counts what is declared."""
    counted = counts.get("hazards", {})
    found = [code for code in HAZARDS if code in counted]
    rest = counts.get("prompts", 0) > sum(counted.values())
    return [*found, NOT_DECLARED] if found and rest else found


def refuse_unoffered(
    asked: Mapping[str, str], offers: Mapping[str, Iterable[str]], anything: Container[str] = ("q",)
) -> None:
    """Raises: FieldError for a value that is not offered, with those that are. anything: filters that take any."""
    for name, value in asked.items():
        values = list(offers.get(name, ()))
        if name not in anything and value not in values:
            told = f"it is one of {', '.join(values)}" if values else "there is nothing here to ask by it"
            raise FieldError(name, f"{name} is {value!r}; {told}")


def fitting(prompts: QuerySet[Prompt], asked: dict[str, str]) -> QuerySet[Prompt]:
    """Those that fit every filter asked for; `q` is searched for in texts and keys.

    Raises: ValueError for a filter, or a length, that there is not.
    """
    for name, value in asked.items():
        if name in EQUAL:
            nothing = Q(**{name: ""}) | Q(**{f"{name}__isnull": True})
            prompts = prompts.filter(nothing if value == NOT_DECLARED else Q(**{name: value}))
        elif name == "length" and value in LENGTHS:
            prompts = prompts.filter(LENGTHS[value])
        elif name == "q":
            prompts = prompts.filter(holding(value))
        else:
            raise ValueError(
                f"There is no filter {name}={value}: use {', '.join(FILTERS)} (length: {', '.join(LENGTHS)})."
            )
    return prompts


def holding(text: str) -> Q:
    """Whose key or turns hold the text, in whatever case."""
    return Q(searchable__contains=text.casefold())
