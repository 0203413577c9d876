"""What is told of a verdict, to whom, and whether it arrived."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from assay.evaluations.models.runs import EvaluationRun


class Delivery(models.Model):
    """One message about one run. Its id stays the same over all tries, so that a receiver knows a second one."""

    class Kind(models.TextChoices):
        EMAIL = "email", "e-mail"
        WEBHOOK = "webhook"

    class Status(models.TextChoices):
        WAITING = "waiting"
        DELIVERED = "delivered"
        DEAD = "dead", "dead: tried too often, or refused"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(EvaluationRun, on_delete=models.CASCADE, related_name="deliveries")
    kind = models.CharField(max_length=8, choices=Kind)
    target = models.CharField(max_length=500)
    body = models.TextField(help_text="What is sent, byte for byte the same at every try")
    status = models.CharField(max_length=9, choices=Status, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(default=timezone.now)
    error = models.TextField(blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["run", "kind", "target"]
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["run", "kind", "target"], name="verdict_is_told_once"),
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "delivered", "dead"]), name="delivery_status_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run} to {self.target}"
