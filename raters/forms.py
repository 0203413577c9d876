"""The form under two responses."""

from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from raters.answers import SIDES, Answer
from raters.models import Assignment, Rubric
from raters.questions import answer_of, answered_before, fields_of, gaps
from raters.scales import SAFER, SCALES, choice

LONGEST_ACTIVE_MS = 24 * 60 * 60 * 1000  # a page left open for a day measures nothing


class AnswerForm(forms.Form):
    """The rubric's questions, a comment, and the page's own key, by which a double submit is known."""

    value = forms.ChoiceField(
        widget=forms.RadioSelect, error_messages={"required": _("Choose an answer first.")}
    )
    comment = forms.CharField(required=False, max_length=280, strip=True)
    idempotency_key = forms.CharField(max_length=64, min_length=16)
    active_ms = forms.IntegerField(required=False, min_value=0)

    def __init__(self, assignment: Assignment, data: Any = None) -> None:
        latest = assignment.judgments.current().first()
        super().__init__(data, initial=answered_before(latest) if latest else None)
        self.rubric = assignment.comparison.study.rubric
        words = SAFER if self.rubric.kind == Rubric.Kind.SAFETY else {}
        offered = [(one.value, words.get(one.value, one.label)) for one in SCALES[self.rubric.scale]]
        self.fields["value"].choices = offered  # type: ignore[attr-defined]
        self.fields.update(fields_of(self.rubric))

    def clean(self) -> dict[str, Any]:
        for name, message in gaps(self.cleaned_data, self.rubric, is_tie=self.is_tie()):
            self.add_error(name, message)
        return self.cleaned_data

    def clean_active_ms(self) -> int | None:
        active_ms = self.cleaned_data["active_ms"]
        return None if active_ms is None else min(active_ms, LONGEST_ACTIVE_MS)

    def is_tie(self) -> bool:
        value = self.cleaned_data.get("value")
        return value is not None and choice(self.rubric.scale, value).favours == "neither"

    def answer(self) -> Answer:
        return answer_of(self.cleaned_data, self.rubric, is_tie=self.is_tie())

    def of_each_response(self) -> list[tuple[str, list[BoundField]]]:
        """The questions about one response, by the letter it has on the screen: A stands left."""
        sides = zip("AB", SIDES, strict=True)
        return [
            (letter, [self[name] for name in self.fields if name.startswith(side)]) for letter, side in sides
        ]

    def criteria(self) -> list[BoundField]:
        return [self[f"criterion_{name}"] for name in self.rubric.questions]
