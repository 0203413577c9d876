"""What JSON can say and a database cannot keep: U+0000, half a surrogate pair, a number past all bounds."""

import math
import re
from typing import Any

DEEPEST = 50  # lists and objects within each other; far below where Python gives up
NO_TEXT = "holds half a surrogate pair (\\ud800 to \\udfff), which is no text"
SURROGATE = re.compile("[\ud800-\udfff]")


def why_unstorable(value: Any, depth: int = 0) -> str:
    """What of the value, at any depth, no database keeps; "" where all of it can be kept."""
    if depth > DEEPEST:
        return f"is nested more than {DEEPEST} deep"
    if isinstance(value, str):
        if "\0" in value:
            return "holds the character U+0000, which a database cannot store"
        if SURROGATE.search(value):
            return NO_TEXT
    if isinstance(value, float) and not math.isfinite(value):
        return "holds a number too large to be stored"
    if isinstance(value, dict):
        value = [*value.keys(), *value.values()]
    if isinstance(value, list | tuple):
        return next(filter(None, (why_unstorable(each, depth + 1) for each in value)), "")
    return ""
