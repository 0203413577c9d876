"""What a rater is shown of a comparison: an allow-list, so that nothing else can reach the page."""

from dataclasses import dataclass

from django.utils.safestring import SafeString

from generation.models import Response
from raters.models import Assignment
from raters.rendering import render


@dataclass(frozen=True)
class Turn:
    """One user turn, and what either side answered to it."""

    number: int
    prompt: SafeString
    left: SafeString
    right: SafeString


@dataclass(frozen=True)
class Showing:
    """One comparison as it stands on the screen, under a token that tells nothing."""

    token: str
    turns: tuple[Turn, ...]
    answered: bool

    @property
    def multi_turn(self) -> bool:
        return len(self.turns) > 1


def showing(assignment: Assignment) -> Showing:
    prompts = assignment.comparison.prompt.turns
    left, right = texts(assignment.left, len(prompts)), texts(assignment.right, len(prompts))
    turns = tuple(
        Turn(number, render(prompt), render(a), render(b))
        for number, (prompt, a, b) in enumerate(zip(prompts, left, right, strict=True), start=1)
    )
    answered = assignment.state in {Assignment.State.DONE, Assignment.State.SURPLUS}
    return Showing(assignment.token, turns, answered)


def texts(response: Response | None, turns: int) -> list[str]:
    """One text for each turn, trimmed: white space at the ends gives some checkpoints away."""
    given = [text.strip() for text in response.turns] if response else []
    return given[:turns] + [""] * (turns - len(given))
