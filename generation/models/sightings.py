"""What was seen in a watched place: not yet a checkpoint, and perhaps never one."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from generation.leasing import LeasedQuerySet
from generation.models.checkpoints import Checkpoint, CheckpointSeries


class SightingQuerySet(LeasedQuerySet["Sighting"]):
    """Due are those that a worker may describe now."""

    waiting, held, lease_setting = "ready", "describing", "DESCRIBE_LEASE_S"


class Sighting(models.Model):
    """A folder, or a file that should have been one, in the place that a series watches.

    `fingerprint` covers the names, sizes and times of its files. One that is refused is looked at anew as soon as
    its fingerprint changes.
    """

    class Status(models.TextChoices):
        WATCHED = "watched", "still changing"
        READY = "ready", "complete, to be described"
        DESCRIBING = "describing", "being described"
        REGISTERED = "registered"
        REFUSED = "refused"

    series = models.ForeignKey(CheckpointSeries, on_delete=models.CASCADE, related_name="sightings")
    uri = models.CharField(max_length=1000)
    name = models.CharField(max_length=255)
    status = models.CharField(max_length=12, choices=Status, default=Status.WATCHED)
    reason = models.TextField(blank=True, help_text="What is wrong, or still missing")
    fingerprint = models.CharField(max_length=64)
    files = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes")
    fence = models.PositiveBigIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True, blank=True)
    checkpoint = models.OneToOneField(
        Checkpoint, null=True, blank=True, on_delete=models.PROTECT, related_name="sighting"
    )
    first_seen_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(
        default=timezone.now, help_text="When its files were last found changed"
    )
    ready_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="When it was registered or refused")

    objects = SightingQuerySet.as_manager()

    class Meta:
        ordering = ["series", "-first_seen_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["series", "uri"], name="sighting_is_unique_in_series"),
            models.CheckConstraint(
                condition=Q(status__in=["watched", "ready", "describing", "registered", "refused"]),
                name="sighting_status_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(status="registered") | Q(checkpoint__isnull=False),
                name="sighting_registered_has_a_checkpoint",
            ),
            models.CheckConstraint(
                condition=~Q(status="refused") | ~Q(reason=""), name="sighting_refused_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series}: {self.name}"
