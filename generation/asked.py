"""Registering folders on request: asked for by who cannot read weights, done by a worker that can."""

import logging
from functools import partial
from typing import Any

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from generation.fetching import check_readable
from generation.models import Registration
from generation.registering import check_arguments
from promptsets.trying import tried

FOUND = ("source", "uri", "digest", "family", "description", "licence", "licence_from")
logger = logging.getLogger(__name__)


@transaction.atomic
def ask(
    name: str,
    uri: str,
    *,
    series: str | None = None,
    step: int | None = None,
    licence: str | None = None,
    dtype: str = "float32",
    only_look: bool = False,
    actor: Any = None,
) -> Registration:
    """Has a worker register the folder, or only look at it. What can be seen from here is refused at once.

    Raises: ValueError as `generation.registering.register`, as far as no file is read.
    """
    check_arguments(name, series, step, dtype, licence)
    check_readable(uri)
    told = {"series": series, "step": step, "licence": licence, "dtype": dtype, "only_look": only_look}
    made = Registration.objects.create(name=name, uri=uri, asked_by=actor, **told)
    _wake(made)
    return made


@transaction.atomic
def go_on(seen: Registration, actor: Any = None) -> None:
    """Has a worker register the folder that was looked at. Raises: ValueError if that was said before."""
    waiting = {"status": Registration.Status.WAITING, "only_look": False, "asked_by": actor}
    if not Registration.objects.filter(pk=seen.pk, status=Registration.Status.SEEN).update(**waiting):
        raise ValueError(f"{seen} does not wait to be registered")
    _wake(seen)


def _wake(asked: Registration) -> None:
    if settings.REDIS_URL:
        transaction.on_commit(lambda: register_asked.delay(asked.pk), robust=True)


@shared_task(name="generation.tasks.register_asked")  # a name that goes to the generation workers' queue
def register_asked(pk: int) -> None:
    """Registers the folder if it is still due; a doubled or late message finds it taken."""
    work_off_one(pk)


def work_off_one(pk: int | None = None) -> bool:
    """Registers the oldest folder that is due (or that very one, if it is); whether there was one."""
    due = Registration.objects.due().order_by("pk")
    found = due.filter(pk=pk).first() if pk else due.first()
    if found is None:
        return False
    taken = Registration.objects.due().filter(pk=found.pk, taken_at=found.taken_at)
    if taken.update(status=Registration.Status.WORKING, taken_at=timezone.now()):
        _register(found)
    return True


def _register(asked: Registration) -> None:
    from generation.registering import register

    told: dict[str, Any] = {"series": asked.series, "step": asked.step, "licence": asked.licence}
    told |= {"dtype": asked.dtype, "digest": asked.found.get("digest"), "actor": asked.asked_by}
    act = partial(register, asked.name, asked.uri, **told)
    try:
        made = tried(act) if asked.only_look else act()
    except Exception as error:
        logger.exception("%s could not be registered", asked)
        reason = str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
        _end(asked, status=Registration.Status.REFUSED, reason=reason[:2000])
    else:
        if asked.only_look:
            found = {name: getattr(made.checkpoint, name) for name in FOUND}
            _end(asked, status=Registration.Status.SEEN, found=found)
            return
        _end(asked, status=Registration.Status.DONE, checkpoint=made.checkpoint)


def _end(asked: Registration, **fields: object) -> None:
    Registration.objects.filter(pk=asked.pk, status=Registration.Status.WORKING).update(**fields)
