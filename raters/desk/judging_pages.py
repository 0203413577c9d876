"""The pages on which raters judge. What reaches the browser says nothing of which checkpoint wrote what."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from raters import judging
from raters.access import assignment_of, raters_only, study_of
from raters.assignment import others_hold
from raters.care.welfare import done_so_far, is_covered, rests_until
from raters.care.wellbeing import cover
from raters.comparisons.caps import left_under_cap
from raters.desk.forms import AnswerForm
from raters.desk.next_page import after
from raters.desk.page import judging_page, progress
from raters.desk.showing import side_texts
from raters.desk.skipping import reason_of
from raters.desk.word_diff import diff
from raters.models import Comparison, Enrolment, Rater, Study


@never_cache
@require_GET
@raters_only
def my_studies(request: HttpRequest, rater: Rater) -> HttpResponse:
    studies = Study.objects.filter(enrolments__rater=rater).exclude(status=Study.Status.DRAFT)
    rows = [{"study": study, **progress(rater, study)} for study in studies]
    return render(request, "raters/my_studies.html", {"rows": rows})


@never_cache
@require_http_methods(["GET", "POST"])
@raters_only
def judge(request: HttpRequest, rater: Rater, token: str) -> HttpResponse:
    assignment = assignment_of(rater, token, to_show=request.method == "GET")
    if is_covered(assignment):
        return cover(request, rater, token)
    form = AnswerForm(assignment, request.POST or None)
    if request.method == "POST" and form.is_valid():
        return after(request, assignment, judging.record(assignment, form.answer()))
    judging.now_shown(assignment)
    page = judging_page(rater, assignment, form)
    return render(request, "raters/judge.html", page, status=422 if form.errors else 200)


@never_cache
@require_GET
@raters_only
def differences(request: HttpRequest, rater: Rater, token: str) -> HttpResponse:
    """The same comparison with every word marked that stands on one side alone."""
    assignment = assignment_of(rater, token)
    if is_covered(assignment):
        return cover(request, rater, token)
    _prompts, left, right = side_texts(assignment)
    turns = [diff(a, b) for a, b in zip(left, right, strict=True)]
    context = {"study": assignment.comparison.study, "token": assignment.token, "turns": turns}
    return render(request, "raters/differences.html", context)


@require_POST
@raters_only
def skip(request: HttpRequest, rater: Rater, token: str) -> HttpResponse:
    assignment = assignment_of(rater, token)
    judging.skip(assignment, reason_of(request.POST.get("skip_reason", "")))
    return redirect("raters:next", public_id=assignment.comparison.study.public_id)


@never_cache
@require_GET
@raters_only
def surplus(request: HttpRequest, rater: Rater, token: str) -> HttpResponse:
    return render(request, "raters/surplus.html", {"study": assignment_of(rater, token).comparison.study})


@never_cache
@require_GET
@raters_only
def pause(request: HttpRequest, rater: Rater, public_id: str) -> HttpResponse:
    """A rest whenever the rater wants one: nothing is on the screen, and no time is counted."""
    return render(request, "raters/pause.html", {"study": study_of(rater, public_id)})


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
    context["rests"] = at_work.exists() and rests_until(rater, study) is not None
    context["may_go_on"] = at_work.exists() and may_go_on(rater, study, numbers)
    open_now = at_work.exists() and study.status == Study.Status.COLLECTING and not context["rests"]
    context["may_look_again"] = open_now and not context["may_go_on"] and others_hold(rater, study)
    return render(request, "raters/done.html", context)


def may_go_on(rater: Rater, study: Study, numbers: dict[str, int]) -> bool:
    """Whether there is something for the rater now, as for one who came back to this page by its address."""
    is_open = study.status == Study.Status.COLLECTING and rests_until(rater, study) is None
    return is_open and numbers["done"] < numbers["total"]


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
    if not left_under_cap(rater, study):
        return _("You have answered as many as one person may in this study. Thank you.")
    if others_hold(rater, study):
        return _(
            "Others are at work on what is left. If one of them leaves, it is yours: look again in a few minutes."
        )
    if study.comparisons.regular().filter(status=Comparison.Status.OPEN).unseen_by(rater, study).exists():
        return _("Every comparison has the answers it needs. Thank you for yours.")
    return _("You have answered everything there is for you. Thank you.")
