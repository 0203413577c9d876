"""A plan as it stands on its page: which prompts, which arms, what it would tell, and the draft that it becomes."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import transaction
from django.http import QueryDict
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assay.accounts.models import User
from assay.dashboards.prompts.browsing import FilterForm
from assay.dashboards.studies.arms import Making, to_make
from assay.dashboards.studies.plan_form import PlanForm
from assay.dashboards.studies.power import Design, Power, power_of
from generation.estimating import RunEstimate
from generation.models import Checkpoint, GenerationRun
from generation.sampling import Sampling
from promptsets.fitting import fitting
from promptsets.models import PromptSetVersion
from promptsets.refusals import FieldError
from promptsets.subsets import Sample, subset
from promptsets.versions import LONGEST_SLUG
from raters.models import Study, StudyTemplate
from raters.rubrics.presets import study_settings
from raters.studies.drafting import SETTINGS
from raters.studies.planning import StudyPlan, make_draft

PAY = ("pay_basis", "pay_rate", "pay_currency")


class PromptsForm(forms.Form):
    """Which prompts: a version, or so many drawn of those that fit the filters beside it."""

    prompts = forms.ChoiceField(label=gettext_lazy("Prompt set"))
    size = forms.IntegerField(
        label=gettext_lazy("Draw a sample of"),
        min_value=2,
        required=False,
        help_text=gettext_lazy("Empty: all that fit."),
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        versions = PromptSetVersion.objects.select_related("prompt_set").order_by("-pk")
        self.fields["prompts"].choices = [(str(one), str(one)) for one in versions]  # type: ignore[attr-defined]


@dataclass
class Planned:
    """The forms of the page as they were sent, or as they stand at first."""

    prompts: PromptsForm
    filters: FilterForm
    plan: PlanForm
    version: PromptSetVersion

    @classmethod
    def of(cls, data: QueryDict, template: StudyTemplate | None, *, saving: bool) -> "Planned | None":
        """None where there is no prompt set yet."""
        version = version_chosen(data.get("prompts", ""))
        if version is None:
            return None
        prompts = PromptsForm({"prompts": str(version), "size": data.get("size", "")})
        plan = PlanForm(version, data if data.get("rubric") else None, saving=saving, template=template)
        return cls(prompts, FilterForm(version, data), plan, version)

    def is_valid(self) -> bool:
        return all(form.is_valid() for form in (self.prompts, self.filters, self.plan))

    def prompts_left(self) -> int:
        fit = fitting(self.version.prompts.all(), self.filters.asked()).count()
        size = self.prompts.cleaned_data.get("size") if self.prompts.is_valid() else None
        return min(size, fit) if size else fit

    def to_make(self) -> list[tuple[Checkpoint, RunEstimate]]:
        """What the runs will take that are not there yet, over the whole set."""
        if not self.plan.is_valid():
            return []
        values = self.plan.cleaned_data
        return to_make(
            [*values["candidates"], values["baseline"]], self.version, self.sampling(), values["seed"]
        )

    def power(self) -> tuple[Power | None, str]:
        """The planner's numbers, or why there are none."""
        if not self.is_valid():
            return None, _("Some fields need another value; the numbers follow.")
        values = self.plan.cleaned_data
        design = Design(
            prompts=self.prompts_left(),
            candidates=max(1, len(set(values["candidates"]) - {values["baseline"]})),
            ratings=values["ratings"],
            pool=values["pool"],
            minutes=values["minutes"],
            hours_a_day=values["hours_a_day"],
            margin=(values["margin"] or 5) / 100,
            pay_basis=values["pay_basis"],
            pay_rate=values["pay_rate"],
            currency=values["pay_currency"],
        )
        try:
            return power_of(design), ""
        except ValueError as error:
            return None, str(error)

    @transaction.atomic
    def save(self, template: StudyTemplate | None, actor: User) -> Study:
        """The draft. Raises: FieldError for what does not go, with nothing made."""
        values, slug = self.plan.cleaned_data, self.plan.cleaned_data["slug"]
        making = Making(self.part(actor), self.sampling(), values["seed"], actor)
        baseline = making.run_of(values["baseline"], "baseline")
        candidates = tuple(making.run_of(one, "candidates") for one in values["candidates"])
        rubric = self.plan.rubric_chosen()
        kept = settings_in(template) if template else {}
        title = values["title"] or title_of(candidates, baseline)
        plan = StudyPlan(
            baseline,
            candidates,
            rubric,
            slug or slugify(title)[:100],
            title,
            values["ratings"],
            study_settings(rubric.kind) | kept | {name: values[name] for name in (*PAY, "pool")},
        )
        return make_draft(plan, actor)

    def sampling(self) -> Sampling:
        values = self.plan.cleaned_data
        return Sampling(temperature=values["temperature"], max_new_tokens=values["max_new_tokens"])

    def part(self, actor: User) -> PromptSetVersion:
        """The version that was chosen, or the subset of it that the filters leave, as a set of its own."""
        asked, size = self.filters.asked(), self.prompts.cleaned_data["size"]
        if not asked and not size:
            return self.version
        words = "-".join([self.version.prompt_set.slug, *asked.values(), *([str(size)] if size else [])])
        sample = Sample(size, ("category",), self.plan.cleaned_data["seed"]) if size else None
        try:
            return subset(self.version, slugify(words)[:LONGEST_SLUG], asked, sample, actor)[0]
        except ValueError as error:
            raise FieldError("prompts", str(error)) from error


def version_chosen(name: str) -> PromptSetVersion | None:
    """The version of that name, or the newest there is."""
    versions = PromptSetVersion.objects.select_related("prompt_set").order_by("-pk")
    return next((one for one in versions if str(one) == name), versions.first())


def settings_in(template: StudyTemplate) -> dict[str, Any]:
    """What a template says beyond the fields of the form, which may have been changed since."""
    return {
        name: value
        for name, value in template.values.items()
        if name in SETTINGS and name not in (*PAY, "pool")
    }


def title_of(candidates: tuple[GenerationRun, ...], baseline: GenerationRun) -> str:
    names = " and ".join(run.checkpoint.name for run in candidates)
    return f"{names} against {baseline.checkpoint} on {baseline.prompt_set_version}"
