"""The form under two responses."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from raters.judging import Answer
from raters.models import Assignment
from raters.scales import SCALES

LONGEST_ACTIVE_MS = 24 * 60 * 60 * 1000  # a page left open for a day measures nothing


class AnswerForm(forms.Form):
    """The rubric's choices, a comment, and the page's own key, by which a double submit is known."""

    value = forms.ChoiceField(
        widget=forms.RadioSelect, error_messages={"required": _("Choose an answer first.")}
    )
    comment = forms.CharField(required=False, max_length=280, strip=True)
    idempotency_key = forms.CharField(max_length=64, min_length=16)
    active_ms = forms.IntegerField(required=False, min_value=0)

    def __init__(self, assignment: Assignment, data: Any = None) -> None:
        latest = assignment.judgments.current().first()
        super().__init__(
            data, initial={"value": latest.raw_answer, "comment": latest.comment} if latest else None
        )
        scale = SCALES[assignment.comparison.study.rubric.scale]
        self.fields["value"].choices = [(choice.value, choice.label) for choice in scale]  # type: ignore[attr-defined]

    def answer(self) -> Answer:
        values = self.cleaned_data
        active_ms = values["active_ms"]
        return Answer(
            value=values["value"],
            comment=values["comment"],
            idempotency_key=values["idempotency_key"],
            active_ms=None if active_ms is None else min(active_ms, LONGEST_ACTIVE_MS),
        )
