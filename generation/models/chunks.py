"""The ledger: what is to be generated, who holds it and until when."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from generation.leasing import LeasedQuerySet
from generation.models.runs import GenerationRun


class ChunkQuerySet(LeasedQuerySet["Chunk"]):
    waiting, held, lease_setting = "queued", "leased", "CHUNK_LEASE_S"


class Chunk(models.Model):
    """Many prompts of one run, worked off together.

    `fence` grows with every claim; only the holder of the newest fence may store. `attempts` bounds how often a chunk
    that kills its worker is tried again.
    """

    class Status(models.TextChoices):
        QUEUED = "queued"
        LEASED = "leased"
        DONE = "done"
        DEAD = "dead", "dead: tried too often"

    run = models.ForeignKey(GenerationRun, on_delete=models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    item_ids = models.JSONField(help_text="Primary keys of the run's places to fill")
    status = models.CharField(max_length=8, choices=Status, default=Status.QUEUED)
    fence = models.PositiveBigIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    owner = models.CharField(max_length=128, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField(default=timezone.now)
    error = models.TextField(blank=True, help_text="Why the last attempt failed")
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = ChunkQuerySet.as_manager()

    class Meta:
        ordering = ["run", "number"]
        indexes = [models.Index(fields=["status", "not_before"], name="chunk_due")]
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="chunk_number_is_unique_in_run"),
            models.CheckConstraint(
                condition=Q(status__in=["queued", "leased", "done", "dead"]), name="chunk_status_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(status="leased") | Q(lease_until__isnull=False), name="chunk_lease_has_an_end"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run}, chunk {self.number}"
