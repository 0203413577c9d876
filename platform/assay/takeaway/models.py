"""`Export`, the ledger of files that leave the site: what was asked for, by whom, how far it is, when it goes."""

import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from generation.leasing import LeasedQuerySet
from raters.models import Study


def new_token() -> str:
    return secrets.token_urlsafe(16)


class ExportQuerySet(LeasedQuerySet["Export"]):
    waiting, held, lease_setting, puts_off = "queued", "working", "EXPORT_LEASE_S", False

    def for_user(self, user: Any) -> "ExportQuerySet":
        """Those that this person may open: of studies that they may know of, and what they asked for themselves."""
        if not (user.is_authenticated and user.plans_studies):
            return self.none()
        return self.filter(Q(requested_by=user) | Q(study__in=Study.objects.for_user(user)))

    def overdue(self) -> "ExportQuerySet":
        """Files whose time is over."""
        return self.filter(status=Export.Status.DONE, expires_at__lt=timezone.now())


class Export(models.Model):
    """One file made of one study. Its content depends on the study's data, the kind, the format and the filters alone.

    `fence` grows with every claim: only the holder of the newest one may put its file under the final name.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", "waiting for a worker"
        WORKING = "working", "being made"
        DONE = "done", "ready"
        FAILED = "failed", "failed"
        CANCELLED = "cancelled", "cancelled"
        EXPIRED = "expired", "expired: the file was removed"

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="exports")
    kind = models.CharField(max_length=16)
    format = models.CharField(max_length=16)
    filters = models.JSONField(default=dict, blank=True)
    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    rows_done = models.PositiveBigIntegerField(default=0)
    rows_wanted = models.PositiveBigIntegerField(default=0)
    bytes = models.PositiveBigIntegerField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    error = models.TextField(blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="exports"
    )
    fence = models.PositiveBigIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    owner = models.CharField(max_length=128, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["status", "lease_until"], name="export_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["queued", "working", "done", "failed", "cancelled", "expired"]),
                name="export_status_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(status="working") | Q(lease_until__isnull=False), name="export_lease_has_an_end"
            ),
            models.CheckConstraint(
                condition=~Q(status="done") | (Q(bytes__isnull=False) & ~Q(sha256="")),
                name="export_done_has_a_digest",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.study.slug}: {self.kind} as {self.format}"

    @property
    def filename(self) -> str:
        """What a download of it is called."""
        return f"{self.study.slug}-{self.kind}.{self.format}"

    @property
    def path(self) -> Path:
        """Where the whole file lies, and nothing but a whole file."""
        return settings.EXPORT_ROOT / f"{self.token}.{self.format}"

    def part(self, fence: int) -> Path:
        """Where the file grows under one claim."""
        return settings.EXPORT_ROOT / f".{self.token}.{fence}.part"

    @property
    def share(self) -> float:
        return min(1.0, self.rows_done / self.rows_wanted) if self.rows_wanted else 0.0

    @property
    def is_under_way(self) -> bool:
        return self.status in {self.Status.QUEUED, self.Status.WORKING}
