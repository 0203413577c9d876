"""The page of the comparisons behind a study's numbers, and the same as a file."""

from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlencode

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from assay.accounts.models import User
from assay.accounts.requests import SignedInRequest
from assay.dashboards.results.comparing import PAGE, ComparisonFilter, page_of
from assay.dashboards.studies.quality import study_for
from assay.reports.behind.asking import Asked
from assay.reports.behind.comparisons import fitting_comparisons
from assay.reports.behind.showing import Shown, shown
from assay.reports.blinding import arms_for
from assay.takeaway.pseudonyms import Pseudonyms
from promptsets.audit import audited
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
OF_VOTE = ("preferred", "side_of_first", "strength", "both_bad", "comment", "why_not")


@never_cache
@require_GET
@researchers_only
def comparisons(request: SignedInRequest, slug: str) -> HttpResponse:
    study = study_for(request, slug)
    arms = arms_for(study, request.user)
    form = ComparisonFilter(study, arms, request.GET)
    asked = form.asking()
    page = page_of(asked, request.user, request.GET.get("after", ""))
    context = {"study": study, "form": form, "page": page, "asked": asked.filters}
    context |= {"query": urlencode(asked.filters), "number": asked.counting.called}
    return render(request, "dashboards/comparisons.html", context)


@never_cache
@require_GET
@researchers_only
def comparisons_file(request: SignedInRequest, slug: str) -> StreamingHttpResponse:
    """A row for each vote on a comparison that fits the filters; `why_not` is empty where it counts in the number."""
    study = study_for(request, slug)
    arms = arms_for(study, request.user)
    asked = ComparisonFilter(study, arms, request.GET).asking()
    detail = {"kind": "comparisons", "filters": sorted(asked.filters)}  # a filter's value may name a rater
    audited.send(Study, actor=request.user, action="export.opened", target=study, detail=detail)
    found = lines(asked, request.user)
    answer = StreamingHttpResponse(found, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{study.slug}-comparisons.csv"'
    return answer


def lines(asked: Asked, user: User) -> Iterator[bytes]:
    yield record([*COLUMNS, "rater", *OF_VOTE, "safety_labels"])
    found = fitting_comparisons(asked).values_list("pk", flat=True).iterator(chunk_size=PAGE * 10)
    while some := list(islice(found, PAGE * 10)):
        for one in shown(asked.counting, asked.arms, user, some):
            yield from votes_of(one, Pseudonyms(asked.study))


def votes_of(one: Shown, names: Pseudonyms) -> Iterator[bytes]:
    texts = ["\n\n".join(turns) for turns in (one.prompt, *one.responses)]
    shared = [one.key, one.category, one.hazard_called, texts[0], one.first, one.second, *texts[1:]]
    for vote in one.votes:
        said = (getattr(vote, name) for name in OF_VOTE)
        rater = names("rater", vote.rater) if vote.rater else ""  # nobody judged what is a tie by definition
        yield record([*shared, rater, *said, "; ".join(map(str, vote.labels))])
