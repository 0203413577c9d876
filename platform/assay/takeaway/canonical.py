"""JSON in one form only, after RFC 8785 (JSON Canonicalization Scheme): what signatures are made over.

Members sorted by their names' UTF-16 code units, no space, the shortest escapes, numbers as ECMAScript writes them.
"""

import json
import math
from decimal import Decimal
from typing import Any

MOST_EXACT = 2**53


def canonical(value: Any) -> bytes:
    """Raises: ValueError for what has no such form: NaN, infinity, whole numbers beyond 2^53, lone surrogates."""
    return text_of(value).encode()


def text_of(value: Any) -> str:
    if isinstance(value, dict):
        members = sorted(value.items(), key=lambda member: member[0].encode("utf-16-be"))
        return "{" + ",".join(f"{text_of(name)}:{text_of(part)}" for name, part in members) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(text_of, value)) + "]"
    if isinstance(value, float):
        return number(value)
    if isinstance(value, int) and abs(value) > MOST_EXACT:
        raise ValueError(f"{value} is beyond 2^53 and has no exact form in JSON")
    return json.dumps(value, ensure_ascii=False)


def number(value: float) -> str:
    """As ECMAScript's Number::toString: the fewest digits that read back as the same value."""
    if not math.isfinite(value):
        raise ValueError(f"{value} has no form in JSON")
    digits, exponent = shortest(value)
    sign, point = "-" if value < 0 else "", exponent + 1
    if len(digits) <= point <= 21:
        return sign + digits.ljust(point, "0")
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{fraction}e{exponent:+d}"


def shortest(value: float) -> tuple[str, int]:
    """Its significant digits without the sign, and the power of ten of the first."""
    _, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    return "".join(map(str, digits)), len(digits) - 1 + int(exponent)
