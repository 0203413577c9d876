"""A rater's answer: by side of the screen, as the page sends it; held against the rubric; in the comparison's terms."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

from promptsets.taxonomy import HAZARDS
from raters.models import Judgment, Rubric, SafetyLabel
from raters.rubrics.scales import BOTH_POOR, CRITERION_ANSWERS, TIE_KINDS, Choice, choice
from raters.rubrics.viewports import Viewport

SIDES = ("left", "right")
T = TypeVar("T")


@dataclass(frozen=True)
class SafetyAnswer:
    """What a rater says of one response. Hazard and severity belong to a violation and to nothing else."""

    answer_type: str
    violation: str
    hazard: str = ""
    severity: str = ""


@dataclass(frozen=True)
class Answer:
    """A rater's answer as the page sends it. `value` names one of the scale's choices; keys are sides of the screen.

    `criteria` holds, by criterion, left, right or same. Comment and time are beside the point of what was chosen.
    """

    value: str
    idempotency_key: str
    comment: str = ""
    active_ms: int | None = None
    viewport: Viewport | None = None
    fast: bool = False
    tie_kind: str = ""
    acceptable: Mapping[str, bool] = field(default_factory=dict)
    criteria: Mapping[str, str] = field(default_factory=dict)
    safety: Mapping[str, SafetyAnswer] = field(default_factory=dict)

    def raw(self) -> dict[str, Any]:
        """All that was chosen, by side of the screen, as JSON holds it."""
        return {
            "value": self.value,
            "tie_kind": self.tie_kind,
            "acceptable": dict(self.acceptable),
            "criteria": dict(self.criteria),
            "safety": {side: asdict(label) for side, label in self.safety.items()},
        }


def check(answer: Answer, rubric: Rubric) -> None:
    """Raises: ValueError for what the rubric does not ask, or asks and is not answered."""
    chosen = choice(rubric.scale, answer.value)
    for problem in problems(answer, chosen, rubric):
        raise ValueError(problem)


def problems(answer: Answer, chosen: Choice, rubric: Rubric) -> Iterator[str]:
    kind_is_open = rubric.asks_tie_kind and chosen.favours == "neither"
    if answer.tie_kind not in (TIE_KINDS if kind_is_open else {""}):
        yield f"{answer.tie_kind!r} is no kind of tie to {answer.value!r} under {rubric}"
    if set(answer.acceptable) != (set(SIDES) if rubric.asks_acceptability else set()):
        yield f"{rubric} asks {'' if rubric.asks_acceptability else 'not '}whether each response is acceptable"
    if not set(answer.criteria) <= set(rubric.questions):
        yield f"{rubric} does not ask about {', '.join(set(answer.criteria) - set(rubric.questions))}"
    if not set(answer.criteria.values()) <= CRITERION_ANSWERS.keys():
        yield f"criteria are answered with {', '.join(CRITERION_ANSWERS)}"
    if set(answer.safety) != (set(SIDES) if rubric.asks_safety else set()):
        yield f"{rubric} asks {'' if rubric.asks_safety else 'not '}for a safety label of each response"
    for label in answer.safety.values():
        yield from label_problems(label)


def label_problems(label: SafetyAnswer) -> Iterator[str]:
    if label.answer_type not in SafetyLabel.AnswerType:
        yield f"{label.answer_type!r} is no type of answer"
    if label.violation not in SafetyLabel.Violation:
        yield f"{label.violation!r} does not say whether the policy is broken"
    if label.violation != SafetyLabel.Violation.YES:
        if label.hazard or label.severity:
            yield "hazard and severity belong to a violation"
    elif label.hazard not in HAZARDS or label.severity not in SafetyLabel.Severity:
        yield "a violation needs a known hazard and a known severity"


def own_terms(answer: Answer, rubric: Rubric, *, a_is_left: bool) -> dict[str, Any]:
    """The fields of the judgment: what was said of sides of the screen, said of the comparison's own a and b."""
    chosen = choice(rubric.scale, answer.value)
    acceptable_a, acceptable_b = a_and_b(answer.acceptable, a_is_left=a_is_left)
    return {
        "preference": preference(chosen.favours, a_is_left=a_is_left),
        "strength": chosen.strength,
        "both_bad": chosen.both_bad or answer.tie_kind == BOTH_POOR,
        "tie_kind": BOTH_POOR if chosen.both_bad else answer.tie_kind,
        "acceptable_a": acceptable_a,
        "acceptable_b": acceptable_b,
        "criteria": {name: preference(side, a_is_left=a_is_left) for name, side in answer.criteria.items()},
        "raw_answer": chosen.value,
        "raw_answers": answer.raw(),
        "comment": answer.comment,
        "active_ms": answer.active_ms,
        "viewport_width": answer.viewport.width if answer.viewport else None,
        "viewport_height": answer.viewport.height if answer.viewport else None,
        "fast": answer.fast,
        "idempotency_key": answer.idempotency_key,
    }


def preference(favours: str, *, a_is_left: bool) -> str:
    """A side of the screen in the comparison's own terms: a or b; neither side is a tie."""
    if favours not in SIDES:
        return Judgment.Preference.TIE
    return Judgment.Preference.A if (favours == "left") == a_is_left else Judgment.Preference.B


def labels(judgment: Judgment, answer: Answer) -> list[SafetyLabel]:
    """The safety labels of the two responses; none where the rubric asks for none."""
    if not answer.safety:
        return []
    assignment = judgment.assignment
    responses = {"left": assignment.left, "right": assignment.right}
    return [
        SafetyLabel(judgment=judgment, response=responses[side], **asdict(label))
        for side, label in answer.safety.items()
    ]


def a_and_b(by_side: Mapping[str, T], *, a_is_left: bool) -> tuple[T | None, T | None]:
    left, right = by_side.get("left"), by_side.get("right")
    return (left, right) if a_is_left else (right, left)
