"""A locked study collects, pauses, goes on and ends; each step stands in the audit log."""

from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from promptsets.audit import audited
from raters.models import Comparison, Study, StudyNotice
from raters.studies.progress import unanswered
from raters.studies.removing import refuse_archived


@dataclass(frozen=True)
class Step:
    """What a study may be before, what it is after, and how the audit log calls it."""

    before: tuple[str, ...]
    after: str
    action: str


STEPS = {
    "start": Step((Study.Status.PAUSED,), Study.Status.COLLECTING, "study.started"),
    "pause": Step((Study.Status.COLLECTING,), Study.Status.PAUSED, "study.paused"),
    "finish": Step((Study.Status.COLLECTING, Study.Status.PAUSED), Study.Status.CLOSED, "study.finished"),
}


@transaction.atomic
def take(study: Study, name: str, actor: AbstractBaseUser | None = None) -> Study:
    """The study after the step. Paused, it gives out nothing new; finished, nothing that comes in counts.

    Raises: ValueError if the study is not where the step begins, or is archived and would collect; KeyError for a
    step that there is not.
    """
    step = STEPS[name]
    found = Study.objects.select_for_update().get(pk=study.pk)
    if found.status not in step.before:
        wanted = " or ".join(step.before)
        raise ValueError(f"{found.slug} is {found.status}: to {name} it, it must be {wanted}")
    if step.after == Study.Status.COLLECTING:
        refuse_archived(found)
    found.status = step.after
    found.save(update_fields=["status"])
    audited.send(Study, actor=actor, action=step.action, target=found, detail={})
    if found.status == Study.Status.CLOSED and _is_told_of(found) and is_answered(found):
        StudyNotice.objects.get_or_create(study=found, kind=StudyNotice.Kind.FINISHED)
    return found


def is_answered(study: Study) -> bool:
    """Whether there was something to judge and every judgment that was wanted is in."""
    shown = study.comparisons.regular().filter(status=Comparison.Status.OPEN)
    return shown.exists() and not unanswered(study)


def _is_told_of(study: Study) -> bool:
    """Whether people judged here: nobody waits for simulated raters, or for what was judged elsewhere."""
    return study.simulation is None and study.imported is None
