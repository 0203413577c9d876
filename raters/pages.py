"""The pages on which raters judge. What reaches the browser says nothing of which checkpoint wrote what."""

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from raters import judging
from raters.access import assignment_of, raters_only, study_of
from raters.assignment import claim_next, others_hold
from raters.forms import AnswerForm
from raters.models import Assignment, Enrolment, Rater, Study
from raters.rendering import render_prose
from raters.showing import showing
from raters.way_in import qualify
from raters.welfare import done_so_far, is_covered, rests_until, wanted_hazards
from raters.wellbeing import cover

BEFORE_WORK = {
    Enrolment.Step.CONSENT,
    Enrolment.Step.CONTENT_NOTE,
    Enrolment.Step.GUIDE,
    Enrolment.Step.CHECK,
    Enrolment.Step.PRACTICE,
}


@never_cache
@require_GET
@raters_only
def my_studies(request: HttpRequest, rater: Rater) -> HttpResponse:
    studies = Study.objects.filter(enrolments__rater=rater).exclude(status=Study.Status.DRAFT)
    rows = [{"study": study, **progress(rater, study)} for study in studies]
    return render(request, "raters/my_studies.html", {"rows": rows})


@never_cache
@require_GET
@raters_only
def next_comparison(request: HttpRequest, rater: Rater, public_id: str) -> HttpResponse:
    study = study_of(rater, public_id)
    enrolment = study.enrolments.select_related("study__rubric").get(rater=rater)
    qualify(enrolment)
    arriving = enrolment.status == Enrolment.Status.ACTIVE and enrolment.step in BEFORE_WORK
    if arriving or enrolment.status == Enrolment.Status.SCREENED_OUT:
        return redirect("raters:way_in", public_id=study.public_id)
    if enrolment.status == Enrolment.Status.FINISHED:
        return redirect("raters:completed", public_id=study.public_id)
    if assignment := claim_next(rater, study):
        return redirect("raters:judge", token=assignment.token)
    return redirect("raters:done", public_id=study.public_id)


@never_cache
@require_http_methods(["GET", "POST"])
@raters_only
def judge(request: HttpRequest, rater: Rater, token: str) -> HttpResponse:
    assignment = assignment_of(rater, token)
    if is_covered(assignment):
        return cover(request, rater, token)
    form = AnswerForm(assignment, request.POST or None)
    if request.method == "POST" and form.is_valid():
        receipt = judging.record(assignment, form.answer())
        return after(assignment, receipt)
    judging.now_shown(assignment)
    return render(
        request, "raters/judge.html", page(rater, assignment, form), status=422 if form.errors else 200
    )


def after(assignment: Assignment, receipt: judging.Receipt) -> HttpResponseRedirect:
    """On to the next comparison, or to a page that says that this answer came too late to count."""
    if receipt is judging.Receipt.SURPLUS:
        return redirect("raters:surplus", token=assignment.token)
    if receipt is judging.Receipt.CLOSED:
        return redirect("raters:done", public_id=assignment.comparison.study.public_id)
    if assignment.purpose == Assignment.Purpose.ADJUDICATION:
        return redirect("raters:votes", token=assignment.token)
    return redirect("raters:next", public_id=assignment.comparison.study.public_id)


def page(rater: Rater, assignment: Assignment, form: AnswerForm) -> dict[str, Any]:
    study = assignment.comparison.study
    return {
        "study": study,
        "showing": showing(assignment),
        "guide": render_prose(study.rubric.guide),
        "form": form,
        "nonce": form.data.get("idempotency_key") or secrets.token_urlsafe(16),
        "previous": previous(rater, assignment),
        **progress(rater, study),
    }


def progress(rater: Rater, study: Study) -> dict[str, int]:
    """How many comparisons the rater has answered, and how many there are for them in all as things stand."""
    mine = Assignment.objects.of(rater, study)
    done = mine.filter(state__in=[Assignment.State.DONE, Assignment.State.SURPLUS]).count()
    held = mine.filter(state=Assignment.State.LEASED).count()
    enrolment = study.enrolments.get(rater=rater)
    wanting = study.comparisons.regular().wanting_ratings().unseen_by(rater)
    return {"done": done, "total": done + held + wanting.filter(wanted_hazards(enrolment)).count()}


def previous(rater: Rater, assignment: Assignment) -> Assignment | None:
    """The comparison that this rater answered before this one."""
    answered = Assignment.objects.of(rater, assignment.comparison.study).filter(
        state__in=[Assignment.State.DONE, Assignment.State.SURPLUS], pk__lt=assignment.pk
    )
    return answered.order_by("-pk").first()


@require_POST
@raters_only
def skip(request: HttpRequest, rater: Rater, token: str) -> HttpResponse:
    assignment = assignment_of(rater, token)
    judging.skip(assignment, request.POST.get("skip_reason", ""))
    return redirect("raters:next", public_id=assignment.comparison.study.public_id)


@never_cache
@require_GET
@raters_only
def surplus(request: HttpRequest, rater: Rater, token: str) -> HttpResponse:
    return render(request, "raters/surplus.html", {"study": assignment_of(rater, token).comparison.study})


@never_cache
@require_GET
@raters_only
def done(request: HttpRequest, rater: Rater, public_id: str) -> HttpResponse:
    study = study_of(rater, public_id)
    numbers = progress(rater, study)
    context = {"study": study, "message": nothing_left(rater, study, numbers), **numbers}
    context |= done_so_far(rater, study)
    at_work = study.enrolments.filter(rater=rater, status="active", step__in=["work", "exit"])
    context["may_leave"] = bool(numbers["done"]) and at_work.exists()
    return render(request, "raters/done.html", context)


def nothing_left(rater: Rater, study: Study, numbers: dict[str, int]) -> str:
    if study.status == Study.Status.CLOSED:
        return _("The study is closed. Thank you for your answers.")
    if study.status == Study.Status.PAUSED:
        return _("The study is paused. Your answers are kept; come back later.")
    if study.enrolments.filter(rater=rater, status=Enrolment.Status.PAUSED).exists():
        return _("Your part in this study is paused. Your answers are kept; ask the team that invited you.")
    if until := rests_until(rater, study):
        return _("Time for a break. There is more for you from %(time)s UTC on.") % {"time": f"{until:%H:%M}"}
    if numbers["done"] < numbers["total"]:
        return _("There are comparisons waiting for you.")
    if others_hold(rater, study):
        return _("What is left is with other raters. Some of it may come back: look again later.")
    return _("You have answered everything there is for you. Thank you.")
