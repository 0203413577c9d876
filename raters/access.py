"""Who may see what: the gate below the views. Whatever is not one's own does not exist (404, never 403)."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from raters.models import Assignment, Rater, Study

ON_THE_SCREEN = [f"comparison__{name}" for name in ("study__rubric", "prompt", "response_a", "response_b")]
# Large, and nothing a rater's page is made of: read if something asks for it.
NOT_ON_THE_SCREEN = [
    *(f"comparison__study__{name}" for name in ("design", "consent", "exclusion_rules", "stop_rule")),
    "comparison__study__rubric__training",
    *(
        f"comparison__response_{side}__{name}"
        for side in "ab"
        for name in ("token_ids", "provenance", "flags")
    ),
]
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
        rater = get_object_or_404(Rater, user=request.user)
        setattr(request.user, "rater", rater)  # noqa: B010  for whoever asks the user later in this request
        return view(request, rater, *args, **kwargs)

    return gate


def plans_studies(request: HttpRequest) -> bool:
    return request.user.is_authenticated and request.user.plans_studies


def study_of(rater: Rater, public_id: str) -> Study:
    return get_object_or_404(Study.objects.filter(enrolments__rater=rater), public_id=public_id)


def assignment_of(rater: Rater, token: str) -> Assignment:
    assignments = Assignment.objects.select_related(*ON_THE_SCREEN).defer(*NOT_ON_THE_SCREEN)
    assignment = get_object_or_404(assignments, rater=rater, token=token)
    assignment.rater = rater
    return assignment
