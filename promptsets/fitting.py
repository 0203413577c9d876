"""Which prompts fit a filter: the same for pages, commands and subsets, so that what is seen is what is taken."""

from django.db.models import Q, QuerySet

from promptsets.models import Prompt
from promptsets.summary import NOT_DECLARED

EQUAL = ("category", "subcategory", "language", "hazard", "expected")
LENGTHS = {  # characters of all turns; the buckets of the library's balance
    "s": Q(characters__lt=100),
    "m": Q(characters__gte=100, characters__lt=400),
    "l": Q(characters__gte=400, characters__lt=1500),
    "xl": Q(characters__gte=1500),
}
FILTERS = (*EQUAL, "length", "q")


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
