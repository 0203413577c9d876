"""The pages by which a rater arrives: the invitation's link, the code to come back, each step before the work."""

from collections.abc import Callable
from typing import Any

from allauth.core import ratelimit
from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from promptsets.audit import audited
from raters.access import plans_studies, raters_only, study_of
from raters.care.pay import pay_of
from raters.desk.rendering import render as render_markdown
from raters.desk.rendering import render_prose
from raters.desk.showing import both_views
from raters.models import Enrolment, Rater, Study
from raters.studies.languages import spoken
from raters.way_in import inviting, steps
from raters.way_in.onward import onward_from

LONGEST_PARAMETER = 200
Step = Enrolment.Step


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """The invitation. Opening it takes nothing: only the button does, since previews and scanners open links, too."""
    try:
        invitation = inviting.invitation_of(token)
        if plans_studies(request):
            raise inviting.InvitationError(
                _("You plan studies, so you can rate in none: sign out to look at this.")
            )
        kept = parameters(request)
        if request.method != "POST" or inviting.is_preview(kept):
            context = {"study": invitation.study, "kept": kept, "preview": inviting.is_preview(kept)}
            return render(request, "raters/join.html", context)
        known = (
            Rater.objects.filter(user_id=request.user.pk).first() if request.user.is_authenticated else None
        )
        enrolment = inviting.enrol(invitation, kept, known)
    except inviting.InvitationError as error:
        return no_entry(request, error)
    if known:
        return redirect("raters:way_in", public_id=enrolment.study.public_id)
    login(request, enrolment.rater.user)
    code = inviting.new_return_code(enrolment.rater)
    return render(request, "raters/welcome.html", {"study": enrolment.study, "code": code})


def no_entry(request: HttpRequest, error: inviting.InvitationError) -> HttpResponse:
    """Why not. The audit log is told of a link that is over or nobody's; of too many from one address no longer."""
    if error.why:
        if limited := ratelimit.consume_or_429(request, action="refused_link", limit_get=True):
            return limited
        detail, target = {"why": error.why}, error.study or Study()
        audited.send(Study, actor=None, action="study.join_refused", target=target, detail=detail)
    return render(request, "raters/no_entry.html", {"message": str(error)}, status=404)


def parameters(request: HttpRequest) -> dict[str, str]:
    """What the recruiting site put into the link, by the names we know."""
    sent = request.POST if request.method == "POST" else request.GET
    return {name: sent[name][:LONGEST_PARAMETER] for name in inviting.KEPT if sent.get(name)}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def come_back(request: HttpRequest) -> HttpResponse:
    """Lets in who holds a return code; 78 random bits leave nothing to guess, and tries are limited all the same."""
    wrong = False
    if request.method == "POST":
        if limited := ratelimit.consume_or_429(request, action="come_back"):
            return limited
        rater = inviting.rater_with(request.POST.get("code", ""))
        if rater and rater.user and not rater.user.plans_studies:
            login(request, rater.user)
            note("person.signed_in", rater.user)
            return redirect("raters:my_studies")
        note("person.sign_in_refused", None)
        wrong = True
    return render(request, "raters/come_back.html", {"wrong": wrong}, status=422 if wrong else 200)


def note(action: str, user: AbstractBaseUser | None) -> None:
    """Tells of a code that was typed, and whose it is; of one that is nobody's, that it was refused."""
    people = get_user_model()
    detail = {"by": "code to come back"}
    audited.send(people, actor=user, action=action, target=user or people(), detail=detail)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@raters_only
def arrive(request: HttpRequest, rater: Rater, public_id: str) -> HttpResponse:
    """The step at which the rater is. A POST answers it; what belongs to another step changes nothing."""
    study = study_of(rater, public_id)
    enrolment = get_object_or_404(Enrolment.objects.select_related("study__rubric"), study=study, rater=rater)
    if enrolment.status == Enrolment.Status.SCREENED_OUT:
        context = {"study": study, "pay": pay_of(rater, study), "onward": onward_from(enrolment)}
        return render(request, "raters/screened_out.html", context)
    page = PAGES.get(enrolment.step)
    if page is None or enrolment.status != Enrolment.Status.ACTIVE:
        return redirect("raters:next", public_id=study.public_id)
    return page(request, enrolment)


def reading(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    """Consent, content note and guide: a text, and a button that says that it was read."""
    if request.method == "POST":
        if request.POST.get("step") == enrolment.step:
            steps.advance(enrolment, enrolment.step)
            note_consent(enrolment, request.POST["step"])
        return redirect("raters:way_in", public_id=enrolment.study.public_id)
    study = enrolment.study
    text, language = study.text(enrolment.step, spoken(study.language))
    context = {"study": study, "step": enrolment.step, "text": render_prose(text), "text_language": language}
    context["contact_days"] = settings.KEEP_CONTACTS_DAYS
    return render(request, "raters/reading.html", context)


def note_consent(enrolment: Enrolment, step: str) -> None:
    if step == Step.CONSENT:
        enrolment.consent()


def checking(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    questions, language = enrolment.study.lessons("check", spoken(enrolment.study.language))
    wrong: list[int] = []
    if request.method == "POST":
        chosen = {n: number_in(request.POST.get(f"question_{n}", "")) for n in range(len(questions))}
        wrong = steps.check(enrolment, chosen)
        if not wrong or enrolment.status != Enrolment.Status.ACTIVE:
            return redirect("raters:way_in", public_id=enrolment.study.public_id)
    rows = [{**one, "number": n, "wrong": n in wrong} for n, one in enumerate(questions)]
    context = {"study": enrolment.study, "rows": rows, "wrong": wrong, "left": steps.TRIES - enrolment.tries}
    guide, guide_language = enrolment.study.text("guide", spoken(enrolment.study.language))
    context |= {"guide": render_prose(guide), "guide_language": guide_language, "lesson_language": language}
    return render(request, "raters/check.html", context, status=422 if wrong else 200)


def practising(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    """One pair at a time: an answer brings the right one with its reason, and only then the next pair."""
    pairs, language = enrolment.study.lessons("practice", spoken(enrolment.study.language))
    if (done := number_in(request.POST.get("done", ""))) is not None:
        steps.practised(enrolment, done)
        return redirect("raters:way_in", public_id=enrolment.study.public_id)
    number = enrolment.practised
    context: dict[str, Any] = {
        "study": enrolment.study,
        "number": number,
        "total": len(pairs),
        "lesson_language": language,
    }
    context["prompt"] = render_markdown(pairs[number]["prompt"])
    context |= {name: both_views(pairs[number][name]) for name in ("a", "b")}
    said = request.POST.get("verdict")
    if said in ("a", "b", "tie"):
        verdict = pairs[number]["verdict"]
        context |= {
            "said": said,
            "verdict": verdict,
            "right": said == verdict,
            "reason": pairs[number]["reason"],
        }
    return render(request, "raters/practice.html", context)


def number_in(text: str) -> int | None:
    """A place in a list of lessons, as a page sends it; None for anything else, such as more digits than int takes."""
    return int(text) if text.isdecimal() and len(text) < 5 else None


PAGES: dict[str, Callable[[HttpRequest, Enrolment], HttpResponse]] = {
    Step.CONSENT: reading,
    Step.CONTENT_NOTE: reading,
    Step.GUIDE: reading,
    Step.CHECK: checking,
    Step.PRACTICE: practising,
}
