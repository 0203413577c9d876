"""The page on which a run is started: looked at first, with what it will take, then begun."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from assay.accounts.requests import SignedInRequest
from generation.estimating import RunEstimate, estimate
from generation.models import Checkpoint, GenerationRun
from generation.runs import check_can_be_generated, plan_run
from generation.sampling import Sampling
from promptsets.models import PromptSetVersion
from raters.access import researchers_only


class RunForm(forms.Form):
    """What decides a run's texts."""

    checkpoint = forms.ModelChoiceField(Checkpoint.objects.none(), label=_("Checkpoint"))
    prompt_set = forms.ModelChoiceField(PromptSetVersion.objects.none(), label=_("Prompt set"))
    max_new_tokens = forms.IntegerField(
        label=_("Tokens of a reply, at most"), min_value=1, max_value=2**31 - 1, initial=256
    )
    temperature = forms.FloatField(label=_("Temperature"), min_value=0, initial=0)
    top_p = forms.FloatField(label=_("Top p"), initial=1)
    top_k = forms.IntegerField(label=_("Top k"), initial=0, min_value=0, max_value=2**31 - 1)
    seed = forms.IntegerField(label=_("Seed"), initial=0, min_value=0, max_value=2**32 - 1)
    samples = forms.IntegerField(
        label=_("Samples of each prompt"), initial=1, min_value=1, max_value=GenerationRun.MOST_SAMPLES
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["checkpoint"].queryset = can_answer()  # type: ignore[attr-defined]
        self.fields["prompt_set"].queryset = PromptSetVersion.objects.offered()  # type: ignore[attr-defined]

    def asked(self) -> dict[str, Any]:
        """The arguments of `estimate` and `plan_run`. Raises: ValueError for what nobody here could draw."""
        values = self.cleaned_data
        names = ("temperature", "top_k", "top_p", "max_new_tokens")
        sampling = Sampling(**{name: values[name] for name in names})
        chance = {"seed": values["seed"], "samples": values["samples"]}
        check_can_be_generated(values["checkpoint"], sampling, **chance)
        return {
            "checkpoint": values["checkpoint"],
            "version": values["prompt_set"],
            "sampling": sampling,
            **chance,
        }


def can_answer() -> QuerySet[Checkpoint]:
    return Checkpoint.objects.exclude(source=Checkpoint.Source.IMPORTED).filter(archived_at=None)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@researchers_only
def new_run(request: SignedInRequest) -> HttpResponse:
    """Nothing is made before "Start it" is pressed under what the run will take."""
    form = RunForm(request.POST or None, initial=request.GET.dict())
    looked_at: RunEstimate | None = None
    if request.method == "POST" and form.is_valid():
        try:
            asked = form.asked()
            if "start" in request.POST:
                return redirect("dashboards:run", plan_run(**asked, actor=request.user).pk)
            looked_at = estimate(**asked)
        except ValueError as error:
            form.add_error(None, str(error))
    context = {"form": form, "estimate": looked_at, "checkpoints": can_answer().exists()}
    return render(request, "dashboards/new_run.html", context, status=422 if form.errors else 200)
