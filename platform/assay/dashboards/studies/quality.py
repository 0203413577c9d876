"""The page on which a researcher watches the quality of judgments, rater by rater."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from assay.accounts.requests import SignedInRequest
from assay.reports.blinding import arms_for
from assay.reports.kept_quality import shown_quality
from raters.access import may_change, researchers_only
from raters.models import Enrolment, Study
from raters.quality.influence import all_told
from raters.quality.measures import RaterQuality, Share
from raters.quality.order_checks import OrderCheck, checks_of
from raters.quality.pausing import pause, release
from raters.studies.exclusions import left_out_by
from raters.studies.unblinding import sources_of
from raters.way_in.probe import blinding

A_PAGE, MOST_TOLD = 50, 10  # raters, and influences, on the page


def study_for(request: SignedInRequest, slug: str) -> Study:
    """A study that this person may see, or change where that is what they are about."""
    reads = request.method in {"GET", "HEAD"}
    allowed = Study.objects.for_user if reads else Study.objects.for_editor
    return get_object_or_404(allowed(request.user), slug=slug)


def to_list(request: SignedInRequest, name: str, slug: str) -> HttpResponse:
    """Back to a study's long list, at the page on which the form stood."""
    page = request.GET.get("page", "")
    at = f"?page={page}" if page.isdecimal() else ""
    return redirect(reverse(f"dashboards:{name}", args=[slug]) + at)


@never_cache
@require_GET
@researchers_only
def study_raters(request: SignedInRequest, slug: str) -> HttpResponse:
    study = study_for(request, slug)
    quality, arms = shown_quality(study), arms_for(study, request.user)
    page = Paginator(study.enrolments.select_related("rater").order_by("rater__code"), A_PAGE).get_page(
        request.GET.get("page")
    )
    guessed = sources_of(study) if arms.is_blind else arms.called
    context = {"study": study, "page": page, "blinding": blinding(study, guessed), "is_blind": arms.is_blind}
    context["rows"] = rows_of(study, page, quality.figures)
    checks = checks_of(quality.drawn, arms.called, arms.pair)
    context |= {"orders": beside(page, checks), "telling": [one for one in checks if one.tells]}
    context |= {"repeats": repeats_of(quality.figures)}
    context |= {"made_at": quality.made_at, "windows": quality.windows, "most": MOST_TOLD}
    context["changes"] = may_change(study, request.user)
    context["influences"] = all_told(quality.influences, arms.called, arms.pair, MOST_TOLD)
    return render(request, "dashboards/raters.html", context)


def rows_of(
    study: Study, enrolments: Iterable[Enrolment], found: Sequence[RaterQuality]
) -> list[dict[str, Any]]:
    """Each enrolled rater with their figures, where there are any, and the rule that leaves them out, if one does."""
    figures, excluded = {one.rater: one for one in found}, left_out_by(study.exclusion_rules, found)
    return [
        {
            "enrolment": row,
            "quality": figures.get(row.rater.code),
            "excluded": excluded.get(row.rater.code, ""),
        }
        for row in enrolments
    ]


def beside(enrolments: Iterable[Enrolment], checks: Iterable[OrderCheck]) -> list[OrderCheck]:
    """The checks of these raters, and of pairs of arms."""
    codes = {row.rater.code for row in enrolments}
    return [one for one in checks if one.what == "pair" or one.of in codes]


def repeats_of(found: Sequence[RaterQuality]) -> Share:
    """Planned repeats that were answered alike, of all raters together."""
    shares = [one.shares["self_agreement"] for one in found]
    return Share(sum(one.k for one in shares), sum(one.n for one in shares))


@require_POST
@researchers_only
def pause_rater(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Pauses one who is at work, releases one who is paused."""
    study = get_object_or_404(Study.objects.for_editor(request.user), slug=slug)
    enrolment = get_object_or_404(Enrolment, study=study, pk=pk)
    act = release if enrolment.status == Enrolment.Status.PAUSED else pause
    try:
        act(enrolment, request.POST.get("reason", ""), request.user)
    except ValueError as error:
        messages.error(request, str(error))
    return to_list(request, "study_raters", slug)
