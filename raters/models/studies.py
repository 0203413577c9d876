"""What is judged, by which runs, and under which design."""

import secrets

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models
from django.db.models import F, Q

from generation.models import GenerationRun
from promptsets.models import PromptSetVersion
from raters.models.rubrics import Rubric
from raters.models.study_care import CARE_CONSTRAINTS, StudyCare
from raters.models.study_origin import StudyOrigin
from raters.models.study_queries import StudyQuerySet
from raters.rubrics.training import Lesson, lessons
from raters.studies.about_raters import known_questions
from raters.studies.languages import LANGUAGES, known_texts
from raters.studies.roles import known_roles
from raters.studies.rules import known_rules
from raters.studies.stopping import known_stop_rule


def new_public_id() -> str:
    return secrets.token_urlsafe(12)


def new_secret() -> str:
    return secrets.token_hex(32)


class Study(StudyOrigin, StudyCare):
    """Comparisons, a rubric and the raters invited, open for a time.

    The design is locked, with a digest, before the first judgment. What raters see of a study is its public id and
    its neutral title: slug and title may name checkpoints.
    """

    class Status(models.TextChoices):
        DRAFT = "draft"
        COLLECTING = "collecting"
        PAUSED = "paused"
        CLOSED = "closed"

    class EmptyPolicy(models.TextChoices):
        JUDGE = "judge", "an empty response is judged, shown by a neutral note"
        EXCLUDE = "exclude", "a comparison with an empty response is left out and counted"

    class SelfIdentificationRule(models.TextChoices):
        EXCLUDE = "exclude", "a response that says who wrote it is shown to nobody, and counted"
        MASK = "mask", "what says who wrote a response is hidden, on both sides alike"

    slug = models.SlugField(max_length=100, unique=True)
    title = models.CharField(max_length=200)
    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    rater_title = models.CharField(max_length=200, default="Comparing answers")
    prompt_set_version = models.ForeignKey(PromptSetVersion, on_delete=models.PROTECT, related_name="studies")
    rubric = models.ForeignKey(Rubric, on_delete=models.PROTECT, related_name="studies")
    ratings_per_comparison = models.PositiveSmallIntegerField(default=3, validators=[MinValueValidator(1)])
    pool = models.PositiveSmallIntegerField(
        default=10, validators=[MinValueValidator(1)], help_text="How many raters the plan counts on"
    )
    version = models.PositiveSmallIntegerField(default=1, editable=False)
    follows = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="followed_by",
        help_text="The version whose design this one changes",
    )
    empty_policy = models.CharField(max_length=8, choices=EmptyPolicy, default=EmptyPolicy.JUDGE)
    self_identification_rule = models.CharField(
        max_length=8, choices=SelfIdentificationRule, default=SelfIdentificationRule.EXCLUDE
    )
    lease_s = models.PositiveIntegerField(
        default=1800, help_text="Seconds a rater may keep a comparison unanswered"
    )
    consent = models.TextField(blank=True, help_text="Markdown that a rater agrees to; empty: not asked")
    content_note = models.TextField(blank=True, help_text="Markdown on what may distress; empty: no note")
    language = models.CharField(
        max_length=10,
        default="en",
        choices=LANGUAGES,
        help_text="In which these texts and the guide are written",
    )
    texts = models.JSONField(
        default=dict,
        blank=True,
        validators=[known_texts],
        help_text='What raters read in further languages, such as {"pt": {"consent": "…", "guide": "…"}}',
    )
    shows_guide = models.BooleanField(default=True, help_text="Whether the guide is a step of its own")
    asks_check = models.BooleanField(default=True, help_text="Whether the rubric's check questions are asked")
    asks_practice = models.BooleanField(
        default=True, help_text="Whether the rubric's practice pairs come before the work"
    )
    qualify_gold = models.PositiveSmallIntegerField(
        default=10, help_text="Gold comparisons that qualify a rater, as far as there are so many; 0: none"
    )
    qualify_right = models.PositiveSmallIntegerField(default=8, help_text="How many of them must be right")
    asks_exit = models.BooleanField(
        default=True, help_text="Whether raters are asked a few things at the end"
    )
    about_raters = models.JSONField(
        default=list,
        blank=True,
        validators=[known_questions],
        help_text="Up to three questions about raters, asked at the end, which nobody must answer, such as "
        '["first_language", "age", "field_of_work"]; rates are told by group, of five raters or more',
    )
    completion_url = models.CharField(
        max_length=500,
        blank=True,
        validators=[URLValidator(schemes=["https"])],
        help_text="Where a rater goes at the end; {code}, {PROLIFIC_PID} and the like are filled in",
    )
    reveal = models.BooleanField(
        default=False, help_text="Whether each comparison waits behind a cover that names its hazard"
    )
    exposure_items = models.PositiveSmallIntegerField(
        default=0, help_text="Comparisons in a row, after which a rater takes a break; 0: no limit"
    )
    exposure_minutes = models.PositiveSmallIntegerField(
        default=0, help_text="Minutes of work, after which a rater takes a break; 0: no limit"
    )
    break_minutes = models.PositiveSmallIntegerField(default=10, help_text="How long a break is")
    support_line = models.TextField(blank=True, help_text="Whom raters can turn to; shown on their pages")
    most_per_rater = models.PositiveIntegerField(
        default=0, help_text="Comparisons that one rater may judge at most; 0: no limit"
    )
    gold_every = models.PositiveSmallIntegerField(
        default=15, help_text="One comparison in so many is gold, where there is gold; 0: none"
    )
    fast_floor_percent = models.PositiveSmallIntegerField(
        default=30,
        validators=[MaxValueValidator(100)],
        help_text="A rater who answers in less than this share of the reading time is asked once; 0: never",
    )
    exclusion_rules = models.JSONField(
        default=dict,
        blank=True,
        validators=[known_rules],
        help_text='Who is left out of the headline, such as {"gold_below": 0.6, "fast_above": 0.5}; fixed by the lock',
    )
    stop_rule = models.JSONField(
        default=dict,
        blank=True,
        validators=[known_stop_rule],
        help_text="By what rating may end before every judgment is there; empty: by nothing",
    )
    arms_known_to = models.JSONField(
        default=list,
        blank=True,
        validators=[known_roles],
        help_text='Roles that see names before the unblinding, such as ["owner"]; others see Model 1, Model 2',
    )
    status = models.CharField(max_length=12, choices=Status, default=Status.DRAFT)
    secret = models.CharField(
        max_length=64, default=new_secret, editable=False, help_text="Seeds order and sides"
    )
    design = models.JSONField(default=dict, blank=True, editable=False)
    design_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    locked_at = models.DateTimeField(null=True, blank=True, editable=False)
    unblinded_at = models.DateTimeField(null=True, blank=True, editable=False)
    archived_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="No longer listed; kept all the same"
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = StudyQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name_plural = "studies"
        constraints = [
            models.CheckConstraint(condition=Q(ratings_per_comparison__gte=1), name="study_wants_a_rating"),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "collecting", "paused", "closed"]),
                name="study_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | (Q(locked_at__isnull=False) & ~Q(design_sha256="")),
                name="study_is_locked_before_it_collects",
            ),
            models.CheckConstraint(
                condition=Q(empty_policy__in=["judge", "exclude"]), name="study_empty_policy_is_known"
            ),
            models.CheckConstraint(
                condition=Q(self_identification_rule__in=["exclude", "mask"]),
                name="study_self_identification_rule_is_known",
            ),
            models.CheckConstraint(
                condition=Q(qualify_gold=0) | Q(qualify_right__lte=F("qualify_gold")),
                name="study_can_be_qualified_for",
            ),
            *CARE_CONSTRAINTS,
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_blinded(self) -> bool:
        """Whether results still say "Model 1" and "Model 2". Simulated raters cannot be swayed by names."""
        return self.unblinded_at is None and self.simulation is None

    def text(self, name: str, language: str) -> tuple[str, str]:
        """A text that raters read, in that language where there is one, else as first written; its language."""
        if written := self.texts.get(language, {}).get(name):
            return written, language
        return (self.rubric.guide if name == "guide" else getattr(self, name)), self.language

    def lessons(self, step: str, language: str) -> tuple[list[Lesson], str]:
        """The check's questions or the practice pairs, in that language where they are there; their language."""
        found, translated = lessons(self.rubric.training, step, language)
        return found, language if translated else self.language


class StudyArm(models.Model):
    """One generation run that takes part in a study, as a candidate or as the baseline."""

    class Role(models.TextChoices):
        CANDIDATE = "candidate"
        BASELINE = "baseline"

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="arms")
    run = models.ForeignKey(GenerationRun, on_delete=models.PROTECT, related_name="arms")
    role = models.CharField(max_length=10, choices=Role)

    class Meta:
        ordering = ["study", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["study", "run"], name="arm_run_is_unique_in_study"),
            models.UniqueConstraint(
                fields=["study"], condition=Q(role="baseline"), name="study_has_one_baseline_at_most"
            ),
            models.CheckConstraint(condition=Q(role__in=["candidate", "baseline"]), name="arm_role_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.run.checkpoint} ({self.role})"
