"""The part of a study's page that is about its running: progress, generation, quality so far, what wants a hand."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from assay.accounts.models import User
from assay.accounts.requests import SignedInRequest
from assay.reports.blinding import arms_for
from assay.reports.generating import Generating, generating
from assay.reports.models import Estimate
from generation.stopping import tried_again
from raters.access import may_change, researchers_only
from raters.models import Message, Study
from raters.studies.health import Health, health_of
from raters.studies.phases import STEPS, take
from raters.studies.progress import Progress, progress_of
from raters.studies.responses import retry_failed


@dataclass(frozen=True)
class Running:
    progress: Progress
    health: Health
    generating: tuple[Generating, ...]
    open_messages: int
    alphas: tuple[Estimate, ...]

    @property
    def failed(self) -> int:
        """Chunks that failed for good or were stopped, of all arms."""
        return sum(one.failed for one in self.generating)

    @property
    def is_generating(self) -> bool:
        return any(one.is_under_way for one in self.generating)


def running_of(study: Study, user: User) -> Running:
    progress = progress_of(study)
    open_messages = study.messages.filter(state=Message.State.OPEN).count()
    arms = arms_for(study, user)
    health, made = health_of(study, progress), generating(study, arms)
    return Running(progress, health, made, open_messages, alphas(study))


def alphas(study: Study) -> tuple[Estimate, ...]:
    """Agreement of the newest report for each two arms, the least first: an order that tells a blind reader nothing."""
    newest = study.reports.first()
    found = Estimate.objects.filter(report=newest, name="agreement") if newest else ()
    return tuple(sorted(found, key=lambda one: (one.value is None, one.value, one.n)))


def is_live(study: Study, running: Running) -> bool:
    """Whether the page may change by itself."""
    return study.status == Study.Status.COLLECTING or running.is_generating


@never_cache
@require_GET
@researchers_only
def study_running(request: SignedInRequest, slug: str) -> HttpResponse:
    """The fragment alone, for the script that keeps the page up to date."""
    study = get_object_or_404(Study.objects.for_user(request.user), slug=slug)
    running = running_of(study, request.user)
    context = {"study": study, "running": running, "live": is_live(study, running)}
    context["changes"] = may_change(study, request.user)
    return render(request, "dashboards/study_running.html", context)


@require_POST
@researchers_only
def steer_study(request: SignedInRequest, slug: str) -> HttpResponse:
    """Pauses the study, lets it go on, ends it, or tries again what could not be generated."""
    study = get_object_or_404(Study.objects.for_editor(request.user), slug=slug)
    act = request.POST.get("act", "")
    acts: dict[str, Callable[[], Any]] = {name: _taking(study, name, request.user) for name in STEPS}
    acts["retry"] = lambda: tried_again(retry_failed(study, request.user))
    try:
        if act not in acts:
            raise ValueError(_("There is no such step; they are: %(steps)s.") % {"steps": ", ".join(acts)})
        told = acts[act]()
    except ValueError as error:
        messages.error(request, str(error))
    else:
        messages.info(request, told)
    return redirect("dashboards:study", slug)


def _taking(study: Study, name: str, actor: User) -> Callable[[], str]:
    told = {
        "pause": _("Paused: nothing new is given out; what is on screens is kept."),
        "start": _("Collecting again."),
        "finish": _("Finished: nothing that comes in from now on counts."),
    }

    def act() -> str:
        take(study, name, actor)
        return told[name]

    return act
