"""The page on which a study's results are read: the newest report, and each rater's tallies beside it."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from assay.accounts.requests import SignedInRequest
from assay.dashboards.results.comparing import named_pair
from assay.dashboards.results.groups import groups_of
from assay.dashboards.results.summary import results_of
from assay.dashboards.studies.quality import study_for
from assay.reports.blinding import Arms, arms_for
from assay.reports.models import RaterTally
from raters.access import researchers_only
from raters.models import Study

RATERS = 50


@dataclass(frozen=True)
class OfRater:
    """One rater's judgments of one pair, in the order in which the reader meets its arms."""

    code: str
    pair: str
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
    rows = tallies_after(study, int(after) if after.isdecimal() and len(after) < 19 else 0)
    arms = arms_for(study, request.user)
    context = {
        "study": study,
        "results": results_of(study, request.user),
        "groups": groups_of(study, arms) if study.about_raters else [],
        "raters": [of_rater(row, arms) for row in rows[:RATERS]],
        "more_raters": rows[RATERS - 1].pk if len(rows) > RATERS else None,
    }
    return render(request, "dashboards/results.html", context)


def tallies_after(study: Study, start: int) -> list[RaterTally]:
    found = RaterTally.objects.filter(study=study, pk__gt=start).select_related("rater").order_by("pk")
    return list(found[: RATERS + 1])


def of_rater(row: RaterTally, arms: Arms) -> OfRater:
    wins, losses = row.wins, row.losses
    if arms.turns(row.arm_a_id, row.arm_b_id):
        wins, losses = losses, wins
    return OfRater(
        code=row.rater.code,
        pair=named_pair(arms, row.arm_a_id, row.arm_b_id),
        n=row.n,
        wins=wins,
        ties=row.ties,
        losses=losses,
        left=row.left_wins + row.right_losses,
        decided=wins + losses,
    )
