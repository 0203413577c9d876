"""Fields of forms for rules that a study keeps as data: people choose or write them, nobody writes JSON."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from assay.dashboards.studies.stop_words import CAVEATS, MEANINGS
from raters.studies.about_raters import READY_MADE
from raters.studies.lines import questions_as_lines, questions_in_lines, rules_as_lines, rules_in
from raters.studies.roles import Role
from raters.studies.rules import RULES as EXCLUSION_RULES
from raters.studies.stopping import RULES, name_of


class StopRuleField(forms.ChoiceField):
    """When rating may end."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Rating ends"),
            choices=list(MEANINGS.items()),
            required=False,
            help_text=CAVEATS,
        )

    def prepare_value(self, value: Any) -> Any:
        return name_of(value) if isinstance(value, dict) else value

    def clean(self, value: Any) -> Any:
        return RULES[super().clean(value)]


class LinesField(forms.CharField):
    """A list that is kept as data and written one thing a line. `as_lines` and `read` turn one into the other."""

    as_lines: Callable[[Any], str]
    read: Callable[[str], Any]

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, widget=forms.Textarea(attrs={"rows": 4}), **options)

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) or value is None else type(self).as_lines(value)

    def clean(self, value: Any) -> Any:
        return type(self).read(super().clean(value))


class ExclusionRulesField(LinesField):
    as_lines, read = staticmethod(rules_as_lines), staticmethod(rules_in)

    def __init__(self) -> None:
        told = _(
            "Who is left out of the headline: on each line a rule and a share, such as gold_below 0.6. Rules:"
        )
        known = ", ".join(EXCLUSION_RULES)
        super().__init__(label=_("Exclusion rules"), help_text=format_lazy("{} {}.", told, known))


class QuestionsField(LinesField):
    as_lines, read = staticmethod(questions_as_lines), staticmethod(questions_in_lines)

    def __init__(self) -> None:
        told = _(
            "Up to three questions, asked at the end, which nobody must answer; rates are told by group, of five "
            "raters or more. On each line the name of a ready-made one, or one of your own for each language, such as "
            "pets en: Do you have a pet? | Yes | No. Ready-made:"
        )
        known = ", ".join(READY_MADE)
        super().__init__(label=_("About raters"), help_text=format_lazy("{} {}.", told, known))


class RolesField(forms.MultipleChoiceField):
    """The roles that see names before the unblinding."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Arms known to"),
            choices=Role.choices,
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text=_("Roles that see names before the unblinding; others see Model 1, Model 2."),
        )
