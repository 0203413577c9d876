"""The pages of series: the places they watch, what was found there, what was refused, and the timeline."""

from typing import Any

from django import forms
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from assay.accounts.requests import SignedInRequest
from assay.dashboards.evaluations.timelines import shown_timelines
from assay.evaluations.changes import changed_most, hidden_from
from assay.evaluations.models import EvaluationRun
from generation.models import CheckpointSeries, Sighting
from generation.series import DTYPES, watch
from raters.access import researchers_only
from raters.desk.rendering import render as render_text

NEWEST = 50


class WatchForm(forms.Form):
    slug = forms.SlugField(label=_("Name in addresses"), max_length=50)
    title = forms.CharField(label=_("Title"), max_length=200, required=False)
    uri = forms.CharField(
        label=_("Place to watch"),
        max_length=1000,
        required=False,
        help_text=_(
            "A folder under CHECKPOINT_ROOTS, or gs://, s3://, hf:// under CHECKPOINT_PLACES. Empty: none."
        ),
    )
    every_s = forms.IntegerField(label=_("Seconds between two looks"), min_value=1, initial=15)
    dtype = forms.ChoiceField(
        label=_("What they compute in"), choices=[(name, name) for name in DTYPES], initial="float32"
    )

    def save(self, actor: Any) -> CheckpointSeries | None:
        """None where the place cannot be watched: the form then says why."""
        values = dict(self.cleaned_data)
        try:
            return watch(values.pop("slug"), values.pop("uri"), **values, actor=actor)
        except ValueError as error:
            self.add_error("uri", str(error))
            return None


@never_cache
@require_GET
@researchers_only
def series_list(request: HttpRequest) -> HttpResponse:
    refused = Count("sightings", filter=Q(sightings__status=Sighting.Status.REFUSED), distinct=True)
    rows = CheckpointSeries.objects.annotate(refused=refused, n=Count("checkpoints", distinct=True))
    return render(request, "dashboards/series_list.html", {"rows": rows.order_by("slug")})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@researchers_only
def new_series(request: SignedInRequest) -> HttpResponse:
    return _watched(request, WatchForm(request.POST or None), None)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@researchers_only
def watch_series(request: SignedInRequest, slug: str) -> HttpResponse:
    series = get_object_or_404(CheckpointSeries, slug=slug)
    now = {"slug": slug, "title": series.title, "uri": series.watch_uri, "dtype": series.watch_dtype}
    data = {**request.POST.dict(), "slug": slug} if request.method == "POST" else None
    form = WatchForm(data, initial=now | {"every_s": series.look_every_s})
    form.fields["slug"].disabled = True
    return _watched(request, form, series)


def _watched(request: SignedInRequest, form: WatchForm, series: CheckpointSeries | None) -> HttpResponse:
    if request.method == "POST" and form.is_valid() and (saved := form.save(request.user)):
        return redirect("dashboards:series", saved.slug)
    context = {"form": form, "series": series}
    return render(request, "dashboards/watch_series.html", context, status=422 if form.errors else 200)


@never_cache
@require_GET
@researchers_only
def series(request: SignedInRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(CheckpointSeries, slug=slug)
    sightings = found.sightings.select_related("checkpoint")
    context = {
        "series": found,
        "timelines": shown_timelines(found, request.user),
        "checkpoints": found.checkpoints.order_by("-step", "-pk")[:NEWEST],
        "refused": sightings.filter(status=Sighting.Status.REFUSED)[:NEWEST],
        "under_way": sightings.filter(status__in=["watched", "ready", "describing"]),
        "changed": sightings.filter(status=Sighting.Status.REGISTERED).exclude(reason=""),
    }
    return render(request, "dashboards/series.html", context)


@never_cache
@require_GET
@researchers_only
def changes(request: SignedInRequest, slug: str, old: int, new: int) -> HttpResponse:
    """What the new checkpoint lost that the old one had won, over the same prompts of one plan."""
    runs = EvaluationRun.objects.filter(evaluation__series__slug=slug).select_related(
        "checkpoint", "evaluation__series"
    )
    decided = runs.exclude(verdict=None)  # before a verdict nobody is told how it goes
    before, after = get_object_or_404(decided, pk=old), get_object_or_404(decided, pk=new)
    if before.evaluation_id != after.evaluation_id:
        raise Http404
    others = decided.filter(evaluation=after.evaluation_id).exclude(pk__in=[old, new])
    changed = changed_most(before, after, request.user)
    hidden = hidden_from(request.user, changed)
    rows = [
        {
            "change": change,
            "prompt": change.later.prompt,
            "turns": [render_text(turn) for turn in change.later.prompt.turns],
            "texts": [_text(response, hidden) for response in change.responses],
        }
        for change in changed
    ]
    context = {
        "old": before,
        "new": after,
        "rows": rows,
        "others": others.order_by("checkpoint__step", "checkpoint__pk"),
    }
    return render(request, "dashboards/changes.html", context)


def _text(response: Any, hidden: set[int]) -> Any:
    """None for one that a study still shows without its name: whoever read it here would know it again there."""
    return None if response.pk in hidden else render_text("\n\n".join(response.turns))
