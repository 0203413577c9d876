"""Looking through a checkpoint's responses: filters from the address, pages by position, texts made safe."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from assay.accounts.requests import SignedInRequest
from assay.dashboards.paging import place_in
from assay.dashboards.prompts.browsing import ANY, LENGTHS
from generation.fitting import categories_of, fitting_places, most_turns_of
from generation.models import Checkpoint, Response, RunResponse
from promptsets.models import PromptSetVersion
from raters.access import researchers_only
from raters.desk.rendering import render as safe
from raters.studies.unblinding import blind_runs, texts_in

PAGE = 20


class ResponseFilter(forms.Form):
    """What the address may ask for. A value that is not offered is told, and filters nothing."""

    q = forms.CharField(label=_("Text of the response"), required=False, max_length=200, strip=False)
    prompt_set = forms.ChoiceField(label=_("Prompt set"), required=False)
    category = forms.ChoiceField(label=_("Category"), required=False)
    finish = forms.ChoiceField(
        label=_("Ended by"), required=False, choices=[ANY, *Response.FinishReason.choices]
    )
    status = forms.ChoiceField(label=_("Status"), required=False, choices=[ANY, *Response.Status.choices])
    length = forms.ChoiceField(
        label=_("Length of the response"), required=False, choices=[ANY, *LENGTHS.items()]
    )

    def __init__(self, checkpoint: Checkpoint, data: Any) -> None:
        super().__init__(data)
        versions = PromptSetVersion.objects.filter(runs__checkpoint=checkpoint).select_related("prompt_set")
        self.versions = {str(version): version for version in versions.distinct()}
        known = list(self.versions.values())
        self.most_turns = most_turns_of(known)
        offered = {"prompt_set": list(self.versions), "category": categories_of(known)}
        for name, values in offered.items():
            self.fields[name].choices = [ANY, *((value, value) for value in values)]  # type: ignore[attr-defined]

    def asked(self) -> dict[str, str]:
        """The valid filters that are set."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


@dataclass(frozen=True)
class Explored:
    """One response in its place in a run, as the page shows it."""

    place: RunResponse
    prompt: list[SafeString]
    turns: list[SafeString]


@dataclass(frozen=True)
class Page:
    """Some responses, and the addresses of the pages around; "" where there is none."""

    responses: list[Explored]
    first: str
    following: str


@never_cache
@require_GET
@researchers_only
def responses(request: SignedInRequest, pk: int) -> HttpResponse:
    checkpoint = get_object_or_404(Checkpoint, pk=pk)
    form = ResponseFilter(checkpoint, request.GET)
    blind = blind_runs(request.user)
    context: dict[str, Any] = {
        "checkpoint": checkpoint,
        "form": form,
        "asked": form.asked(),
        "page": page_of(checkpoint, form, blind, request.GET.get("after", "")),
        "kept_back": checkpoint.runs.filter(pk__in=blind).exists(),
    }
    return render(request, "dashboards/responses.html", context)


def page_of(checkpoint: Checkpoint, form: ResponseFilter, blind: Iterable[int], after: str) -> Page:
    start = place_in(after)
    found = places_of(checkpoint, form, blind).filter(pk__gt=start).order_by("pk")
    places = list(
        found.select_related("response", "prompt", "run__prompt_set_version__prompt_set")[: PAGE + 1]
    )
    asked, more = form.asked(), len(places) > PAGE
    places = places[:PAGE]
    following = "?" + urlencode({**asked, "after": places[-1].pk}) if more else ""
    return Page([explored(place) for place in places], "?" + urlencode(asked) if start else "", following)


def places_of(checkpoint: Checkpoint, form: ResponseFilter, blind: Iterable[int]) -> QuerySet[RunResponse]:
    """The checkpoint's filled places that fit the filters, without texts that blind runs hold, in whichever run."""
    asked = form.asked()
    found = RunResponse.objects.filter(run__checkpoint=checkpoint, response__isnull=False)
    if blind:
        found = found.exclude(response__in=texts_in(blind))
    if "prompt_set" in asked:
        found = found.filter(run__prompt_set_version=form.versions[asked["prompt_set"]])
    return fitting_places(found, asked, form.most_turns)


def explored(place: RunResponse) -> Explored:
    turns = place.response.turns if place.response else []
    return Explored(place, [safe(turn) for turn in place.prompt.turns], [safe(turn) for turn in turns])
