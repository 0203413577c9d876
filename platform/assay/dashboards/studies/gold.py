"""The page on which gold comparisons are made: either response first by lot, so that its place tells nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from assay.accounts.requests import SignedInRequest
from assay.dashboards.studies.quality import study_for, to_list
from assay.reports.behind.showing import turns_of
from raters.access import may_change, researchers_only
from raters.comparisons.gold import make_gold
from raters.comparisons.leaning import leaning
from raters.comparisons.lots import keyed
from raters.desk.rendering import shown_text
from raters.models import Comparison, Study

A_PAGE = 20
VERDICTS = {"first": _("the first is better"), "same": _("the same"), "second": _("the second is better")}


@dataclass(frozen=True)
class Choice:
    """A comparison as it stands on the page, to whoever reads it; `verdict` is empty until it is gold."""

    pk: int
    key: str
    prompt: tuple[str, ...]
    first: tuple[str, ...]
    second: tuple[str, ...]
    verdict: str | Promise
    reason: str


@never_cache
@require_GET
@researchers_only
def gold(request: SignedInRequest, slug: str) -> HttpResponse:
    study = study_for(request, slug)
    rows = study.comparisons.select_related("prompt", "response_a", "response_b").order_by("pk")
    unjudged = rows.filter(kind=Comparison.Kind.REGULAR, status=Comparison.Status.OPEN)
    unjudged = unjudged.exclude(assignments__judgments__isnull=False)
    page = Paginator(unjudged, A_PAGE).get_page(request.GET.get("page"))
    context = {"study": study, "page": page, "choices": list(choices(study, page))}
    context |= {"gold": list(choices(study, rows.gold())), "verdicts": VERDICTS, "leaning": leaning(study)}
    context["changes"] = may_change(study, request.user)
    return render(request, "dashboards/gold.html", context)


def choices(study: Study, rows: Iterable[Comparison]) -> Iterator[Choice]:
    for row in rows:
        texts = turns_of(row.response_a), turns_of(row.response_b)
        first, second = texts if a_is_first(study, row) else texts[::-1]
        prompt = tuple(map(shown_text, row.prompt.turns))
        verdict = VERDICTS[seen(study, row, row.gold_preference)] if row.gold_preference else ""
        yield Choice(row.pk, row.prompt.key, prompt, first, second, verdict, row.gold_reason)


def a_is_first(study: Study, row: Comparison) -> bool:
    """Drawn between the two arms, whichever is the candidate; for everybody alike, those who know the arms among them.

    A right verdict is a matter of the texts.
    """
    return (keyed(study, "gold page", row.pk) % 2 == 0) == (row.arm_a_id < row.arm_b_id)


def letters(study: Study, row: Comparison) -> dict[str, str]:
    """What a verdict on the page says of the comparison's own a and b."""
    first, second = ("a", "b") if a_is_first(study, row) else ("b", "a")
    return {"first": first, "same": "tie", "second": second}


def seen(study: Study, row: Comparison, preference: str) -> str:
    return next(said for said, letter in letters(study, row).items() if letter == preference)


@require_POST
@researchers_only
def add_gold(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    study = get_object_or_404(Study.objects.for_editor(request.user), slug=slug)
    comparison = get_object_or_404(Comparison, study=study, pk=pk)
    verdict = letters(study, comparison).get(request.POST.get("verdict", ""), "")
    try:
        make_gold(comparison, verdict, request.POST.get("reason", ""), request.user)
    except ValueError as error:
        messages.error(request, str(error))
    return to_list(request, "gold", slug)
