"""The page on which a study's results are read: the newest report, and each rater's tallies beside it."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from assay.accounts.requests import SignedInRequest
from assay.dashboards.paging import place_in
from assay.dashboards.results.summary import results_of
from assay.dashboards.studies.quality import study_for
from assay.reports.behind.counting import NOBODY_LEFT_OUT, rules_leave_out
from assay.reports.blinding import Arms, arms_for
from assay.reports.models import RaterTally, ReportFailure
from assay.reports.told_groups import groups_of
from raters.access import researchers_only
from raters.models import Study

RATERS = 50


@dataclass(frozen=True)
class OfRater:
    """One rater's judgments of one pair, in the order in which the reader meets its arms.

    left_out: the rule by which the headline does without them; empty where it does not.
    """

    code: str
    pair: str
    behind: str
    left_out: str
    n: int
    wins: int
    ties: int
    losses: int
    left: int
    decided: int


@never_cache
@require_GET
@researchers_only
def results(request: SignedInRequest, slug: str) -> HttpResponse:
    study = study_for(request, slug)
    after = request.GET.get("raters", "")
    rows = tallies_after(study, place_in(after))
    arms, left_out = arms_for(study, request.user), rules_leave_out(study)
    context = {
        "study": study,
        "results": results_of(study, request.user),
        "failed_at": ReportFailure.time_of(study),
        "groups": groups_of(study, arms) if study.about_raters else [],
        "raters": [of_rater(row, arms, left_out.get(row.rater.code, "")) for row in rows[:RATERS]],
        "more_raters": rows[RATERS - 1].pk if len(rows) > RATERS else None,
    }
    return render(request, "dashboards/results.html", context)


def tallies_after(study: Study, start: int) -> list[RaterTally]:
    found = RaterTally.objects.filter(study=study, pk__gt=start).select_related("rater").order_by("pk")
    return list(found[: RATERS + 1])


def of_rater(row: RaterTally, arms: Arms, left_out: str) -> OfRater:
    asked = {"pair": arms.key(row.arm_a_id, row.arm_b_id), "rater": row.rater.code}
    asked |= {"counted": NOBODY_LEFT_OUT} if left_out else {}
    wins, losses = row.wins, row.losses
    if arms.turns(row.arm_a_id, row.arm_b_id):
        wins, losses = losses, wins
    return OfRater(
        code=row.rater.code,
        pair=arms.named_pair(row.arm_a_id, row.arm_b_id),
        behind="?" + urlencode(asked),
        left_out=left_out,
        n=row.n,
        wins=wins,
        ties=row.ties,
        losses=losses,
        left=row.left_wins + row.right_losses,
        decided=wins + losses,
    )
