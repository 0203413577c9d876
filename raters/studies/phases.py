"""A locked study collects, pauses, goes on and ends; each step stands in the audit log."""

from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from promptsets.audit import audited
from raters.models import Study


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

    Raises: ValueError if the study is not where the step begins, KeyError for a step that there is not.
    """
    step = STEPS[name]
    found = Study.objects.select_for_update().get(pk=study.pk)
    if found.status not in step.before:
        wanted = " or ".join(step.before)
        raise ValueError(f"{found.slug} is {found.status}: to {name} it, it must be {wanted}")
    found.status = step.after
    found.save(update_fields=["status"])
    audited.send(Study, actor=actor, action=step.action, target=found, detail={})
    return found
