"""Exports under way: asked for, claimed under a lease, made apart, put in place whole, removed in time."""

import hashlib
import logging
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from assay.takeaway.kinds import KINDS, checked, write_kind
from assay.takeaway.models import Export
from assay.takeaway.source import Source
from generation.leasing import LeaseLost, kept
from generation.log_context import about
from promptsets.audit import audited
from raters.models import Study

logger = logging.getLogger(__name__)
ATTEMPTS = 3
TELL_EVERY_S = 1.0
A_BLOCK = 1 << 20
Stop = Callable[[], bool]


class ToldToStop(Exception):  # noqa: N818  the worker is ending; another goes on
    """The worker was told to end while the file was being made."""


@transaction.atomic
def request_export(
    study: Study,
    kind: str,
    format_: str,
    filters: Mapping[str, Any] | None = None,
    actor: AbstractBaseUser | None = None,
) -> Export:
    """Writes down that this file is wanted; a worker makes it.

    Raises: ValueError for a kind, format or filter that there is not, naming those that there are.
    """
    kept = checked(kind, format_, filters or {})
    export = Export.objects.create(
        study=study,
        kind=kind,
        format=format_,
        filters=kept,
        requested_by=actor,  # type: ignore[misc]  # our users are AbstractBaseUsers
    )
    audited.send(Export, actor=actor, action="export.requested", target=export, detail={"filters": kept})
    return export


@transaction.atomic
def cancel(export: Export, actor: AbstractBaseUser | None = None) -> bool:
    """Ends an export that is not made yet; whether there was anything to end. Its worker stops within a second."""
    under_way = Export.objects.filter(pk=export.pk, status__in=[Export.Status.QUEUED, Export.Status.WORKING])
    if not under_way.update(status=Export.Status.CANCELLED, lease_until=None, finished_at=timezone.now()):
        return False
    audited.send(Export, actor=actor, action="export.cancelled", target=export, detail={})
    return True


def note_opened(export: Export, actor: AbstractBaseUser) -> None:
    """Tells the audit log who took the file away."""
    audited.send(Export, actor=actor, action="export.opened", target=export, detail={"sha256": export.sha256})


@dataclass
class Claim:
    """An export that one worker holds. Every method raises LeaseLost once it is cancelled or taken over."""

    export: Export
    fence: int
    stop: Stop
    rows: int = 0
    told_at: float = 0.0

    def step(self) -> None:
        """After each row: from time to time tells how far it is, and keeps the lease."""
        self.rows += 1
        if time.monotonic() - self.told_at >= TELL_EVERY_S:
            if self.stop():
                raise ToldToStop
            self.update(rows_done=self.rows, lease_until=Export.objects.lease_end())
            self.told_at = time.monotonic()

    def update(self, **fields: Any) -> None:
        if not Export.objects.held_under(self.export, self.fence).update(**fields):
            raise LeaseLost(f"{self.export}: cancelled, or another worker has it")


def claim(owner: str, export_id: int | None = None, stop: Stop = lambda: False) -> Claim | None:
    """The oldest export that is due (or that very one, if it is), now held by `owner`; None if there is none."""
    due = Export.objects.due().order_by("pk")
    for export in due if export_id is None else due.filter(pk=export_id):
        if export.attempts >= ATTEMPTS:
            silent = f"tried {export.attempts} times; {export.owner} fell silent each time"
            failed = {"status": Export.Status.FAILED, "error": silent, "finished_at": timezone.now()}
            silent_one = Export.objects.due().filter(pk=export.pk, fence=export.fence)
            silent_one.update(**failed, lease_until=None)
        elif (fence := Export.objects.take(export, owner=owner[:128], rows_done=0)) is not None:
            return Claim(Export.objects.select_related("study").get(pk=export.pk), fence, stop)
    return None


def work_on(held: Claim) -> None:
    """Makes the file and ends the claim. A failure is told in the ledger and the log, and nothing is left of it."""
    with about(study=held.export.study_id, export=held.export.pk):
        _make(held, held.export, held.export.part(held.fence))


def _make(held: Claim, export: Export, part: Path) -> None:
    part.parent.mkdir(parents=True, exist_ok=True)
    try:
        source = Source(export.study, export.filters)
        held.update(rows_wanted=KINDS[export.kind].how_many(source))
        with part.open("wb") as file:
            write_kind(file, export.kind, export.format, source, held.step)
            settle_on_disk(file)
        finish(held, part)
    except LeaseLost as lost:
        logger.info("%s", lost)
    except ToldToStop:
        put_back(held)
    except Exception as error:
        logger.exception("%s could not be made", export)
        with suppress(LeaseLost):
            held.update(
                status=Export.Status.FAILED,
                lease_until=None,
                error=told(error),
                finished_at=timezone.now(),
            )
    finally:
        part.unlink(missing_ok=True)


def finish(held: Claim, part: Path) -> None:
    """Puts the whole file under its final name, then says so; a worker that dies in between is followed by another."""
    export = held.export
    sha256, size = digest_of(part), part.stat().st_size
    held.update(lease_until=Export.objects.lease_end())
    part.replace(export.path)
    now = timezone.now()
    with transaction.atomic():
        held.update(
            status=Export.Status.DONE,
            lease_until=None,
            rows_done=held.rows,
            rows_wanted=held.rows,
            bytes=size,
            sha256=sha256,
            finished_at=now,
            expires_at=now + timedelta(hours=settings.EXPORT_HOURS),
        )
        detail = {"sha256": sha256, "bytes": size, "rows": held.rows}
        audited.send(Export, actor=None, action="export.made", target=export, detail=detail)


def put_back(held: Claim) -> None:
    with suppress(LeaseLost):
        held.update(status=Export.Status.QUEUED, lease_until=None, attempts=F("attempts") - 1, rows_done=0)


def expire() -> int:
    """Removes files whose time is over, and what dead workers left half made; how many exports expired."""
    gone = sum(expire_one(export) for export in Export.objects.overdue())
    sweep_folder()
    return gone


@transaction.atomic
def expire_one(export: Export) -> bool:
    """Whether it was this caller who ended it."""
    ready = Export.objects.filter(pk=export.pk, status=Export.Status.DONE)
    if not ready.update(status=Export.Status.EXPIRED):
        return False
    export.path.unlink(missing_ok=True)
    audited.send(Export, actor=None, action="export.expired", target=export, detail={})
    return True


def make_anew(export: Export) -> None:
    """For what must not stay as it was written: a file that is ready goes, one under way is begun again."""
    if not expire_one(export):
        under_way = Export.objects.filter(pk=export.pk, status=Export.Status.WORKING)
        under_way.update(status=Export.Status.QUEUED, lease_until=None, rows_done=0)


def sweep_folder() -> None:
    """Removes every file of which the ledger knows no use: parts of dead claims, files whose export was cancelled."""
    folder: Path = settings.EXPORT_ROOT
    if not folder.is_dir():
        return
    wanted = {
        path
        for export in Export.objects.filter(status__in=[Export.Status.WORKING, Export.Status.DONE])
        for path in (export.path, export.part(export.fence))
    }
    old = time.time() - settings.EXPORT_LEASE_S  # a file that has just come may be known in a moment
    for path in folder.iterdir():
        with suppress(FileNotFoundError):
            if path not in wanted and path.stat().st_mtime < old:
                path.unlink()


def settle_on_disk(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def told(error: Exception) -> str:
    """In the user's words where we raised it for them, else with the error's own name."""
    text = str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
    return kept(text)
