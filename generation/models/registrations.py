"""Folders that somebody asked to register: only a worker can read weights, so the asking waits for one."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from generation.models.checkpoints import Checkpoint

LEASE = timedelta(hours=1)  # digesting the largest folder on a slow disk takes less


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def due(self) -> "RegistrationQuerySet":
        """Those that wait, and those whose worker fell silent."""
        silent = Q(status=Registration.Status.WORKING, taken_at__lt=timezone.now() - LEASE)
        return self.filter(Q(status=Registration.Status.WAITING) | silent)


class Registration(models.Model):
    """One folder under a name, until it is a checkpoint or refused with the reason.

    One that is only looked at stops at `seen`, with what was found; nothing is registered before somebody says so.
    """

    class Status(models.TextChoices):
        WAITING = "waiting"
        WORKING = "working"
        SEEN = "seen"
        DONE = "done"
        REFUSED = "refused"

    name = models.CharField(max_length=128)
    uri = models.CharField(max_length=1000)
    dtype = models.CharField(max_length=16)
    series = models.CharField(max_length=50, null=True)
    step = models.PositiveBigIntegerField(null=True)
    licence = models.CharField(max_length=200, null=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.WAITING)
    only_look = models.BooleanField(default=False)
    found = models.JSONField(
        default=dict, help_text="Of one that was looked at: what it would be registered as"
    )
    reason = models.TextField(blank=True, help_text="Why it was refused")
    checkpoint = models.ForeignKey(
        Checkpoint, null=True, on_delete=models.PROTECT, related_name="registrations"
    )
    taken_at = models.DateTimeField(null=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "working", "seen", "done", "refused"]),
                name="registration_status_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(status="done") | Q(checkpoint__isnull=False),
                name="registration_done_has_its_checkpoint",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} from {self.uri}"

    @property
    def is_under_way(self) -> bool:
        return self.status in (self.Status.WAITING, self.Status.WORKING)

    @property
    def seen(self) -> Checkpoint | None:
        """The checkpoint that was found when it was looked at: never saved."""
        return Checkpoint(name=self.name, **self.found) if self.found else None
