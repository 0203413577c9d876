"""The page of the comparisons behind a study's numbers, and the same as a file."""

from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlencode

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from assay.accounts.requests import SignedInRequest
from assay.dashboards.results.comparing import PAGE, ComparisonFilter, Shown, fitting_tallies, page_of, shown
from assay.dashboards.studies.quality import study_for
from assay.reports.blinding import Arms, arms_for
from promptsets.exporting import record
from raters.access import researchers_only
from raters.models import Study

COLUMNS = (
    "prompt_id",
    "category",
    "hazard",
    "prompt",
    "first",
    "second",
    "first_response",
    "second_response",
)
OF_VOTE = ("rater", "preferred", "side_of_first", "strength", "both_bad", "comment")


@never_cache
@require_GET
@researchers_only
def comparisons(request: SignedInRequest, slug: str) -> HttpResponse:
    study = study_for(request, slug)
    arms = arms_for(study, request.user)
    form = ComparisonFilter(study, arms, request.GET)
    page = page_of(study, arms, form, request.GET.get("after", ""))
    context = {"study": study, "form": form, "page": page, "asked": form.asked()}
    context["query"] = urlencode(form.asked())
    return render(request, "dashboards/comparisons.html", context)


@never_cache
@require_GET
@researchers_only
def comparisons_file(request: SignedInRequest, slug: str) -> StreamingHttpResponse:
    """A row for each vote on a comparison that fits the filters."""
    study = study_for(request, slug)
    arms = arms_for(study, request.user)
    found = lines(study, arms, ComparisonFilter(study, arms, request.GET))
    answer = StreamingHttpResponse(found, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{study.slug}-comparisons.csv"'
    return answer


def lines(study: Study, arms: Arms, form: ComparisonFilter) -> Iterator[bytes]:
    yield record([*COLUMNS, *OF_VOTE])
    tallies = fitting_tallies(study, arms, form).iterator(chunk_size=PAGE * 10)
    while some := list(islice(tallies, PAGE * 10)):
        for one in shown(study, arms, some):
            yield from votes_of(one)


def votes_of(one: Shown) -> Iterator[bytes]:
    texts = ["\n\n".join(turns) for turns in (one.prompt, *one.responses)]
    shared = [one.key, one.category, one.hazard, texts[0], one.first, one.second, *texts[1:]]
    for vote in one.votes:
        yield record([*shared, *(getattr(vote, name) for name in OF_VOTE)])
