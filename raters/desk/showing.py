"""What a rater is shown of a comparison: an allow-list, so that nothing else can reach the page."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from generation.models import Response
from generation.statuses import TEMPLATE_TOKENS
from raters.comparisons.self_identification import masked
from raters.desk.rendering import render, render_raw
from raters.models import Assignment, Rendering


@dataclass(frozen=True)
class Turn:
    """One user turn, and what either side answered to it."""

    number: int
    prompt: SafeString
    raw_prompt: SafeString
    left: "Text"
    right: "Text"


@dataclass(frozen=True)
class Text:
    """A response as it is meant and as it was written; both made here, so that neither needs a request of its own."""

    rendered: SafeString
    raw: SafeString


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
    prompts, left, right = side_texts(assignment)
    views = views_of(assignment.left, left), views_of(assignment.right, right)
    turns = tuple(
        Turn(number, render(prompt), render_raw(prompt), a, b)
        for number, (prompt, a, b) in enumerate(zip(prompts, *views, strict=True), start=1)
    )
    return Showing(assignment.token, turns, assignment.is_answered)


def side_texts(assignment: Assignment) -> tuple[list[str], list[str], list[str]]:
    """The prompt's turns, and what stands left and right of the screen, turn by turn."""
    comparison = assignment.comparison
    prompts = comparison.prompt.turns
    hidden = comparison.self_identification if comparison.masked else []
    return prompts, texts(assignment.left, prompts, hidden), texts(assignment.right, prompts, hidden)


def views_of(response: Response | None, shown: list[str]) -> list[Text]:
    """Both views of each text; by the rendering that was made ahead, where there is one of these very texts."""
    ahead: Rendering | None = getattr(response, "rendering", None)
    if ahead is None or (html := ahead.html_of(shown)) is None:
        return [both_views(text) for text in shown]
    return [Text(rendered, render_raw(text)) for rendered, text in zip(html, shown, strict=True)]


def both_views(text: str) -> Text:
    return Text(render(text), render_raw(text))


def texts(response: Response | None, prompts: list[str], hidden: Sequence[dict[str, str]] = ()) -> list[str]:
    """One text for each turn, without what gives some checkpoints away: white space at the ends, template tokens.

    `hidden` are the passages, of either response, that say who wrote it.
    """
    turns = response.turns if response else []
    given = [masked(without_tokens(text, prompts), hidden).strip() for text in turns]
    return given[: len(prompts)] + [""] * (len(prompts) - len(given))


def without_tokens(text: str, prompts: list[str]) -> str:
    """The text without the control tokens of chat formats, but for those that the prompt itself speaks of."""
    for token in TEMPLATE_TOKENS:
        if token in text and not any(token in prompt for prompt in prompts):
            text = text.replace(token, "")
    return text
