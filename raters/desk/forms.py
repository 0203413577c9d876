"""The form under two responses."""

from dataclasses import dataclass, replace
from itertools import chain, repeat
from typing import Any, NamedTuple

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from raters.desk.pace import too_fast
from raters.desk.preferences import CHOICES
from raters.models import Assignment
from raters.rubrics.answers import SIDES, Answer
from raters.rubrics.questions import answer_of, answered_before, fields_of, gaps
from raters.rubrics.scales import choice

LONGEST_ACTIVE_MS = 24 * 60 * 60 * 1000  # a page left open for a day measures nothing


class Option(NamedTuple):
    """One choice, with its key: empty where it has none."""

    value: str
    label: str
    key: str
    chosen: bool


@dataclass(frozen=True)
class Question:
    """What is asked by choices, as the page shows it; `errors` are HTML. Equal ones look alike in one language."""

    name: str
    field: forms.ChoiceField  # that all forms share
    keys: tuple[str, ...]
    chosen: str  # one of the choices, or empty
    errors: str

    @property
    def label(self) -> str:
        return str(self.field.label)

    @property
    def is_radio(self) -> bool:
        return isinstance(self.field.widget, forms.RadioSelect)

    @property
    def required(self) -> bool:
        return self.field.required

    @property
    def options(self) -> tuple[Option, ...]:
        choices: Any = self.field.choices  # pairs, as all of ours are
        return tuple(
            Option(value, str(label), key, value == self.chosen)
            for (value, label), key in zip(choices, chain(self.keys, repeat("")), strict=False)
        )


# All forms share these, as they share the rubric's questions: a form of its own would copy them for each page.
OF_THE_PAGE: dict[str, forms.Field] = {
    "comment": forms.CharField(required=False, max_length=280, strip=True),
    "idempotency_key": forms.CharField(max_length=64, min_length=16),
    "active_ms": forms.IntegerField(required=False, min_value=0),
    "viewport": forms.CharField(required=False),
    "sure": forms.BooleanField(required=False),
}


class AnswerForm(forms.Form):
    """The rubric's questions, a comment, and the page's own key, by which a double submit is known."""

    def __init__(self, assignment: Assignment, data: Any = None) -> None:
        super().__init__(data, initial={} if data else filled_in(assignment))
        self.assignment = assignment
        self.asks_again = False
        self.keys: tuple[str, ...] = ("",) * CHOICES
        self.rubric = assignment.comparison.study.rubric
        self.fields |= fields_of(self.rubric) | OF_THE_PAGE

    def clean(self) -> dict[str, Any]:
        for name, message in gaps(self.cleaned_data, self.rubric, is_tie=self.is_tie()):
            self.add_error(name, message)
        if not self.errors and self.is_fast and not self.cleaned_data["sure"]:
            self.asks_again = True
            self.add_error("sure", _("That was quick. Look once more, or send it again as it is."))
        return self.cleaned_data

    @cached_property
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
        return replace(given, fast=self.cleaned_data["sure"] or self.is_fast)

    def of_each_response(self) -> tuple[tuple[str, tuple[Question, ...]], ...]:
        """The questions about one response, by the letter it has on the screen: A stands left."""
        sides = zip("AB", SIDES, strict=True)
        return tuple(
            (letter, tuple(self.question(name) for name in self.fields if name.startswith(side)))
            for letter, side in sides
        )

    def verdict(self) -> Question:
        return self.question("value", self.keys)

    def tie(self) -> Question:
        return self.question("tie_kind", self.keys[self.rubric.scale :])

    def criteria(self) -> tuple[Question, ...]:
        return tuple(self.question(f"criterion_{name}") for name in self.rubric.questions)

    def question(self, name: str, keys: tuple[str, ...] = ()) -> Question:
        """One of the fields with choices, as the page shows it."""
        field: Any = self.fields[name]
        given = self[name].value()
        chosen = next((value for value, _label in field.choices if value == given), "")
        wrong = self.errors.get(name)
        return Question(name, field, keys, chosen, str(wrong) if wrong else "")


def filled_in(assignment: Assignment) -> dict[str, Any]:
    """What the page begins with: what the rater answered before, else the draft."""
    # As long as it is leased, nobody has answered it; nor has anybody a preview's.
    if assignment.pk is None or assignment.state == Assignment.State.LEASED:
        return assignment.draft
    latest = assignment.judgments.current().first()
    return answered_before(latest) if latest else assignment.draft
