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
from assay.dashboards.studies.beginning import ON_THE_FORM, Beginning
from assay.dashboards.studies.plan_form import PlanForm
from assay.dashboards.studies.power import Power, power_of
from assay.reports.power import Design
from generation.estimating import RunEstimate
from generation.models import Checkpoint
from generation.sampling import Sampling
from promptsets.fitting import fitting
from promptsets.models import PromptSetVersion
from promptsets.refusals import FieldError
from promptsets.subsets import Sample, subset
from promptsets.versions import LONGEST_SLUG
from raters.models import Study
from raters.rubrics.presets import study_settings
from raters.studies.copying import ComparedRuns, runs_of
from raters.studies.planning import StudyPlan, make_draft, title_of


class PromptsForm(forms.Form):
    """Which prompts: a version, or so many drawn of those that fit the filters beside it."""

    prompts = forms.ChoiceField(label=gettext_lazy("Prompt set"))
    size = forms.IntegerField(
        label=gettext_lazy("Draw a sample of"),
        min_value=2,
        required=False,
        help_text=gettext_lazy("Empty: all that fit."),
    )

    def __init__(self, data: Any, beginning: Beginning) -> None:
        super().__init__(data)
        offered = versions_offered(beginning)
        self.fields["prompts"].choices = [(str(one), str(one)) for one in offered]  # type: ignore[attr-defined]


@dataclass
class Planned:
    """The forms of the page as they were sent, or as they stand at first."""

    prompts: PromptsForm
    filters: FilterForm
    plan: PlanForm
    version: PromptSetVersion
    beginning: Beginning

    @classmethod
    def of(cls, data: QueryDict, beginning: Beginning, *, saving: bool) -> "Planned | None":
        """None where there is no prompt set yet."""
        version = version_chosen(data.get("prompts", "") or beginning.prompts, beginning)
        if version is None:
            return None
        prompts = PromptsForm({"prompts": str(version), "size": data.get("size", "")}, beginning)
        plan = PlanForm(version, data if data.get("rubric") else None, saving=saving, beginning=beginning)
        return cls(prompts, FilterForm(version, data), plan, version, beginning)

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
            candidates=self.candidates(),
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
    def save(self, actor: User) -> Study:
        """The draft. Raises: FieldError for what does not go, with nothing made."""
        values, runs, rubric = self.plan.cleaned_data, self.runs(actor), self.plan.rubric_chosen()
        title = values["title"] or self.title(runs)
        plan = StudyPlan(
            runs.baseline,
            runs.candidates,
            rubric,
            values["slug"] or slugify(title)[:100],
            title,
            values["ratings"],
            study_settings(rubric.kind)
            | self.beginning.settings
            | {name: values[name] for name in ON_THE_FORM},
            self.beginning.follows,
        )
        return make_draft(plan, actor)

    def candidates(self) -> int:
        """How many stand against the baseline, as far as they are chosen."""
        if follows := self.kept():
            return len(runs_of(follows).candidates)
        values = self.plan.cleaned_data
        return max(1, len(set(values["candidates"]) - {values["baseline"]}))

    def kept(self) -> Study | None:
        """The study whose arms stay as they are, hidden from the planner."""
        return self.beginning.follows if self.plan.keeps_arms else None

    def runs(self, actor: User) -> ComparedRuns:
        """The runs to compare, made where they are not there yet. Raises: FieldError.

        Hidden arms keep their prompts, too: a run that was made for others would stand in the list of runs and tell.
        """
        if follows := self.kept():
            if self.part(actor) != follows.prompt_set_version:
                told = _("You may not know the arms of %(study)s yet: for other prompts, choose arms anew.")
                raise FieldError("prompts", told % {"study": follows.slug})
            return runs_of(follows)
        values = self.plan.cleaned_data
        making = Making(self.part(actor), self.sampling(), values["seed"], actor)
        baseline = making.run_of(values["baseline"], "baseline")
        return ComparedRuns(baseline, tuple(making.run_of(one, "candidates") for one in values["candidates"]))

    def title(self, runs: ComparedRuns) -> str:
        follows = self.kept()
        return follows.title if follows else title_of(runs.candidates, runs.baseline)

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


def version_chosen(name: str, beginning: Beginning) -> PromptSetVersion | None:
    """The version of that name, or the newest that is offered."""
    offered = versions_offered(beginning)
    return next((one for one in offered if str(one) == name), offered[0] if offered else None)


def versions_offered(beginning: Beginning) -> list[PromptSetVersion]:
    """The newest first; a study that is followed keeps its prompts, archived or not."""
    offered = list(PromptSetVersion.objects.offered())
    followed = beginning.follows.prompt_set_version if beginning.follows else None
    return offered if followed is None or followed in offered else [*offered, followed]
