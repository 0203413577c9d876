"""The pages of a senior rater: what is contested, decided blind; then the votes, to keep the decision or change it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from raters.access import assignment_of, raters_only, study_of
from raters.care.welfare import rests_until
from raters.models import Assignment, Enrolment, Rater
from raters.quality import contested


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@raters_only
def contested_comparisons(request: HttpRequest, rater: Rater, public_id: str) -> HttpResponse:
    """How many wait for this senior rater; the button leads to the next one, on the page where all is judged."""
    study = study_of(rater, public_id)
    enrolments = Enrolment.objects.select_related("study", "rater")
    place = get_object_or_404(enrolments, study=study, rater=rater, is_senior=True)
    if request.method == "POST" and (assignment := contested.claim_contested(rater, study)):
        return redirect("raters:judge", token=assignment.token)
    mine = Assignment.objects.filter(
        rater=rater, comparison__study=study, purpose=Assignment.Purpose.ADJUDICATION
    )
    held = mine.filter(state=Assignment.State.LEASED).count()
    context = {
        "study": study,
        "waiting": held + len(contested.waiting_for(place)),
        "rests_until": rests_until(rater, study),
        "decided": mine.filter(state=Assignment.State.DONE).order_by("-pk"),
    }
    return render(request, "raters/contested.html", context)


@never_cache
@require_GET
@raters_only
def votes(request: HttpRequest, rater: Rater, token: str) -> HttpResponse:
    """What the raters said. Before the senior rater has decided, this page is not there."""
    assignment = assignment_of(rater, token)
    try:
        shown = contested.votes_on(assignment)
    except ValueError as error:
        raise Http404 from error
    mine = assignment.judgments.current().get()
    context = {
        "study": assignment.comparison.study,
        "token": assignment.token,
        "votes": shown,
        "mine": contested.letter(mine.preference, assignment),
        "changed": mine.supersedes_id is not None,
    }
    return render(request, "raters/votes.html", context)
