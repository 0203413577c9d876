"""Who may see what: the gate below the views. Whatever is not one's own does not exist (404, never 403)."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, TypeVar

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from raters.models import Assignment, Rater, Study
from raters.models.prepared import Prepared

JUDGED = ("study__rubric", "prompt", "response_a", "response_b")
SHOWN = (*JUDGED, "response_a__rendering", "response_b__rendering")
# Large, and nothing a rater's page is made of: read if something asks for it.
NOT_ON_THE_SCREEN = [
    *(f"study__{name}" for name in ("design", "consent", "exclusion_rules", "stop_rule")),
    "study__rubric__training",
    *(f"response_{side}__{name}" for side in "ab" for name in ("token_ids", "provenance", "flags")),
]
SHOWN_ALONE = ["study__texts", "study__content_note", "study__support_line", "study__rubric__guide"]
Found = TypeVar("Found")
View = Callable[..., HttpResponseBase]


def researchers_only(view: View) -> View:
    """Lets those in who plan studies; others get a 404, as for a page that is not there."""

    @login_required
    @wraps(view)
    def gate(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not plans_studies(request):
            raise Http404
        return view(request, *args, **kwargs)

    return gate


def administrators_only(view: View) -> View:
    """Lets administrators in; for others there is no such page."""

    @login_required
    @wraps(view)
    def gate(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not getattr(request.user, "administers", False):
            raise Http404
        return view(request, *args, **kwargs)

    return gate


def raters_only(view: Callable[Concatenate[HttpRequest, Rater, ...], HttpResponse]) -> View:
    """Lets raters in and hands the view who it is. One who can unblind studies is never a rater."""

    @login_required
    @wraps(view)
    def gate(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if plans_studies(request):
            raise Http404
        rater = found_or_404(getattr(request.user, "rater", None))
        return view(request, rater, *args, **kwargs)

    return gate


def plans_studies(request: HttpRequest) -> bool:
    return request.user.is_authenticated and request.user.plans_studies


def may_change(study: Study, user: Any) -> bool:
    """Whether pages show this person what changes the study: who may not would be led to a 404."""
    return Study.objects.for_editor(user).filter(pk=study.pk).exists()


def study_of(rater: Rater, public_id: str) -> Study:
    return get_object_or_404(Study.objects.filter(enrolments__rater=rater), public_id=public_id)


def assignment_of(rater: Rater, token: str, *, to_show: bool = True) -> Assignment:
    """The rater's own of that token. One that is not to be shown comes without the texts that pages alone need."""
    assignment = found_or_404(ASSIGNMENT.first(rater.pk, token, to_show=to_show))
    assignment.rater = rater
    return assignment


def found_or_404(found: Found | None) -> Found:
    if found is None:
        raise Http404
    return found


def _assignment(rater: int, token: str, *, to_show: bool) -> QuerySet[Assignment, Assignment]:
    related, left = (SHOWN, NOT_ON_THE_SCREEN) if to_show else (JUDGED, [*NOT_ON_THE_SCREEN, *SHOWN_ALONE])
    rows = Assignment.objects.select_related(*(f"comparison__{name}" for name in related))
    return rows.defer(*(f"comparison__{name}" for name in left)).filter(rater=rater, token=token)


ASSIGNMENT = Prepared(_assignment)
