"""The pages of standing plans: which there are, a new one, a new version of one, on and off."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assay.accounts.requests import SignedInRequest
from assay.evaluations.models import Evaluation, EvaluationVersion
from assay.evaluations.planning import add_version, make_plan, pause
from generation.models import Checkpoint, CheckpointSeries
from generation.sampling import Sampling
from promptsets.models import PromptSetVersion
from raters.access import researchers_only
from raters.rubrics.presets import PRESETS

OF_VERSION = ["baseline", "ratings_per_comparison", "decided_by", "judged_by", "stops_early", "cadence"]
OF_VERSION += ["every_nth_step", "cron", "tokens_a_day", "judgments_a_week", "priority", "seed"]
OF_VERSION += ["template", "webhook_url", "webhook_key_env", "judge"]


class VersionForm(forms.ModelForm):
    """One version of a plan. Everything is checked whole by `planning` before anything is written."""

    prompt_sets = forms.ModelMultipleChoiceField(
        PromptSetVersion.objects.none(), label=_("Prompt sets"), help_text=_("One version of each set.")
    )
    margin = forms.FloatField(
        label=_("Margin of the gate, in points"),
        min_value=0.1,
        max_value=49,
        initial=5,
        help_text=_("How much worse a checkpoint may be and pass; fixed before the first judgment."),
    )
    max_new_tokens = forms.IntegerField(label=_("Tokens of a reply at most"), min_value=1, initial=256)
    temperature = forms.FloatField(label=_("Temperature"), min_value=0, initial=0)
    preset = forms.ChoiceField(
        label=_("Rubric"),
        required=False,
        choices=[
            ("", _("by each prompt set's kind")),
            *((kind.value, one.title) for kind, one in PRESETS.items()),
        ],
    )
    emails = forms.CharField(
        label=_("E-mail to"), required=False, help_text=_("Addresses, separated by commas.")
    )

    class Meta:
        model = EvaluationVersion
        fields = OF_VERSION
        widgets = {"template": forms.Textarea(attrs={"rows": 4})}
        labels = {
            "decided_by": _("What the verdict is decided against"),
            "judge": _("Language model that judges"),
            "stops_early": _("Stop early"),
            "cadence": _("Which checkpoints"),
            "every_nth_step": _("Every nth step: n"),
            "cron": _("Timetable"),
            "tokens_a_day": _("Tokens a day at most"),
            "judgments_a_week": _("Judgments a week at most"),
            "seed": _("Seed of the generation"),
            "template": _("Further settings of its studies, as JSON"),
            "webhook_url": _("Webhook"),
            "webhook_key_env": _("Variable that holds the webhook's key"),
        }
        help_texts = {
            "judge": _("Asked in both orders; it may be neither the baseline nor of the series."),
            "template": _('Such as {"consent": "…", "exclusion_rules": {"gold_below": 0.6}}.'),
            "priority": _("From -100 to 100; the highest goes first."),
            "webhook_url": _("At one of WEBHOOK_HOSTS."),
        }

    field_order = ["prompt_sets", "baseline", "decided_by", "margin", "cadence", "every_nth_step", "cron"]
    field_order += ["judged_by", "judge", "ratings_per_comparison", "preset", "stops_early", "template"]
    field_order += ["max_new_tokens", "temperature", "seed", "tokens_a_day", "judgments_a_week", "priority"]
    field_order += ["emails", "webhook_url", "webhook_key_env"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        versions = PromptSetVersion.objects.offered().order_by("prompt_set__slug", "-number")
        self.fields["prompt_sets"].queryset = versions  # type: ignore[attr-defined]
        offered = Checkpoint.objects.filter(archived_at=None).order_by("name")
        able = offered.exclude(source=Checkpoint.Source.IMPORTED)
        self.fields["baseline"].queryset = offered  # type: ignore[attr-defined]
        self.fields["judge"].queryset = able  # type: ignore[attr-defined]
        if self.instance.pk and not self.is_bound:
            self.initial.update(self._of_newest())

    def _of_newest(self) -> dict[str, Any]:
        newest = self.instance
        return {
            "prompt_sets": newest.prompt_sets.all(),
            "margin": round(100 * newest.gate_margin, 6),
            "max_new_tokens": newest.drawn_by.max_new_tokens,
            "temperature": newest.drawn_by.temperature,
            "preset": newest.preset,
            "emails": ", ".join(newest.emails),
        }

    def _post_clean(self) -> None:
        """Nothing here: `planning.check` says all of it, for pages and commands alike."""

    def version(self) -> EvaluationVersion:
        """Raises: ValueError for sampling that makes no sense."""
        values = self.cleaned_data
        sampling = Sampling(temperature=values["temperature"], max_new_tokens=values["max_new_tokens"])
        return EvaluationVersion(
            **{name: values[name] for name in OF_VERSION},
            preset=values["preset"],
            gate_margin=values["margin"] / 100,
            sampling=sampling.to_json(),
            emails=[word.strip() for word in values["emails"].split(",") if word.strip()],
        )

    def save_as(self, plan: Evaluation, actor: Any) -> bool:
        """Whether it was made; if not, the form says why."""
        return self.told(lambda: add_version(plan, self.version(), self.chosen, actor=actor))

    @property
    def chosen(self) -> list[PromptSetVersion]:
        return list(self.cleaned_data["prompt_sets"])

    def told(self, make: Any) -> bool:
        try:
            make()
        except ValueError as error:
            self.add_error(None, str(error))
            return False
        return True


class PlanForm(VersionForm):
    """A new plan: its name and series beside its first version."""

    slug = forms.SlugField(label=_("Name in addresses"), max_length=50)
    title = forms.CharField(label=_("Title"), max_length=200, required=False)
    series = forms.ModelChoiceField(CheckpointSeries.objects.all(), label=_("Series"))

    field_order = ["slug", "title", "series", *VersionForm.field_order]

    def make(self, actor: Any) -> bool:
        values = self.cleaned_data
        return self.told(
            lambda: make_plan(
                values["slug"],
                values["series"],
                self.version(),
                self.chosen,
                title=values["title"],
                actor=actor,
            )
        )


@never_cache
@require_GET
@researchers_only
def plans(request: HttpRequest) -> HttpResponse:
    found = Evaluation.objects.select_related("series").annotate(n=Count("runs"))
    rows = [{"plan": plan, "version": plan.current, "newest": plan.runs.first()} for plan in found]
    return render(request, "dashboards/plans.html", {"rows": rows})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@researchers_only
def new_plan(request: SignedInRequest) -> HttpResponse:
    form = PlanForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and form.make(request.user):
        return redirect("dashboards:plan", form.cleaned_data["slug"])
    context = {"form": form, "series_exist": CheckpointSeries.objects.exists()}
    return render(request, "dashboards/plan_form.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@researchers_only
def edit_plan(request: SignedInRequest, slug: str) -> HttpResponse:
    plan = get_object_or_404(Evaluation, slug=slug)
    form = VersionForm(request.POST or None, instance=plan.current)
    if request.method == "POST" and form.is_valid() and form.save_as(plan, request.user):
        return redirect("dashboards:plan", slug)
    context = {"form": form, "plan": plan, "series_exist": True}
    return render(request, "dashboards/plan_form.html", context, status=422 if form.errors else 200)


@never_cache
@require_GET
@researchers_only
def plan(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Evaluation.objects.select_related("series"), slug=slug)
    runs = found.runs.select_related("checkpoint", "previous", "version__judge")[:100]
    context = {"plan": found, "version": found.current, "versions": found.versions.all(), "runs": runs}
    return render(request, "dashboards/plan.html", context)


@require_POST
@researchers_only
def pause_plan(request: SignedInRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Evaluation, slug=slug)
    paused = request.POST.get("act") == "pause"
    pause(found, paused=paused, actor=request.user)
    messages.success(request, _("The plan is paused.") if paused else _("The plan is on."))
    return redirect("dashboards:plan", slug)
