"""Which responses of runs fit a filter: the same for pages and programs."""

from functools import reduce

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from generation.models import RunResponse
from promptsets import fitting
from promptsets.models import PromptSetVersion

EQUAL = {
    "category": "prompt__category",
    "finish": "response__finish_reason",
    "status": "response__status",
}


def fitting_places(
    places: QuerySet[RunResponse], asked: dict[str, str], most_turns: int
) -> QuerySet[RunResponse]:
    """Those that fit every filter asked for. most_turns: how many turns their longest prompt has."""
    found = places.filter(**{field: asked[name] for name, field in EQUAL.items() if name in asked})
    if "q" in asked:
        found = found.filter(holding(asked["q"], most_turns))
    return of_length(found, asked["length"]) if "length" in asked else found


def holding(text: str, most_turns: int) -> Q:
    """One of whose turns holds the text, in whatever case."""
    return reduce(Q.__or__, (Q(**{f"response__turns__{n}__icontains": text}) for n in range(most_turns)))


def of_length(found: QuerySet[RunResponse], bucket: str) -> QuerySet[RunResponse]:
    """By the characters of all turns together, in the buckets of prompts; a response that is not there has none."""
    return found.alias(characters=Coalesce("response__characters", 0)).filter(fitting.LENGTHS[bucket])


def categories_of(versions: list[PromptSetVersion]) -> list[str]:
    """All that prompts of these versions are of, in order."""
    counts = (version.manifest.get("counts", {}) for version in versions)
    return sorted({name for one in counts for name in one.get("categories", {})})


def most_turns_of(versions: list[PromptSetVersion]) -> int:
    counts = (version.manifest.get("counts", {}) for version in versions)
    return max((int(n) for one in counts for n in one.get("turns", {})), default=1)
