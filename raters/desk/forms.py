"""The form under two responses."""

from dataclasses import replace
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from raters.desk.pace import too_fast
from raters.models import Assignment, Rubric
from raters.rubrics.answers import SIDES, Answer
from raters.rubrics.questions import answer_of, answered_before, fields_of, gaps
from raters.rubrics.scales import SAFER, SCALES, choice

LONGEST_ACTIVE_MS = 24 * 60 * 60 * 1000  # a page left open for a day measures nothing


class AnswerForm(forms.Form):
    """The rubric's questions, a comment, and the page's own key, by which a double submit is known."""

    value = forms.ChoiceField(
        widget=forms.RadioSelect, error_messages={"required": _("Choose an answer first.")}
    )
    comment = forms.CharField(required=False, max_length=280, strip=True)
    idempotency_key = forms.CharField(max_length=64, min_length=16)
    active_ms = forms.IntegerField(required=False, min_value=0)
    viewport = forms.CharField(required=False)
    sure = forms.BooleanField(required=False)

    def __init__(self, assignment: Assignment, data: Any = None) -> None:
        super().__init__(data, initial={} if data else filled_in(assignment))
        self.assignment = assignment
        self.asks_again = False
        self.keys: list[str] = [""] * 9
        self.rubric = assignment.comparison.study.rubric
        words = SAFER if self.rubric.kind == Rubric.Kind.SAFETY else {}
        offered = [(one.value, words.get(one.value, one.label)) for one in SCALES[self.rubric.scale]]
        self.fields["value"].choices = offered  # type: ignore[attr-defined]
        self.fields.update(fields_of(self.rubric))

    def clean(self) -> dict[str, Any]:
        for name, message in gaps(self.cleaned_data, self.rubric, is_tie=self.is_tie()):
            self.add_error(name, message)
        if not self.errors and self.is_fast() and not self.cleaned_data["sure"]:
            self.asks_again = True
            self.add_error("sure", _("That was quick. Look once more, or send it again as it is."))
        return self.cleaned_data

    def is_fast(self) -> bool:
        """Whether a first answer came before anybody can have read the texts."""
        first = self.assignment.state in {Assignment.State.LEASED, Assignment.State.EXPIRED}
        return first and too_fast(self.assignment, self.cleaned_data.get("active_ms"))

    def clean_active_ms(self) -> int | None:
        active_ms = self.cleaned_data["active_ms"]
        return None if active_ms is None else min(active_ms, LONGEST_ACTIVE_MS)

    def is_tie(self) -> bool:
        value = self.cleaned_data.get("value")
        return value is not None and choice(self.rubric.scale, value).favours == "neither"

    def answer(self) -> Answer:
        given = answer_of(self.cleaned_data, self.rubric, is_tie=self.is_tie())
        # Once asked, an answer stays marked: the time spent on the question is no reading.
        return replace(given, fast=self.cleaned_data["sure"] or self.is_fast())

    def of_each_response(self) -> list[tuple[str, list[BoundField]]]:
        """The questions about one response, by the letter it has on the screen: A stands left."""
        sides = zip("AB", SIDES, strict=True)
        return [
            (letter, [self[name] for name in self.fields if name.startswith(side)]) for letter, side in sides
        ]

    def choices(self) -> list[tuple[Any, str]]:
        """The buttons, each with its key; empty where single keys are switched off."""
        return list(zip(self["value"], self.keys, strict=False))

    def tie_kinds(self) -> list[tuple[Any, str]]:
        return list(zip(self["tie_kind"], self.keys[self.rubric.scale :], strict=False))

    def criteria(self) -> list[BoundField]:
        return [self[f"criterion_{name}"] for name in self.rubric.questions]


def filled_in(assignment: Assignment) -> dict[str, Any]:
    """What the page begins with: what the rater answered before, else the draft."""
    # As long as it is leased, nobody has answered it; nor has anybody a preview's.
    if assignment.pk is None or assignment.state == Assignment.State.LEASED:
        return assignment.draft
    latest = assignment.judgments.current().first()
    return answered_before(latest) if latest else assignment.draft
