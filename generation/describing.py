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

from generation.heartbeat import kept_alive
from generation.leasing import kept, wait_s
from generation.models import Checkpoint, Sighting
from generation.registering import register

logger = logging.getLogger(__name__)
ATTEMPTS, FIRST_WAIT_S, LONGEST_WAIT_S = 3, 5, 300
Status = Sighting.Status


def describe_due() -> int:
    """Describes all that is due in this process; how many."""
    return sum(describe(row.pk) for row in Sighting.objects.due().order_by("pk"))


def describe(sighting_id: int) -> bool:
    """Whether it was due, and so was described. A doubled or late message finds it taken and does nothing."""
    sighting = Sighting.objects.due().select_related("series").filter(pk=sighting_id).first()
    fence = Sighting.objects.take(sighting) if sighting else None
    if sighting is None or fence is None:
        return False
    if sighting.attempts >= ATTEMPTS:
        silent = f"{ATTEMPTS} workers fell silent while describing it"
        _end(sighting, fence, status=Status.REFUSED, reason=silent)
        return True
    try:
        with kept_alive(sighting, fence):  # a large one takes long to be copied here and hashed
            checkpoint = _registered(sighting)
    except ValueError as error:
        _end(sighting, fence, status=Status.REFUSED, reason=_told(error))
    except (DatabaseError, KeyboardInterrupt, SystemExit):
        raise  # its lease runs out, and it is tried again
    except Exception as error:
        logger.exception("%s could not be described", sighting)
        _put_back(sighting, fence, error)
    else:
        _end(sighting, fence, status=Status.REGISTERED, reason="", checkpoint=checkpoint)
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


def _put_back(sighting: Sighting, fence: int, error: Exception) -> None:
    tries = sighting.attempts + 1
    if tries >= ATTEMPTS:
        _end(sighting, fence, status=Status.REFUSED, reason=f"tried {ATTEMPTS} times: {_told(error)}")
        return
    again_at = timezone.now() + timedelta(seconds=wait_s(tries, FIRST_WAIT_S, LONGEST_WAIT_S))
    put_off = {"status": Status.READY, "not_before": again_at, "lease_until": None, "reason": _told(error)}
    Sighting.objects.held_under(sighting, fence).update(**put_off)


def _end(sighting: Sighting, fence: int, **fields: Any) -> None:
    ended = {"lease_until": None, "ended_at": timezone.now(), **fields}
    Sighting.objects.held_under(sighting, fence).update(**ended)


def _told(error: Exception) -> str:
    """The reason for people, without the path of this machine's copy."""
    text = str(error) or type(error).__name__
    for root in settings.CHECKPOINT_ROOTS:
        text = text.replace(f"{root}/", "")
    return kept(text)
