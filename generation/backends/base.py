"""What a generating backend is asked, and what it gives back."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

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
    """The texts of one prompt sample, one for each of its turns.

    finish_reason: `stop`, `length` if any was cut, `error` where the source broke off.  status: `blocked` or `error`,
    which no text shows; else "", and the texts decide.  Ids and counts are None where the source does not tell.
    detail: what else is to be kept of where it came from.
    """

    id: str
    turns: tuple[str, ...]
    token_ids: tuple[tuple[int, ...], ...] | None
    finish_reason: str
    n_prompt_tokens: int | None
    n_output_tokens: int | None
    seed: int
    status: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


class NotNow(Exception):  # noqa: N818  the source works; it wants to be left alone for a while
    """The source asks to be left alone for `wait_s` seconds."""

    def __init__(self, message: str, wait_s: float) -> None:
        super().__init__(message)
        self.wait_s = wait_s


# Further prompt samples of the same run; empty when there are none.
More = Callable[[], Sequence[PromptSample]]


class Backend(Protocol):
    """Whatever answers for one checkpoint."""

    def check(self, sampling: Sampling) -> None:
        """Raises: ValueError if it cannot draw so."""
        ...

    def replies(
        self, asked: Sequence[PromptSample], sampling: Sampling, seed: int, more: More
    ) -> Iterator[Reply]:
        """Yields each reply as soon as it is done, in any order.

        It may ask for `more` while it works, so as not to run empty, and then answers those too.

        What is drawn for a prompt sample depends on the run's seed and its id alone: never on its place, its
        neighbours or the attempt, so that doing it again gives the same text.
        """
        ...
