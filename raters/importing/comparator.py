"""Reads the JSON that LLM Comparator opens: strictly, since whoever sends it may have made it up.

`models` names two, `examples` holds prompts, both responses and `individual_rater_scores`, from 1.5 (A much better) to
-1.5. An example's own `score` is a mean: of how many ratings it does not say, so no judgment is made of it.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from promptsets.formats.fields import Fields
from promptsets.formats.problems import BadRow, Problem, printable, shown
from promptsets.formats.row import LONGEST
from promptsets.formats.source import Source
from promptsets.refusals import FieldError
from raters.importing.judged_file import (
    Choices,
    JudgedFile,
    JudgedPrompt,
    Rating,
    StudyFileError,
    Verdict,
    key_of,
)

NAME = "llm-comparator"
MOST_VALUES, MOST_EXAMPLES, MOST_RATINGS = 10_000_000, 100_000, 1000
LONGEST_NAME = 100
STRENGTHS = {0.0: 0, 0.5: 1, 1.0: 2, 1.5: 3}
SCORES = "1.5, 1, 0.5, 0, -0.5, -1 or -1.5"
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def judged_in(source: Source, choices: Choices = Choices()) -> JudgedFile:  # noqa: B008  it is frozen
    """Raises: StudyFileError naming each example and field that is wrong, and what would be right."""
    _refuse(choices)
    problems: list[Problem] = []
    try:
        whole = _parsed(source)
        candidate, baseline = _models(whole)
        prompts = tuple(_prompts(whole, (candidate, baseline), problems))
    except BadRow as bad:
        problems = [Problem(None, field, message) for field, message in bad.faults]
    if problems:
        raise StudyFileError(printable(source.name), problems)
    return JudgedFile(source, NAME, (candidate,), baseline, prompts)


def _refuse(choices: Choices) -> None:
    if choices.baseline:
        raise FieldError("baseline", "a file of LLM Comparator names it itself: its second model")
    if choices.leave_out:
        raise FieldError("leave_out", "a file of LLM Comparator has no rows: nothing of it can be left out")


def _parsed(source: Source) -> dict[str, Any]:
    if source.parquet or not source.text.lstrip().startswith("{"):
        raise BadRow(("", "is no JSON object: give the file that LLM Comparator opens"))
    if sum(map(source.text.count, "[{,")) > MOST_VALUES:
        raise BadRow(("", f"begins more than {MOST_VALUES:,} values: split the file"))
    try:
        return dict(json.loads(source.text, object_pairs_hook=_once, parse_constant=_no_number))
    except RecursionError:
        raise BadRow(("", "is nested too deeply for a file of LLM Comparator")) from None
    except ValueError as error:
        raise BadRow(("", f"is no JSON: {error}")) from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadRow(("", f"{shown(twice)} stands twice in one object: each name stands once"))
    return found


def _no_number(constant: str) -> NoReturn:
    raise BadRow(("", f"holds {constant}, which is no number: a score is {SCORES}"))


def _models(whole: dict[str, Any]) -> tuple[str, str]:
    fields = Fields(whole)
    found = fields.sequence("models", dict, required=True)
    names: list[Any] = [model.get("name") for model in found if isinstance(model, dict)]
    for place, name in enumerate(names):
        fits = isinstance(name, str) and name.strip() == name != "" and name.isprintable()
        if not fits or len(name) > LONGEST_NAME:
            told = f"is {shown(name)}: a name of 1 to {LONGEST_NAME} printable characters is needed"
            fields.fault(f"models[{place}].name", told)
    if len(found) != 2 or len(set(map(str, names))) != len(names):
        fields.fault("models", "does not name two different models: a study here compares two")
    fields.check()
    return names[0], names[1]


def _prompts(
    whole: dict[str, Any], models: tuple[str, str], problems: list[Problem]
) -> Iterator[JudgedPrompt]:
    fields = Fields(whole)
    examples = fields.sequence("examples", dict, required=True)
    if not fields.faults and not 0 < len(examples) <= MOST_EXAMPLES:
        fields.fault("examples", f"holds {len(examples):,}: 1 to {MOST_EXAMPLES:,} examples are needed")
    fields.check()
    first: dict[str, int] = {}
    ratings = 0
    for place, example in enumerate(examples):
        try:
            prompt = _prompt(Fields(example), place, models)
            if (earlier := first.setdefault(prompt.text, place)) != place:
                raise BadRow(("input_text", f"is that of examples[{earlier}] again: keep one of them"))
        except BadRow as bad:
            problems += [Problem(None, f"examples[{place}].{field}", told) for field, told in bad.faults]
            continue
        ratings += len(prompt.verdicts)
        yield prompt
    if not ratings and not problems:
        told = "hold no individual_rater_scores: a mean alone does not say how many judged, so it makes no judgment"
        raise BadRow(("examples", told))


def _prompt(fields: Fields, place: int, models: tuple[str, str]) -> JudgedPrompt:
    prompt = _text(fields, "input_text", required=True)
    if prompt and not prompt.strip():
        fields.fault("input_text", "holds no text: a prompt is needed")
    texts = [_response(fields, f"output_text_{side}") for side in "ab"]
    _check_mean(fields)
    tags = tuple(_tags(fields))
    verdicts = tuple(Verdict(rater, models[0], (one,)) for rater, one in enumerate(_ratings(fields)))
    fields.check()
    return JudgedPrompt(key_of(place), prompt, tags, dict(zip(models, texts, strict=True)), verdicts)


def _text(fields: Fields, name: str, *, required: bool = False) -> str:
    return _storable(fields, name, fields.text(name, required=required))


def _storable(fields: Fields, name: str, text: str) -> str:
    if UNSTORABLE.search(text):
        fields.fault(name, "holds U+0000 or half a surrogate pair: neither is text that can be stored")
    return text


def _response(fields: Fields, name: str) -> str:
    if not isinstance(fields.get(name), str):
        fields.fault(name, 'is not a text; "" stands for an empty response')
        return ""
    return _text(fields, name)


def _check_mean(fields: Fields) -> None:
    score = fields.get("score")
    if score is not None and (isinstance(score, bool) or not isinstance(score, int | float)):
        fields.fault("score", f"is {shown(score)}, not a number or null")


def _tags(fields: Fields) -> Iterator[str]:
    for place, tag in enumerate(fields.sequence("tags", str)):
        if isinstance(tag, str):
            name, most = f"tags[{place}]", LONGEST["category"]
            if len(_storable(fields, name, tag)) > most:
                fields.fault(name, f"has {len(tag)} characters: at most {most} fit")
            yield tag


def _ratings(fields: Fields) -> Iterator[Rating]:
    found = fields.sequence("individual_rater_scores", dict)
    if len(found) > MOST_RATINGS:
        fields.fault("individual_rater_scores", f"holds {len(found):,} ratings: at most {MOST_RATINGS:,} fit")
        return
    for place, row in enumerate(found):
        if isinstance(row, dict):
            inner = Fields(row)
            yield _rating(inner)
            where = f"individual_rater_scores[{place}]"
            for name, told in inner.faults:
                fields.fault(f"{where}.{name}", told)


def _rating(fields: Fields) -> Rating:
    score = fields.get("score")
    is_number = isinstance(score, int | float) and not isinstance(score, bool)
    strength = STRENGTHS.get(abs(score)) if is_number else None
    if strength is None:
        fields.fault("score", f"is {shown(score)}, not one of {SCORES}")
    flipped = fields.get("is_flipped")
    if not isinstance(flipped, bool):
        told = "is missing" if flipped is None else f"is {shown(flipped)}"
        fields.fault("is_flipped", f"{told}: true or false is needed, whether A stood on the right")
    preference = "tie" if not strength else "a" if score > 0 else "b"
    label, comment = _text(fields, "rating_label"), _text(fields, "rationale")
    raw = {"rating_label": label} if label else {}
    return Rating(preference, strength or 0, flipped is False, comment, raw=raw)
