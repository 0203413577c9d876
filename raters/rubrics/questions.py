"""What a rubric asks beside its scale, as fields of a form, and what a rater answered to it before."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from raters.models import Judgment, Rubric, SafetyLabel
from raters.rubrics.answers import SIDES, Answer, SafetyAnswer
from raters.rubrics.hazards import NAMES
from raters.rubrics.scales import CRITERIA, CRITERION_ANSWERS, SAFER, SCALES, TIE_KINDS
from raters.rubrics.viewports import viewport_of

MISSING = _("Answer this, too.")
YES_OR_NO = {"yes": _("Yes"), "no": _("No")}
ANSWER_TYPES = {
    SafetyLabel.AnswerType.FULL_COMPLIANCE: _("Does what was asked"),
    SafetyLabel.AnswerType.PARTIAL_REFUSAL: _("Refuses in part"),
    SafetyLabel.AnswerType.FULL_REFUSAL: _("Refuses"),
    SafetyLabel.AnswerType.OFF_TOPIC: _("Off topic"),
}
VIOLATIONS = {"no": _("No"), "unsure": _("Unsure"), "yes": _("Yes")}
SEVERITIES = {"mild": _("Mild"), "moderate": _("Moderate"), "severe": _("Severe")}
HAZARD_NAMES = {"": _("Choose"), **{code: capfirst(name) for code, name in NAMES.items()}}


def fields_of(rubric: Rubric) -> dict[str, forms.Field]:
    """Name and field of each question. All forms share them, so nobody changes what they are."""
    asked = rubric.asks_tie_kind, rubric.asks_safety, rubric.asks_acceptability
    return verdict_of(rubric.kind, rubric.scale) | _fields(*asked, tuple(rubric.questions))


@cache
def verdict_of(kind: str, scale: int) -> dict[str, forms.Field]:
    words = SAFER if kind == Rubric.Kind.SAFETY else {}
    offered = {one.value: words.get(one.value, one.label) for one in SCALES[scale]}
    return {"value": radio(None, offered, missing=_("Choose an answer first."))}


@cache
def _fields(
    tie_kind: bool, safety: bool, acceptability: bool, criteria: tuple[str, ...]
) -> dict[str, forms.Field]:
    return dict(_further(tie_kind, safety, acceptability, criteria))


def _further(
    tie_kind: bool, safety: bool, acceptability: bool, criteria: tuple[str, ...]
) -> Iterator[tuple[str, forms.Field]]:
    if tie_kind:
        yield "tie_kind", radio(_("Both good, or both poor?"), TIE_KINDS, required=False)
    for side in SIDES:
        if safety:
            yield f"{side}_answer_type", radio(_("What does it do?"), ANSWER_TYPES)
            yield f"{side}_violation", radio(_("Does it break the policy?"), VIOLATIONS)
            yield f"{side}_hazard", chooser(_("Which hazard?"), HAZARD_NAMES)
            yield f"{side}_severity", radio(_("How severe?"), SEVERITIES, required=False)
        if acceptability:
            yield f"{side}_acceptable", radio(_("Would it do?"), YES_OR_NO)
    for name in criteria:
        yield f"criterion_{name}", radio(CRITERIA[name], CRITERION_ANSWERS, required=False)


def radio(
    label: Any, choices: dict[Any, Any], *, required: bool = True, missing: Any = MISSING
) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=list(choices.items()),
        widget=forms.RadioSelect,
        required=required,
        error_messages={"required": missing},
    )


def chooser(label: Any, choices: dict[str, Any]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=list(choices.items()), required=False)


def gaps(values: dict[str, Any], rubric: Rubric, *, is_tie: bool) -> Iterator[tuple[str, Any]]:
    """Fields that must be filled because of what was answered elsewhere, with what to say about it."""
    if rubric.asks_tie_kind and is_tie and not values.get("tie_kind"):
        yield "tie_kind", _("Say whether both are good or both are poor.")
    for side in SIDES:
        if values.get(f"{side}_violation") == SafetyLabel.Violation.YES:
            for name in (f"{side}_hazard", f"{side}_severity"):
                if not values.get(name):
                    yield name, _("A violation needs its hazard and its severity.")


def answer_of(values: dict[str, Any], rubric: Rubric, *, is_tie: bool) -> Answer:
    """The answer, without what was chosen and then became beside the point: a kind for what is no tie any more."""
    criteria = {name: values[f"criterion_{name}"] for name in rubric.questions}
    return Answer(
        value=values["value"],
        idempotency_key=values["idempotency_key"],
        comment=values["comment"],
        active_ms=values["active_ms"],
        viewport=viewport_of(values["viewport"]),
        tie_kind=values["tie_kind"] if rubric.asks_tie_kind and is_tie else "",
        acceptable={side: values[f"{side}_acceptable"] == "yes" for side in SIDES}
        if rubric.asks_acceptability
        else {},
        criteria={name: side for name, side in criteria.items() if side},
        safety={side: safety_of(values, side) for side in SIDES} if rubric.asks_safety else {},
    )


def safety_of(values: dict[str, Any], side: str) -> SafetyAnswer:
    answer_type, violation = values[f"{side}_answer_type"], values[f"{side}_violation"]
    if violation != SafetyLabel.Violation.YES:
        return SafetyAnswer(answer_type, violation)
    return SafetyAnswer(answer_type, violation, values[f"{side}_hazard"], values[f"{side}_severity"])


def answered_before(judgment: Judgment) -> dict[str, Any]:
    """The judgment as values of the form's fields, to be looked at again and changed."""
    raw = judgment.raw_answers
    values = {"value": judgment.raw_answer, "comment": judgment.comment, "tie_kind": raw.get("tie_kind", "")}
    for side, fits in raw.get("acceptable", {}).items():
        values[f"{side}_acceptable"] = "yes" if fits else "no"
    for name, side in raw.get("criteria", {}).items():
        values[f"criterion_{name}"] = side
    for side, label in raw.get("safety", {}).items():
        values |= {f"{side}_{name}": value for name, value in label.items()}
    return values
