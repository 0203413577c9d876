"""Where a rater goes after an answer: the next comparison, which the page may have fetched ahead, under a lease."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from raters import judging
from raters.access import assignment_of, raters_only, study_of
from raters.assignment import claim_ahead, claim_next
from raters.care.welfare import is_covered
from raters.desk.drafts import seconds_left
from raters.desk.forms import AnswerForm
from raters.desk.page import judging_page
from raters.models import Assignment, Enrolment, Rater, Study
from raters.way_in.steps import BEFORE_WORK

BY_SCRIPT = "HTTP_X_BY_SCRIPT"


@never_cache
@require_GET
@raters_only
def next_comparison(request: HttpRequest, rater: Rater, public_id: str) -> HttpResponse:
    found = where_next(rater, study_of(rater, public_id))
    return redirect("raters:judge", token=found.token) if isinstance(found, Assignment) else redirect(found)


def where_next(rater: Rater, study: Study) -> Assignment | str:
    """The comparison that the rater holds from now on, or the address of the page that stands in its place."""
    if found := claim_next(rater, study):
        return found
    enrolment = study.enrolments.get(rater=rater)
    arriving = enrolment.status == Enrolment.Status.ACTIVE and enrolment.step in BEFORE_WORK
    if arriving or enrolment.status == Enrolment.Status.SCREENED_OUT:
        return reverse("raters:way_in", args=[study.public_id])
    if enrolment.status == Enrolment.Status.FINISHED:
        return reverse("raters:completed", args=[study.public_id])
    return reverse("raters:done", args=[study.public_id])


def after(request: HttpRequest, assignment: Assignment, receipt: judging.Receipt) -> HttpResponse:
    """On to the next comparison, or to a page that says that this answer came too late to count.

    A script is told the address alone, and whether it may show the page that it fetched ahead.
    """
    study = assignment.comparison.study
    if receipt is judging.Receipt.SURPLUS:
        return leading_on(request, reverse("raters:surplus", args=[assignment.token]))
    if receipt is judging.Receipt.CLOSED:
        return leading_on(request, reverse("raters:done", args=[study.public_id]))
    if assignment.purpose == Assignment.Purpose.ADJUDICATION:
        return leading_on(request, reverse("raters:votes", args=[assignment.token]))
    found = where_next(assignment.rater, study)
    if isinstance(found, str):
        return leading_on(request, found)
    if BY_SCRIPT not in request.META:
        return redirect("raters:judge", token=found.token)
    fetched = found.token == request.POST.get("ahead") and not is_covered(found)
    if fetched:
        judging.now_shown(found)
    address = reverse("raters:judge", args=[found.token])
    return JsonResponse({"next": address, "fetched": fetched, "lease_s": seconds_left(found)})


def leading_on(request: HttpRequest, address: str) -> HttpResponse:
    return (
        JsonResponse({"next": address, "fetched": False}) if BY_SCRIPT in request.META else redirect(address)
    )


@never_cache
@require_POST
@raters_only
def fetch_ahead(request: HttpRequest, rater: Rater, token: str) -> HttpResponse:
    """The page of the comparison after this one, as it stands once this one is answered; nothing if there is none."""
    current = assignment_of(rater, token)
    ahead = claim_ahead(rater, current.comparison.study)
    # What a cover hides is not sent before it is asked for.
    if ahead is None or ahead.pk == current.pk or ahead.comparison.study.reveal:
        return HttpResponse(status=204)
    assignment = assignment_of(rater, ahead.token)
    context = judging_page(rater, assignment, AnswerForm(assignment), answered_meanwhile=current)
    html = render_to_string("raters/judge.html", context, request)
    return JsonResponse({"token": assignment.token, "html": html})
