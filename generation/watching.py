"""Looks into the places that series watch: what is new, what still changes, what is whole, what is refused."""

import logging
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from generation.completeness import RefusedError, is_candidate, missing
from generation.models import CheckpointSeries, Sighting
from generation.places import Entry, Place

logger = logging.getLogger(__name__)
Status = Sighting.Status


def look_where_due() -> int:
    """Looks into each place whose time has come, once for all who ask at the same time; how many were looked at."""
    now = timezone.now()
    looked = 0
    for series in CheckpointSeries.objects.exclude(watch_uri="").filter(next_look_at__lte=now):
        taken = CheckpointSeries.objects.filter(pk=series.pk, next_look_at=series.next_look_at)
        if taken.update(next_look_at=now + timedelta(seconds=series.look_every_s)):
            looked += 1
            _look_and_tell(series)
    return looked


def _look_and_tell(series: CheckpointSeries) -> None:
    """A place that cannot be read is told on the series' page and keeps no other from being read."""
    error = ""
    try:
        look(series)
    except Exception as failure:
        logger.exception("The place of series %s could not be looked into", series)
        error = str(failure) or type(failure).__name__
    told = {"looked_at": timezone.now(), "watch_error": error[:2000]}
    CheckpointSeries.objects.filter(pk=series.pk).update(**told)


def look(series: CheckpointSeries) -> None:
    """One look. A thing is whole when two looks in a row found it unchanged and nothing is missing.

    Raises: ValueError if the place may not be read or is not there, or once all others are seen to, if one of its
        things could not be looked at.
    """
    place = Place.of(series.watch_uri)
    entries = [entry for entry in place.entries() if is_candidate(entry) and not entry.name.startswith(".")]
    known = {row.uri: row for row in series.sightings.all()}
    failures = []
    for entry in entries:
        try:
            _judge(series, place, entry, known.get(entry.uri))
        except Exception as failure:
            logger.exception("%s could not be looked at", entry.uri)
            failures.append(f"{entry.name}: {failure or type(failure).__name__}")
    gone = known.keys() - {entry.uri for entry in entries}
    open_ones = series.sightings.filter(uri__in=gone, checkpoint=None).exclude(status=Status.DESCRIBING)
    open_ones.delete()  # as when Orbax renames what it has committed
    if failures:
        raise ValueError("; ".join(failures))


def _judge(series: CheckpointSeries, place: Place, entry: Entry, known: Sighting | None) -> None:
    if known is None:
        seen = {"name": entry.name[:255], "reason": _lacks(place, entry)}
        Sighting.objects.get_or_create(series=series, uri=entry.uri, defaults=seen | _measured(entry))
    elif known.fingerprint != entry.fingerprint:
        _changed(place, entry, known)
    elif known.status == Status.WATCHED:
        _still(place, entry, known)


def _changed(place: Place, entry: Entry, known: Sighting) -> None:
    now = timezone.now()
    if known.checkpoint_id:
        told = "its files have changed since it was registered; the checkpoint is what it was"
        _update(known, reason=told, **_measured(entry), changed_at=now)
    else:
        anew = {
            "status": Status.WATCHED,
            "attempts": 0,
            "ready_at": None,
            "ended_at": None,
            "changed_at": now,
        }
        _update(known, reason=_lacks(place, entry), **_measured(entry), **anew)


def _still(place: Place, entry: Entry, known: Sighting) -> None:
    """Unchanged since the look before."""
    now = timezone.now()
    try:
        lacks = missing(place, entry)
    except RefusedError as error:
        lacks = str(error)
    if lacks:
        _update(known, status=Status.REFUSED, reason=lacks, ended_at=now)
    else:
        _update(known, status=Status.READY, reason="", ready_at=now, not_before=now)


def _lacks(place: Place, entry: Entry) -> str:
    try:
        return missing(place, entry)
    except RefusedError as error:
        return str(error)


def _measured(entry: Entry) -> dict[str, Any]:
    return {"fingerprint": entry.fingerprint, "files": len(entry.files), "size": entry.size}


@transaction.atomic
def _update(known: Sighting, **fields: Any) -> None:
    """Only what is still as it was read: whoever describes it meanwhile has the last word."""
    Sighting.objects.filter(pk=known.pk, status=known.status, fingerprint=known.fingerprint).update(**fields)
