"""The exit probe: whether raters could tell who wrote the responses, as Bang's blinding index of each arm.

A rater who names an arm's checkpoint guessed right of it, one who names something else guessed wrong, one who saw
nothing did not guess. The index is right minus wrong, over all who were asked: 0 is blind, 1 fully unblinded.
Source: Bang, Ni and Davis (2004), Controlled Clinical Trials 25, 143-156; variance of its simple form.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from generation.models import Checkpoint
from raters.models import Enrolment, Study

UNBLINDED = 0.2
Z = 1.959964  # 95% of the standard normal lie within
GENERIC = {"chat", "instruct", "base", "model", "tiny", "large", "small", "demo", "candidate", "baseline"}


@dataclass(frozen=True)
class BlindingIndex:
    """Of one arm, from -1 to 1, with its 95% interval; n raters were asked."""

    arm: str
    value: float
    low: float
    high: float
    n: int

    @property
    def unblinded(self) -> bool:
        return self.value > UNBLINDED


def blinding(study: Study, called: Mapping[int, str] | None = None) -> list[BlindingIndex]:
    """One index for each arm; none before anybody has answered the exit survey.

    called: what the reader may know each arm as, by its key; by default its checkpoint's name.
    """
    guesses = [row.exit_survey for row in Enrolment.objects.filter(study=study).exclude(exit_survey={})]
    found = indices(study, guesses, called or {}) if guesses else []
    return sorted(found, key=lambda one: one.arm) if called else list(found)


def indices(
    study: Study, guesses: list[dict[str, str]], called: Mapping[int, str]
) -> Iterator[BlindingIndex]:
    for arm in study.arms.select_related("run__checkpoint"):
        names = words_of(arm.run.checkpoint)
        said = [guess.get("source", "") for guess in guesses if guess.get("recognised") == "yes"]
        right = sum(bool(names & set(words_in(source))) for source in said)
        name = called.get(arm.pk, arm.run.checkpoint.name)
        yield index(name, right, len(said) - right, len(guesses))


def index(arm: str, right: int, wrong: int, n: int) -> BlindingIndex:
    value = (right - wrong) / n
    half = Z * math.sqrt(max(0.0, (right + wrong) / n - value**2) / n)
    return BlindingIndex(arm, value, max(-1.0, value - half), min(1.0, value + half), n)


def words_of(checkpoint: Checkpoint) -> set[str]:
    """The words by which a rater may have named this checkpoint."""
    return set(words_in(f"{checkpoint.name} {checkpoint.family}")) - GENERIC


def words_in(text: str) -> Iterable[str]:
    return re.findall(r"[a-z]{3,}", text.lower())
