"""`Evaluation`, a standing plan, and `EvaluationVersion`, what it says; a changed plan is a new version."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from generation.models import Checkpoint, CheckpointSeries
from generation.sampling import Sampling
from promptsets.models import PromptSetVersion
from raters.models import Study


class Evaluation(models.Model):
    """What is to happen for each new checkpoint of a series. What exactly stands in its versions.

    `next_due_at` is when a plan with a timetable takes the newest checkpoint next; empty for all others.
    """

    slug = models.SlugField(unique=True)
    title = models.CharField(max_length=200)
    series = models.ForeignKey(CheckpointSeries, on_delete=models.PROTECT, related_name="evaluations")
    enabled = models.BooleanField(default=True, help_text="Whether it takes new checkpoints")
    next_due_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.title

    @property
    def current(self) -> "EvaluationVersion":
        """The newest version, by which new checkpoints are evaluated."""
        return self.versions.latest("number")

    @property
    def studies(self) -> models.QuerySet[Study]:
        """Of all its runs."""
        return Study.objects.filter(of_evaluation_run__run__evaluation=self)


class EvaluationVersion(models.Model):
    """Which prompts, against what, judged how, with which gate, when, and at what cost. Never changed once made."""

    class Judges(models.TextChoices):
        HUMANS = "humans", "raters"
        MODEL = "model", "a language model alone"
        BOTH = "both", "raters, with a language model beside them"

    class DecidedBy(models.TextChoices):
        BOTH = "both", "the last that passed and the baseline"
        PREVIOUS = "previous", "the last that passed; the baseline is shown beside it"
        BASELINE = "baseline", "the baseline alone"

    class Cadence(models.TextChoices):
        EVERY = "every", "every checkpoint"
        NTH = "nth", "every nth step"
        CRON = "cron", "the newest checkpoint, by timetable"

    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    prompt_sets = models.ManyToManyField(PromptSetVersion, related_name="evaluation_versions")
    baseline = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="evaluations_as_baseline")
    sampling = models.JSONField(default=dict)
    seed = models.PositiveBigIntegerField(default=0)
    preset = models.CharField(
        max_length=16, blank=True, help_text="Rubric for all prompt sets; empty: by the kind of each"
    )
    ratings_per_comparison = models.PositiveSmallIntegerField(default=3, validators=[MinValueValidator(1)])
    template = models.JSONField(default=dict, blank=True, help_text="Further settings of its studies")
    judged_by = models.CharField(max_length=8, choices=Judges, default=Judges.HUMANS)
    judge = models.ForeignKey(
        Checkpoint,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="evaluations_as_judge",
        help_text="The language model that judges; empty where raters alone do",
    )
    decided_by = models.CharField(max_length=8, choices=DecidedBy, default=DecidedBy.BOTH)
    gate_margin = models.FloatField(default=0.05, help_text="Share, fixed before: 0.05 is five points")
    stops_early = models.BooleanField(
        default=False, help_text="Whether rating ends once a confidence sequence has decided"
    )
    cadence = models.CharField(max_length=8, choices=Cadence, default=Cadence.EVERY)
    every_nth_step = models.PositiveIntegerField(default=1, validators=[MinValueValidator(1)])
    cron = models.CharField(max_length=100, blank=True, help_text="Minute, hour, day, month, weekday; UTC")
    tokens_a_day = models.PositiveBigIntegerField(null=True, blank=True, help_text="Empty: no limit")
    judgments_a_week = models.PositiveIntegerField(null=True, blank=True, help_text="Empty: no limit")
    priority = models.SmallIntegerField(
        default=0, validators=[MinValueValidator(-100), MaxValueValidator(100)]
    )
    emails = models.JSONField(default=list, blank=True)
    webhook_url = models.CharField(max_length=500, blank=True)
    webhook_key_env = models.CharField(max_length=100, blank=True)
    sha256 = models.CharField(max_length=64, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["evaluation", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "number"], name="evaluation_version_number_is_unique"
            ),
            models.CheckConstraint(
                condition=Q(gate_margin__gt=0, gate_margin__lt=0.5), name="evaluation_margin_is_a_share"
            ),
            models.CheckConstraint(condition=Q(every_nth_step__gte=1), name="evaluation_cadence_is_positive"),
            models.CheckConstraint(
                condition=Q(ratings_per_comparison__gte=1), name="evaluation_wants_a_rating"
            ),
            models.CheckConstraint(
                condition=Q(judged_by="humans", judge=None)
                | Q(judged_by__in=["model", "both"], judge__isnull=False),
                name="evaluation_judges_are_known",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__in=["both", "previous", "baseline"]),
                name="evaluation_decision_is_known",
            ),
            models.CheckConstraint(
                condition=Q(cadence="cron") & ~Q(cron="") | Q(cadence__in=["every", "nth"], cron=""),
                name="evaluation_cadence_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.evaluation} (version {self.number})"

    @property
    def drawn_by(self) -> Sampling:
        return Sampling.from_json(self.sampling)

    @property
    def asks_people(self) -> bool:
        return self.judged_by != self.Judges.MODEL

    @property
    def judged_alone_by(self) -> Checkpoint | None:
        """The language model whose word is the verdict, where no person is asked."""
        return self.judge if self.judged_by == self.Judges.MODEL else None

    def takes(self, checkpoint: Checkpoint) -> bool:
        """Whether a new checkpoint is evaluated as soon as it is there."""
        if self.cadence == self.Cadence.NTH:
            return checkpoint.step is not None and checkpoint.step % self.every_nth_step == 0
        return self.cadence == self.Cadence.EVERY
