"""Looks through what raters read beside the responses, in every language, for names that would tell the arms.

A name of an arm's checkpoint, or of a model or maker that it is named after, is refused when the design is locked. Any
other model's or maker's name is told: it may be harmless, and a person decides.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from raters.comparisons.self_identification import NAMES
from raters.models import Study
from raters.rubrics.training import Lesson
from raters.way_in.probe import words_in, words_of

KNOWN = re.compile(rf"\b(?:{NAMES})\b")  # as it is written: "meta" and "yi" are words of other languages, too


@dataclass(frozen=True)
class Named:
    """A name, where it stands, and whether it tells an arm."""

    where: str
    name: str
    tells: bool

    def __str__(self) -> str:
        return f"{self.where}: “{self.name}”"


def lint(study: Study) -> list[Named]:
    """All names in the texts of the study that raters read, those that tell an arm first."""
    found = [
        Named(where, name, tells) for where, text in texts_of(study) for name, tells in names_in(text, study)
    ]
    return sorted(dict.fromkeys(found), key=lambda one: not one.tells)


def names_in(text: str, study: Study) -> Iterator[tuple[str, bool]]:
    """Each name in the text of a model or its maker, and whether it tells an arm of the study."""
    checkpoints = [arm.run.checkpoint for arm in study.arms.select_related("run__checkpoint")]
    for checkpoint in checkpoints:
        if re.search(rf"(?<![\w-]){re.escape(checkpoint.name)}(?![\w-])", text, re.IGNORECASE):
            yield checkpoint.name, True
    words = {word for checkpoint in checkpoints for word in words_of(checkpoint)}
    for match in KNOWN.finditer(text):
        name = match.group()
        yield name, any(said in word or word in said for said in words_in(name) for word in words)


def texts_of(study: Study) -> Iterator[tuple[str, str]]:
    """Every text that raters read and that neither prompt nor response is, with where it stands."""
    yield "the title for raters", study.rater_title
    yield "the consent", study.consent
    yield "the content note", study.content_note
    yield "the support line", study.support_line
    yield f"the guide of {study.rubric}", study.rubric.guide
    yield from training_of(study.rubric.training, "")
    for code, texts in study.texts.items():
        yield from ((f"the {name.replace('_', ' ')} in {code}", text) for name, text in texts.items())
    for code, words in study.rubric.training.get("translations", {}).items():
        yield from training_of(words, f" in {code}")
    for gold in study.comparisons.gold().select_related("prompt"):
        yield f"the reason of gold {gold.prompt.key}", gold.gold_reason


def training_of(training: dict[str, list[Lesson]], language: str) -> Iterator[tuple[str, str]]:
    for number, question in enumerate(training.get("check", []), start=1):
        yield f"check question {number}{language}", "\n".join([question["question"], *question["choices"]])
    for number, pair in enumerate(training.get("practice", []), start=1):
        yield f"practice pair {number}{language}", "\n".join(str(part) for part in pair.values())


def refuse_telling_names(study: Study) -> list[Named]:
    """The names that are merely worth a look. Raises: ValueError, saying where and what, for one that tells an arm."""
    found = lint(study)
    if telling := [one for one in found if one.tells]:
        places = "; ".join(map(str, telling))
        raise ValueError(f"raters would read which checkpoints are compared. Take the names out of {places}")
    return found
