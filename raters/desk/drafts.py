"""What a rater has filled in and not sent: kept with the assignment, never a judgment, and gone once it is sent."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from raters.access import assignment_of, raters_only
from raters.assignment import lease
from raters.desk.forms import AnswerForm
from raters.models import Assignment, Rater

LONGEST_VALUE = 280


@require_POST
@raters_only
def save_draft(request: HttpRequest, rater: Rater, token: str) -> HttpResponse:
    """Keeps the fields and counts the lease from now; says whether the comparison is still this rater's.

    A draft of what others have taken meanwhile is kept as well: whoever comes back to it finds it.
    """
    assignment = assignment_of(rater, token, to_show=False)
    open_states = [Assignment.State.LEASED, Assignment.State.EXPIRED]
    still = Assignment.objects.filter(pk=assignment.pk, state__in=open_states)
    if request.POST.get("keep_only") != "1":
        still.update(draft=fields_of(assignment, request.POST))
    held = lease(assignment, assignment.comparison.study, Assignment.State.LEASED)
    return JsonResponse({"held": held, "lease_s": seconds_left(assignment) if held else 0})


def fields_of(assignment: Assignment, sent: Mapping[str, str]) -> dict[str, str]:
    """The fields of this page among what was sent, each cut to what it may hold."""
    names = set(AnswerForm(assignment).fields) - {"idempotency_key", "active_ms", "viewport", "sure"}
    return {name: str(sent[name])[:LONGEST_VALUE] for name in sorted(names) if sent.get(name)}


def seconds_left(assignment: Assignment) -> int:
    return max(0, int((assignment.lease_until - timezone.now()).total_seconds()))
