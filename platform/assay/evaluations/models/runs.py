"""`EvaluationRun`, one execution of a plan for one checkpoint, with its studies and the numbers that it gave."""

from typing import Any

from django.db import models
from django.db.models import F, Q

from assay.evaluations.models.plans import Evaluation, EvaluationVersion
from generation.models import Checkpoint
from promptsets.models import PromptSetVersion
from raters.models import JudgeRun, Study


class EvaluationRunQuerySet(models.QuerySet["EvaluationRun"]):
    def running(self) -> "EvaluationRunQuerySet":
        """Those with work left, the most urgent first."""
        return self.filter(finished_at=None).order_by("-version__priority", "pk")

    def passed(self) -> "EvaluationRunQuerySet":
        return self.filter(verdict__in=[EvaluationRun.Verdict.PASS, EvaluationRun.Verdict.IMPROVEMENT])


class EvaluationRun(models.Model):
    """There is never a second one for the same checkpoint. `previous` is fixed when its first step begins."""

    class Status(models.TextChoices):
        RUNNING = "running"
        DECIDED = "decided"
        FAILED = "failed"
        CANCELLED = "cancelled"

    class Verdict(models.TextChoices):
        PASS = "pass"  # noqa: S105  a verdict, not a password
        IMPROVEMENT = "improvement"
        FAIL = "fail"
        INCONCLUSIVE = "inconclusive"

    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, related_name="runs")
    version = models.ForeignKey(EvaluationVersion, on_delete=models.PROTECT, related_name="runs")
    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="evaluation_runs")
    previous = models.ForeignKey(
        Checkpoint,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="evaluation_runs_as_previous",
    )
    opponents_fixed_at = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.RUNNING)
    reason = models.TextField(blank=True, help_text="Why it failed or was cancelled")
    verdict = models.CharField(max_length=12, choices=Verdict, null=True, blank=True)
    decision = models.JSONField(default=dict, blank=True, help_text="The gates behind the verdict")
    note = models.TextField(blank=True, help_text="What a researcher wrote down; shown on the timeline")
    started_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = EvaluationRunQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "checkpoint"], name="checkpoint_is_evaluated_once_per_plan"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["running", "decided", "failed", "cancelled"]),
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
            models.CheckConstraint(
                condition=~Q(status="failed") | ~Q(reason=""), name="evaluation_run_failed_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.evaluation}: {self.checkpoint}"

    @property
    def is_simulated(self) -> bool:
        """Whether any of its judgments came from simulated raters: such a verdict says nothing of people."""
        return self.studies.filter(study__simulation__isnull=False).exists()

    def studies_of(self, user: Any) -> "models.QuerySet[RunStudy]":
        """Those of its studies that this person may know of."""
        known = self.studies.filter(study__in=Study.objects.for_user(user))
        return known.select_related("study", "prompt_set_version__prompt_set")

    @property
    def caveat(self) -> str:
        """What must be said with the verdict wherever it stands; empty where people judged."""
        if judge := self.version.judged_alone_by:
            return f"judged by the language model {judge} alone: no person judged"
        return "simulated raters: this says nothing about people" if self.is_simulated else ""

    @property
    def opponents(self) -> "dict[str, Checkpoint]":
        """What the new checkpoint is compared with, by role: the baseline always, the last that passed if wanted."""
        found = {RunStudy.Against.BASELINE.value: self.version.baseline}
        if self.previous and self.previous != self.version.baseline:
            found[RunStudy.Against.PREVIOUS.value] = self.previous
        return found


class RunStudy(models.Model):
    """A study of a run: the new checkpoint against one opponent, over one prompt set."""

    class Against(models.TextChoices):
        PREVIOUS = "previous", "the last that passed"
        BASELINE = "baseline"

    run = models.ForeignKey(EvaluationRun, on_delete=models.CASCADE, related_name="studies")
    study = models.OneToOneField(Study, on_delete=models.PROTECT, related_name="of_evaluation_run")
    against = models.CharField(max_length=8, choices=Against)
    prompt_set_version = models.ForeignKey(PromptSetVersion, on_delete=models.PROTECT, related_name="+")
    judging = models.OneToOneField(
        JudgeRun,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="of_run_study",
        help_text="The language model's part, where the plan asks one",
    )

    class Meta:
        ordering = ["run", "against", "prompt_set_version"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "against", "prompt_set_version"], name="run_asks_each_question_once"
            ),
            models.CheckConstraint(
                condition=Q(against__in=["previous", "baseline"]), name="run_study_opponent_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run} against {self.against} on {self.prompt_set_version}"

    @property
    def label(self) -> str:
        return f"{self.against} on {self.prompt_set_version}"


class Measure(models.Model):
    """A number of a run for the timeline: a win rate or a violation rate, with interval, n and method."""

    class Name(models.TextChoices):
        WIN_RATE = "win_rate", "win rate"
        JUDGE_WIN_RATE = "judge_win_rate", "win rate by a language model"
        VIOLATION_RATE = "violation_rate", "violation rate"

    of = models.ForeignKey(RunStudy, on_delete=models.CASCADE, related_name="measures")
    name = models.CharField(max_length=16, choices=Name)
    value = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    level = models.FloatField(default=0.95)
    n = models.PositiveIntegerField(help_text="Judgments, or labels")
    prompts = models.PositiveIntegerField()
    method = models.CharField(max_length=200)

    class Meta:
        ordering = ["of", "name"]
        constraints = [
            models.UniqueConstraint(fields=["of", "name"], name="measure_is_taken_once"),
            models.CheckConstraint(
                condition=Q(low__lte=F("value"), high__gte=F("value")), name="measure_lies_in_its_interval"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.of}"
