"""Two checkpoints side by side on one prompt: texts made safe, what differs marked, the prompts around it."""

from dataclasses import dataclass
from itertools import zip_longest
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from assay.accounts.requests import SignedInRequest
from generation.models import Checkpoint, Response
from promptsets.models import Prompt, PromptSetVersion
from raters.access import researchers_only
from raters.desk.rendering import render as safe
from raters.desk.word_diff import Diff, diff
from raters.studies.unblinding import blind_runs

SIDES = ("a", "b")


class SidesForm(forms.Form):
    """Which checkpoints, on which prompt; all of it stands in the address."""

    a = forms.ModelChoiceField(Checkpoint.objects.none(), label=_("Left"))
    b = forms.ModelChoiceField(Checkpoint.objects.none(), label=_("Right"))
    prompt_set = forms.ModelChoiceField(PromptSetVersion.objects.none(), label=_("Prompt set"))
    prompt = forms.CharField(label=_("Key of the prompt (empty: the first)"), required=False, max_length=200)
    differences = forms.BooleanField(label=_("Mark the words that differ"), required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data if any(name in data for name in SIDES) else None, initial=data.dict())
        answered = Checkpoint.objects.filter(runs__isnull=False).distinct()
        versions = PromptSetVersion.objects.filter(runs__isnull=False).distinct()
        for name in SIDES:
            self.fields[name].queryset = answered  # type: ignore[attr-defined]
        related = versions.select_related("prompt_set").order_by("-pk")
        self.fields["prompt_set"].queryset = related  # type: ignore[attr-defined]

    def chosen_prompt(self) -> Prompt | None:
        """The prompt asked for; with a key that the set does not have, none, and the form says so."""
        prompts = self.cleaned_data["prompt_set"].prompts.order_by("position")
        key = self.cleaned_data["prompt"]
        found: Prompt | None = (prompts.filter(key=key) if key else prompts).first()
        if found is None:
            self.add_error("prompt", _("There is no such prompt in this set."))
        return found


@dataclass(frozen=True)
class Answer:
    """One of a checkpoint's responses to the prompt; `address` shows it in place of the one shown now."""

    response: Response
    address: str
    is_shown: bool


@dataclass(frozen=True)
class Side:
    """One checkpoint's part of the page. `kept_back`: there is a response whose writer may not be known yet."""

    checkpoint: Checkpoint
    answers: list[Answer]
    kept_back: bool
    turns: list[SafeString]

    @property
    def shown(self) -> Response | None:
        return next((answer.response for answer in self.answers if answer.is_shown), None)


@never_cache
@require_GET
@researchers_only
def side_by_side(request: SignedInRequest) -> HttpResponse:
    form = SidesForm(request.GET)
    context: dict[str, Any] = {"form": form}
    if form.is_bound and form.is_valid() and (prompt := form.chosen_prompt()):
        sides = sides_of(request, form, prompt)
        context |= {"prompt": prompt, "version": form.cleaned_data["prompt_set"], "sides": sides}
        context["turns"] = [safe(turn) for turn in prompt.turns]
        context |= {"before": beside(request, prompt, -1), "after": beside(request, prompt, 1)}
        if form.cleaned_data["differences"]:
            context["diffs"] = differences(*(side.shown for side in sides))
    return render(request, "dashboards/side_by_side.html", context, status=422 if form.errors else 200)


def sides_of(request: SignedInRequest, form: SidesForm, prompt: Prompt) -> list[Side]:
    blind = blind_runs(request.user)
    return [side_of(request, name, form.cleaned_data[name], prompt, blind) for name in SIDES]


def side_of(
    request: SignedInRequest, name: str, checkpoint: Checkpoint, prompt: Prompt, blind: set[int]
) -> Side:
    """The checkpoint's responses to the very text, from whichever set; the newest, unless the address names one."""
    responses = Response.objects.filter(checkpoint=checkpoint, prompt_sha256=prompt.text_sha256)
    hidden = responses.filter(run_items__run__in=blind)
    open_ones = list(responses.exclude(pk__in=hidden.values("pk")).order_by("-created_at", "sample", "-pk"))
    asked = request.GET.get(f"response_{name}", "")
    chosen = next((one for one in open_ones if str(one.pk) == asked), open_ones[0] if open_ones else None)
    answers = [
        Answer(one, address_with(request, **{f"response_{name}": one.pk}), one == chosen) for one in open_ones
    ]
    return Side(checkpoint, answers, hidden.exists(), [safe(turn) for turn in chosen.turns] if chosen else [])


def differences(left: Response | None, right: Response | None) -> list[Diff]:
    """Turn by turn; none where one side shows nothing."""
    if left is None or right is None:
        return []
    return [diff(*turns) for turns in zip_longest(left.turns, right.turns, fillvalue="")]


def beside(request: SignedInRequest, prompt: Prompt, step: int) -> str:
    """The address of the prompt before or after; "" at the ends of the set."""
    prompts = Prompt.objects.filter(version=prompt.version_id)
    if step > 0:
        found = prompts.filter(position__gt=prompt.position).order_by("position").first()
    else:
        found = prompts.filter(position__lt=prompt.position).order_by("-position").first()
    return address_with(request, prompt=found.key, response_a="", response_b="") if found else ""


def address_with(request: SignedInRequest, **changes: object) -> str:
    values = {**request.GET.dict(), **changes}
    return "?" + urlencode({name: value for name, value in values.items() if value != ""})
