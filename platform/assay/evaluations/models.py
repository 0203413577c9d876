"""`Evaluation`, a standing plan, and `EvaluationRun`, one execution of it for one checkpoint."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from generation.models import Checkpoint, CheckpointSeries
from promptsets.models import PromptSet
from raters.models import Rubric, Study


class Evaluation(models.Model):
    """What is to happen for each checkpoint of a series: which prompts, against what, judged how, with which gate."""

    slug = models.SlugField(unique=True)
    title = models.CharField(max_length=200)
    series = models.ForeignKey(CheckpointSeries, on_delete=models.PROTECT, related_name="evaluations")
    prompt_sets = models.ManyToManyField(PromptSet, related_name="evaluations")
    baseline = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="evaluations_as_baseline")
    sampling = models.JSONField(default=dict)
    rubric = models.ForeignKey(Rubric, on_delete=models.PROTECT, related_name="evaluations")
    ratings_per_comparison = models.PositiveSmallIntegerField(default=3, validators=[MinValueValidator(1)])
    gate_margin = models.FloatField(default=0.05, help_text="Share, fixed before: 0.05 is five points")
    every_nth_step = models.PositiveIntegerField(default=1, validators=[MinValueValidator(1)])
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(gate_margin__gt=0, gate_margin__lt=1), name="evaluation_margin_is_a_share"
            ),
            models.CheckConstraint(condition=Q(every_nth_step__gte=1), name="evaluation_cadence_is_positive"),
            models.CheckConstraint(
                condition=Q(ratings_per_comparison__gte=1), name="evaluation_wants_a_rating"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class EvaluationRun(models.Model):
    """One execution of a plan. There is never a second one for the same checkpoint."""

    class Status(models.TextChoices):
        GENERATING = "generating"
        COLLECTING = "collecting"
        DECIDED = "decided"
        FAILED = "failed"
        CANCELLED = "cancelled"

    class Verdict(models.TextChoices):
        PASS = "pass"  # noqa: S105  a verdict, not a password
        IMPROVEMENT = "improvement"
        FAIL = "fail"
        INCONCLUSIVE = "inconclusive"

    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, related_name="runs")
    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="evaluation_runs")
    status = models.CharField(max_length=12, choices=Status, default=Status.GENERATING)
    reason = models.TextField(blank=True)
    verdict = models.CharField(max_length=12, choices=Verdict, null=True, blank=True)
    studies = models.ManyToManyField(Study, blank=True, related_name="evaluation_runs")
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "checkpoint"], name="checkpoint_is_evaluated_once_per_plan"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["generating", "collecting", "decided", "failed", "cancelled"]),
                name="evaluation_run_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(verdict__isnull=True)
                | Q(verdict__in=["pass", "improvement", "fail", "inconclusive"]),
                name="evaluation_run_verdict_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(status="decided") | Q(verdict__isnull=False),
                name="evaluation_run_decided_has_a_verdict",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.evaluation}: {self.checkpoint}"
