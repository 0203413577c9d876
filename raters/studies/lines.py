"""Rules and questions of a study as people write them, one a line; what is wrong is told with its line."""

import re
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError

from raters.studies.about_raters import known_questions
from raters.studies.rules import RULES, known_rules

BETWEEN = re.compile(r"(?<!\\)\|")  # a stroke that belongs to a text is written \|


def rules_as_lines(rules: dict[str, float]) -> str:
    return "\n".join(f"{name} {limit:g}" for name, limit in rules.items())


def rules_in(text: str) -> dict[str, float]:
    """Raises: ValidationError with the number of the line."""
    found: dict[str, float] = {}
    known = ", ".join(RULES)
    for number, line in filled(text):
        name, _space, limit = line.rpartition(" ")
        name = "_".join(name.replace("_", " ").split())
        if name not in RULES:
            wanted = f"a rule and a share, such as gold_below 0.6; rules are {known}"
            raise ValidationError(f"Line {number}: {wanted}.")
        if name in found:
            raise ValidationError(f"Line {number}: {name} stands there already.")
        try:
            rule = {name: float(limit)}
            known_rules(rule)
        except (ValueError, ValidationError):
            raise ValidationError(f"Line {number}: {name} is a share from 0 to 1, not {limit!r}.") from None
        found |= rule
    return found


def questions_as_lines(about: list[Any]) -> str:
    lines = []
    for one in about:
        if isinstance(one, str):
            lines.append(one)
        else:
            lines += [written(one["key"], code, text) for code, text in one.items() if code != "key"]
    return "\n".join(lines)


def written(key: str, code: str, text: dict[str, Any]) -> str:
    said = (" ".join(words.split()).replace("|", r"\|") for words in (text["ask"], *text["answers"]))
    return f"{key} {code}: {' | '.join(said)}"


def questions_in_lines(text: str) -> list[Any]:
    """Ready-made ones by name; others as `key language: question | answer | answer`, a line for each language.

    Raises: ValidationError with the number of the line, or for what only the whole shows.
    """
    found: dict[str, Any] = {}
    for number, line in filled(text):
        one = question_in(line)
        try:
            known_questions([one])
        except ValidationError as error:
            raise ValidationError(f"Line {number}: {told(line, error)}") from None
        key = one if isinstance(one, str) else one["key"]
        found[key] = together(found[key], one, number) if key in found else one
    about = list(found.values())
    known_questions(about)
    return about


def question_in(line: str) -> Any:
    head, colon, rest = line.partition(":")
    if not colon:
        return line
    key, _space, code = head.strip().partition(" ")
    ask, *answers = [part.strip().replace(r"\|", "|") for part in BETWEEN.split(rest)]
    return {"key": key, code.strip(): {"ask": ask, "answers": answers}}


def told(line: str, error: ValidationError) -> str:
    """Of a ready-made name what names there are; of one written out how that is done."""
    if ":" not in line:
        return " ".join(error.messages)
    return "write key language: question | answer | answer, such as pets en: Do you have a pet? | Yes | No."


def together(before: Any, one: Any, number: int) -> dict[str, Any]:
    """The same question in one language more."""
    if isinstance(before, str) or isinstance(one, str) or (before.keys() & one.keys()) != {"key"}:
        raise ValidationError(f"Line {number}: that question stands there already.")
    return {**before, **one}


def filled(text: str) -> Iterator[tuple[int, str]]:
    """Each line that holds something, with its number from 1."""
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            yield number, line.strip()
