"""The page on which a researcher sees what is contested, and what senior raters decided about it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from assay.accounts.requests import SignedInRequest
from assay.dashboards.studies.quality import study_for, to_list
from assay.reports.blinding import Arms, arms_for
from raters.access import researchers_only
from raters.models import Enrolment, Judgment, Study
from raters.quality.contested import Dispute, disputes, set_senior


@dataclass(frozen=True)
class Row:
    """A dispute in the reader's names for the arms, and in the order in which they meet them."""

    prompt: str
    pair: str
    first: int
    ties: int
    second: int
    decision: Judgment | None
    decided: str  # the name of what was preferred; "" for a tie


@never_cache
@require_GET
@researchers_only
def contested_of_study(request: SignedInRequest, slug: str) -> HttpResponse:
    study = study_for(request, slug)
    rows = list(rows_of(study, disputes(study), arms_for(study, request.user)))
    seniors = study.enrolments.filter(is_senior=True).select_related("rater").order_by("rater__code")
    decided = [row.decision for row in rows if row.decision]
    changed = sum(decision.supersedes_id is not None for decision in decided)
    context = {"study": study, "rows": rows, "seniors": seniors, "decided": len(decided), "changed": changed}
    return render(request, "dashboards/contested.html", context)


def rows_of(study: Study, found: Sequence[Dispute], arms: Arms) -> Iterator[Row]:
    pairs = study.comparisons.in_bulk([one.comparison for one in found])
    for one in found:
        a, b = pairs[one.comparison].arm_a_id, pairs[one.comparison].arm_b_id
        first, second = ("b", "a") if arms.turns(a, b) else ("a", "b")
        called = {"a": arms.called[a], "b": arms.called[b], "tie": ""}
        yield Row(
            prompt=one.prompt,
            pair=arms.named_pair(a, b),
            first=one.votes[first],
            ties=one.votes["tie"],
            second=one.votes[second],
            decision=one.decision,
            decided=called[one.decision.preference] if one.decision else "",
        )


@require_POST
@researchers_only
def make_senior(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Makes a rater senior in this study, or a senior rater a rater like others."""
    enrolment = get_object_or_404(Enrolment, study=study_for(request, slug), pk=pk)
    set_senior(enrolment, not enrolment.is_senior, request.user)
    return to_list(request, "study_raters", slug)
