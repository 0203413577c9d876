"""The steps of an evaluation run, each a row: when, how often, with what to say."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from assay.evaluations.models.runs import EvaluationRun
from generation.leasing import LeasedQuerySet


class EvaluationStepQuerySet(LeasedQuerySet["EvaluationStep"]):
    waiting, held, lease_setting = "waiting", "running", "STEP_LEASE_S"


class EvaluationStep(models.Model):
    """One step of one run. `fence` grows with every claim; only the holder of the newest may end the step."""

    class Name(models.TextChoices):
        DETECT = "detect"
        DESCRIBE = "describe"
        GENERATE = "generate"
        SCAN = "scan"
        PAIR = "pair"
        COLLECT = "collect"
        REPORT = "report"
        GATE = "gate"
        TELL = "tell"

    class Status(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    run = models.ForeignKey(EvaluationRun, on_delete=models.CASCADE, related_name="steps")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=8, choices=Name)
    status = models.CharField(max_length=9, choices=Status, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="Tries that did not end in waiting")
    fence = models.PositiveBigIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField(default=timezone.now)
    error = models.TextField(blank=True, help_text="Why the last try failed")
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = EvaluationStepQuerySet.as_manager()

    class Meta:
        ordering = ["run", "number"]
        constraints = [
            models.UniqueConstraint(fields=["run", "name"], name="step_is_unique_in_run"),
            models.UniqueConstraint(fields=["run", "number"], name="step_number_is_unique_in_run"),
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "running", "done", "failed", "cancelled"]),
                name="step_status_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(status="running") | Q(lease_until__isnull=False), name="step_lease_has_an_end"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run}, {self.name}"

    def say(self, text: str) -> None:
        """Adds a line to the step's log, unless it was the last thing said."""
        newest = self.lines.order_by("-pk").first()
        if newest is None or newest.text != text:
            self.lines.create(text=text)


class StepLine(models.Model):
    """One line of a step's log."""

    step = models.ForeignKey(EvaluationStep, on_delete=models.CASCADE, related_name="lines")
    at = models.DateTimeField(default=timezone.now)
    text = models.TextField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text
