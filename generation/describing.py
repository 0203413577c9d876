"""Describes what was found whole in a watched place, and registers it as a checkpoint or refuses it with its reason.

Loads the engine, so only generation workers do it.
"""

import logging
import re
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from generation.models import Checkpoint, Sighting
from generation.registering import register

logger = logging.getLogger(__name__)
ATTEMPTS, FIRST_WAIT_S, LEASE_S = 3, 5, 3600
Status = Sighting.Status


def describe_due() -> int:
    """Describes all that is due in this process; how many."""
    return sum(describe(row.pk) for row in Sighting.objects.to_describe().order_by("pk"))


def describe(sighting_id: int) -> bool:
    """Whether it was due, and so was described. A doubled or late message finds it taken and does nothing."""
    sighting = Sighting.objects.to_describe().select_related("series").filter(pk=sighting_id).first()
    if sighting is None or not _take(sighting):
        return False
    if sighting.attempts >= ATTEMPTS:
        _end(sighting, status=Status.REFUSED, reason=f"{ATTEMPTS} workers fell silent while describing it")
        return True
    try:
        checkpoint = _registered(sighting)
    except ValueError as error:
        _end(sighting, status=Status.REFUSED, reason=_told(error))
    except (DatabaseError, KeyboardInterrupt, SystemExit):
        raise  # its lease runs out, and it is tried again
    except Exception as error:
        logger.exception("%s could not be described", sighting)
        _put_back(sighting, error)
    else:
        _end(sighting, status=Status.REGISTERED, reason="", checkpoint=checkpoint)
    return True


def step_in(name: str) -> int | None:
    """The training step that a folder's name ends with: 400 of `step-000400`; None where it names none."""
    found = re.findall(r"\d+", name)
    return int(found[-1]) if found and len(found[-1]) <= 18 else None


def _registered(sighting: Sighting) -> Checkpoint:
    series = sighting.series
    longest = Checkpoint._meta.get_field("name").max_length or 0
    name = f"{series.slug}-{sighting.name}"[:longest]
    step = step_in(sighting.name)
    made = register(name, sighting.uri, series=series.slug, step=step, dtype=series.watch_dtype).checkpoint
    if hasattr(made, "sighting") and made.sighting != sighting:
        raise ValueError(f"these very files were found already, as {made.sighting.name}")
    return made


def _take(sighting: Sighting) -> bool:
    """One conditional UPDATE: it changes nothing if another worker was faster."""
    due = Sighting.objects.to_describe().filter(pk=sighting.pk, attempts=sighting.attempts)
    lease_until = timezone.now() + timedelta(seconds=LEASE_S)
    return bool(due.update(status=Status.DESCRIBING, attempts=sighting.attempts + 1, lease_until=lease_until))


def _put_back(sighting: Sighting, error: Exception) -> None:
    if sighting.attempts + 1 >= ATTEMPTS:
        _end(sighting, status=Status.REFUSED, reason=f"tried {ATTEMPTS} times: {_told(error)}")
        return
    again_at = timezone.now() + timedelta(seconds=FIRST_WAIT_S * 2**sighting.attempts)
    _update(sighting, status=Status.READY, not_before=again_at, lease_until=None, reason=_told(error))


def _end(sighting: Sighting, **fields: Any) -> None:
    _update(sighting, lease_until=None, ended_at=timezone.now(), **fields)


def _update(sighting: Sighting, **fields: Any) -> None:
    held = Sighting.objects.filter(pk=sighting.pk, status=Status.DESCRIBING, attempts=sighting.attempts + 1)
    held.update(**fields)


def _told(error: Exception) -> str:
    """The reason for people, without the path of this machine's copy."""
    text = str(error) or type(error).__name__
    for root in settings.CHECKPOINT_ROOTS:
        text = text.replace(f"{root}/", "")
    return text.replace("\0", "\\0")[:2000]
