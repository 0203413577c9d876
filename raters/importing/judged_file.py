"""What a file of judged pairs holds once it was read and is sound, whatever its format."""

from dataclasses import dataclass
from typing import Any

from promptsets.formats.problems import PromptFileError, printable
from promptsets.formats.source import Source


class StudyFileError(PromptFileError):
    """A file of judged pairs that cannot be taken as it is. Nothing of it was imported."""


@dataclass(frozen=True, slots=True)
class Rating:
    """One rater's verdict: `preference` and `strength` as a judgment has them, `label` as the file has it."""

    preference: str
    strength: int
    a_is_left: bool
    label: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class JudgedPair:
    """One prompt, what either model answered, and what raters said of the two."""

    prompt: str
    tags: tuple[str, ...]
    a: str
    b: str
    ratings: tuple[Rating, ...]


@dataclass(frozen=True)
class JudgedFile:
    """A whole file. `models` are called a and b in this order; raters go by their place in each pair's list."""

    source: Source
    format: str
    models: tuple[str, str]
    pairs: tuple[JudgedPair, ...]

    @property
    def judgments(self) -> int:
        return sum(len(pair.ratings) for pair in self.pairs)

    @property
    def raters(self) -> int:
        """How many raters one pair had at most; the file does not say who they were."""
        return max(len(pair.ratings) for pair in self.pairs)

    @property
    def unrated(self) -> int:
        return sum(not pair.ratings for pair in self.pairs)

    def told(self) -> list[str]:
        """What the file holds, line by line, as it is told before and after it is saved."""
        a, b = map(printable, self.models)
        lines = [
            f"{printable(self.source.name)}, {self.format}, SHA-256 {self.source.sha256}",
            f"{a} against {b}: {len(self.pairs):,} prompts, {self.judgments:,} judgments",
            f"Raters: {self.raters:,}, by their place in each example; the file does not say who they were",
        ]
        if self.unrated:
            lines.append(
                f"Not judged: {self.unrated:,} examples without individual ratings; a mean makes none"
            )
        return lines

    @property
    def record(self) -> dict[str, Any]:
        """What a study keeps of the file that it came from."""
        return {"format": self.format, "file": self.source.name[-200:], "sha256": self.source.sha256}
