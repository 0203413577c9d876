"""What a generating backend is asked, and what it gives back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from generation.sampling import Sampling


@dataclass(frozen=True)
class PromptSample:
    """One sample of one prompt. Its `id` is all that its seed may depend on beside the run's own."""

    prompt_sha256: str
    sample: int
    turns: tuple[str, ...]

    @property
    def id(self) -> str:
        return f"{self.prompt_sha256}:{self.sample}"


@dataclass(frozen=True)
class Reply:
    """The texts of one prompt sample, one for each of its turns. finish_reason: `stop`, or `length` if any was cut."""

    id: str
    turns: tuple[str, ...]
    token_ids: tuple[tuple[int, ...], ...]
    finish_reason: str
    n_prompt_tokens: int
    n_output_tokens: int
    seed: int


class Backend(Protocol):
    """Whatever answers for one checkpoint."""

    def replies(self, asked: Sequence[PromptSample], sampling: Sampling, seed: int) -> Iterator[Reply]:
        """Yields each reply as soon as it is done, in any order.

        What is drawn for a prompt sample depends on the run's seed and its id alone: never on its place, its
        neighbours or the attempt, so that doing it again gives the same text.
        """
        ...
