"""Everyone's start: raters go to their studies; researchers see what comes next, what runs and what wants a hand."""

from dataclasses import dataclass
from typing import cast

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from assay.accounts.models import User
from generation.models import GenerationRun
from promptsets.models import PromptSet
from raters.access import plans_studies
from raters.models import Comparison, Enrolment, Message, Study
from raters.studies.progress import Counts, counts_of

NEWEST = 10


@dataclass(frozen=True)
class Step:
    """One of the steps that lead to a running study, and where it is taken."""

    title: str
    text: str
    acts: tuple[tuple[str, str], ...]  # label and address, the usual one first
    done: bool


@dataclass(frozen=True)
class Row:
    study: Study
    progress: Counts
    held: int
    messages: int


@never_cache
@login_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    if not plans_studies(request):
        return redirect("raters:my_studies")
    user = cast(User, request.user)
    steps = steps_to_a_study(user)
    following = next((step for step in steps if not step.done), None)
    context = {"steps": steps, "following": following, "rows": rows_for(user)}
    return render(request, "dashboards/home.html", context)


def steps_to_a_study(user: User) -> list[Step]:
    studies = Study.objects.for_user(user)
    enrolled = Enrolment.objects.filter(study__in=studies.values("pk")).exists()
    invited = studies.filter(invitations__isnull=False).exists()
    open_one = studies.exclude(status=Study.Status.DRAFT)
    to_invite = Study.objects.for_editor(user).exclude(status=Study.Status.DRAFT)[:1]
    invites = [reverse("dashboards:invitations", args=[one.slug]) for one in to_invite]
    return [
        Step(
            _("Prompts"),
            _("A file of what is asked: JSON lines, CSV, Parquet and more."),
            ((_("Add prompts from a file"), reverse("dashboards:add_prompts")),),
            PromptSet.objects.exists(),
        ),
        Step(
            _("Responses"),
            _("Bring in answers that came from elsewhere, or have checkpoints answer here."),
            (
                (_("Import responses"), reverse("dashboards:import_responses")),
                (_("Register a checkpoint"), reverse("dashboards:new_checkpoint")),
                (_("Start a run"), reverse("dashboards:new_run")),
            ),
            GenerationRun.objects.count() > 1,
        ),
        Step(
            _("A study"),
            _("Choose arms and a rubric, with the numbers beside it; then open it, which locks the design."),
            ((_("Plan a study"), reverse("dashboards:new_study")),),
            open_one.exists(),
        ),
        Step(
            _("Raters"),
            _("A link lets them in, without an account."),
            tuple((_("Invite raters"), address) for address in invites),
            enrolled or invited,
        ),
    ]


def rows_for(user: User) -> list[Row]:
    """The newest studies that are not over, each with what wants a hand."""
    mine = Study.objects.for_user(user).filter(archived_at=None)
    going = mine.exclude(status=Study.Status.CLOSED).distinct()
    held = Count("comparisons", filter=Q(comparisons__status=Comparison.Status.HELD), distinct=True)
    unread = Count("messages", filter=Q(messages__state=Message.State.OPEN), distinct=True)
    found = list(going.annotate(held=held, unread=unread).order_by("-created_at")[:NEWEST])
    counts = counts_of(found)
    return [Row(study, counts[study.pk], study.held, study.unread) for study in found]
