"""What a file of judged pairs holds once it was read and is sound, whatever its format."""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from promptsets.formats.problems import PromptFileError, printable
from promptsets.formats.source import Source
from promptsets.refusals import FieldError

MOST_LEFT_OUT = 1000


class StudyFileError(PromptFileError):
    """A file of judged pairs that cannot be taken as it is. Nothing of it was imported."""


@dataclass(frozen=True)
class Choices:
    """What whoever imports decides where a file alone does not: its baseline, and rows that are left out."""

    baseline: str = ""
    leave_out: frozenset[int] = frozenset()


def rows_named(text: str) -> frozenset[int]:
    """Numbers of rows, as somebody wrote them: 580, 639. Raises: FieldError for anything else."""
    found = text.replace(",", " ").split()
    if wrong := [one for one in found if not re.fullmatch("[1-9][0-9]{0,7}", one, re.ASCII)]:
        raise FieldError("leave_out", f"{wrong[0][:20]!r} is no number of a row: give them as 580, 639")
    if len(found) > MOST_LEFT_OUT:
        raise FieldError("leave_out", f"names {len(found):,} rows: at most {MOST_LEFT_OUT:,} can be left out")
    return frozenset(map(int, found))


def key_of(place: int) -> str:
    """What a prompt is called where the file calls it nothing that a prompt set could."""
    return f"example-{place + 1:06d}"


@dataclass(frozen=True, slots=True)
class Rating:
    """One verdict on a candidate (a) and the baseline (b): `preference` and `strength` as a judgment has them.

    raw: what the file says of it, in the file's own words.
    """

    preference: str
    strength: int
    a_is_left: bool
    comment: str = ""
    acceptable_a: bool | None = None
    acceptable_b: bool | None = None
    raw: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """All that one rater, known by a number alone, said of one comparison: the last counts, the others are history."""

    rater: int
    candidate: str
    ratings: tuple[Rating, ...]


@dataclass(frozen=True, slots=True)
class JudgedPrompt:
    """One prompt, what each model answered, by its name, and what raters said."""

    key: str
    text: str
    tags: tuple[str, ...]
    responses: dict[str, str]
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True)
class JudgedFile:
    """A whole file. `notes` tell what of it is not in the study, and why; `record` goes into the study's design."""

    source: Source
    format: str
    candidates: tuple[str, ...]
    baseline: str
    prompts: tuple[JudgedPrompt, ...]
    knows_raters: bool = False
    notes: tuple[str, ...] = ()
    more: dict[str, str] = field(default_factory=dict)

    @property
    def verdicts(self) -> list[Verdict]:
        return [verdict for prompt in self.prompts for verdict in prompt.verdicts]

    @property
    def judgments(self) -> int:
        return len(self.verdicts)

    @property
    def superseded(self) -> int:
        """How many judgments a later one by the same rater took the place of."""
        return sum(len(verdict.ratings) - 1 for verdict in self.verdicts)

    @property
    def raters(self) -> int:
        """How many there are; where the file does not say who judged, how many one pair had at most."""
        return 1 + max(verdict.rater for verdict in self.verdicts)

    @property
    def ratings(self) -> int:
        """How many raters judged one comparison at most."""
        every = (Counter(one.candidate for one in prompt.verdicts) for prompt in self.prompts)
        return max(n for counts in every for n in counts.values())

    @property
    def unrated(self) -> int:
        return sum(not prompt.verdicts for prompt in self.prompts)

    @property
    def asks_acceptability(self) -> bool:
        every = (rating for verdict in self.verdicts for rating in verdict.ratings)
        return any(rating.acceptable_a is not None or rating.acceptable_b is not None for rating in every)

    def told(self) -> list[str]:
        """What the file holds, line by line, as it is told before and after it is saved."""
        candidates = ", ".join(map(printable, self.candidates))
        lines = [
            f"{printable(self.source.name)}, {self.format}, SHA-256 {self.source.sha256}",
            f"{candidates} against {printable(self.baseline)}: {len(self.prompts):,} prompts, "
            f"{self.judgments:,} judgments",
            f"Raters: {self.raters:,}, {self.who}",
        ]
        if self.unrated:
            lines.append(
                f"Not judged: {self.unrated:,} examples without individual ratings; a mean makes none"
            )
        return [*lines, *self.notes]

    @property
    def who(self) -> str:
        if self.knows_raters:
            return "kept apart under codes; their names stay in the file"
        return "by their place in each example; the file does not say who they were"

    @property
    def record(self) -> dict[str, str]:
        """What a study keeps of the file that it came from."""
        of_file = {"format": self.format, "file": self.source.name[-200:], "sha256": self.source.sha256}
        return of_file | self.more
