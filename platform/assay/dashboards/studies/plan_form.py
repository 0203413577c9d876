"""The form in which a study is planned: arms, prompts or a part of them, rubric, ratings, pool, time and pay."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from assay.dashboards.studies.arms import offered
from assay.dashboards.studies.beginning import Beginning
from assay.dashboards.studies.rule_fields import StopRuleField
from promptsets.models import PromptSetVersion
from raters.models import Rubric, Study
from raters.rubrics.naming import newest_rubrics, rubric_named
from raters.rubrics.presets import PRESETS
from raters.studies.effort import ASSUMED_MINUTES, minutes_measured

ARMS = ("baseline", "candidates")
SLUG_HELP = _("Empty: made of the names.")


class PlanForm(forms.Form):
    """Unless it is `saving`, arms may be missing: the planner has its numbers without them."""

    candidates = forms.MultipleChoiceField(
        label=_("Candidates"), widget=forms.CheckboxSelectMultiple, required=False
    )
    baseline = forms.ChoiceField(label=_("Baseline"), required=False)
    temperature = forms.FloatField(label=_("Temperature"), min_value=0, initial=0)
    max_new_tokens = forms.IntegerField(
        label=_("Tokens of a reply, at most"), min_value=1, max_value=2**31 - 1, initial=256
    )
    seed = forms.IntegerField(label=_("Seed"), min_value=0, max_value=2**32 - 1, initial=0)
    rubric = forms.ChoiceField(label=_("Rubric"))
    ratings = forms.IntegerField(label=_("Ratings of each comparison"), min_value=1, max_value=100, initial=3)
    pool = forms.IntegerField(label=_("Raters in the pool"), min_value=1, max_value=10_000, initial=10)
    margin = forms.FloatField(
        label=_("Margin of a gate, in points"), min_value=0.1, max_value=49, initial=5, required=False
    )
    minutes = forms.FloatField(
        label=_("Minutes for a comparison"), min_value=0.05, max_value=600, initial=ASSUMED_MINUTES
    )
    hours_a_day = forms.FloatField(
        label=_("Hours a day of each rater"), min_value=0.1, max_value=24, initial=2
    )
    stop_rule = StopRuleField()
    pay_basis = forms.ChoiceField(label=_("Pay"), choices=Study.PayBasis.choices, initial="none")
    pay_rate = forms.DecimalField(
        label=_("Rate"), min_value=0, max_digits=8, decimal_places=4, initial=Decimal(0)
    )
    pay_currency = forms.RegexField(r"^[A-Z]{3}\Z", label=_("Currency"), initial="EUR")
    title = forms.CharField(label=_("Title"), max_length=200, required=False, help_text=SLUG_HELP)
    slug = forms.SlugField(label=_("Name in addresses"), max_length=100, required=False, help_text=SLUG_HELP)

    def __init__(
        self,
        version: PromptSetVersion,
        data: MultiValueDict[str, Any] | None,
        *,
        saving: bool,
        beginning: Beginning,
    ) -> None:
        arms = offered(version)
        kind = version.prompt_set.kind
        values = data or first_values(kind, self.base_fields, beginning)
        if not saving:
            values = without_arms_of_other_prompts(values, {value for value, _ in arms})
        super().__init__(values)
        for name in ARMS:
            self.fields[name].choices = arms  # type: ignore[attr-defined]
            self.fields[name].required = saving and not beginning.hides_arms
        self.keeps_arms = False
        self.hides_arms = beginning.hides_arms
        self.fields["rubric"].choices = list(newest_rubrics().items())  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Of a study whose arms are hidden still they may be left as they are, all of them or none."""
        values = self.cleaned_data
        if self.hides_arms and not any(name in self.errors for name in ARMS):
            chosen = [name for name in ARMS if values.get(name)]
            self.keeps_arms = not chosen
            if len(chosen) == 1:
                missing = next(name for name in ARMS if name not in chosen)
                self.add_error(missing, _("Choose candidates and baseline anew, or leave both as they are."))
        return values

    def rubric_chosen(self) -> Rubric:
        return rubric_named(self.cleaned_data["rubric"])


def first_values(kind: str, fields: dict[str, forms.Field], beginning: Beginning) -> MultiValueDict[str, Any]:
    """What stands in the form before anybody has written in it. `kind` of prompts decides rubric and minutes."""
    values = {name: field.initial for name, field in fields.items() if field.initial is not None}
    values |= {"rubric": PRESETS[Rubric.Kind(kind)].slug}
    values["minutes"] = round(minutes_measured(kind) or ASSUMED_MINUTES, 2)
    return MultiValueDict({name: [value] for name, value in values.items()} | beginning.fields(set(fields)))


def without_arms_of_other_prompts(
    values: MultiValueDict[str, Any], known: set[str]
) -> MultiValueDict[str, Any]:
    """Whoever changes the prompt set has chosen arms of the one before."""
    kept = MultiValueDict({name: values.getlist(name) for name in values})
    for name in ARMS:
        kept.setlist(name, [value for value in values.getlist(name) if value in known])
    return kept
