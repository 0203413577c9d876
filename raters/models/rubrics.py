"""How it is judged: the guide and the questions, in versions."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from raters.rubrics.scales import CRITERIA
from raters.rubrics.training import known_training


def known_criteria(questions: Any) -> None:
    """Raises: ValidationError for anything but a list of criteria that a page can ask."""
    if not isinstance(questions, list) or not set(map(str, questions)) <= CRITERIA.keys():
        raise ValidationError(f"A list of these, no others: {', '.join(CRITERIA)}.")


class Rubric(models.Model):
    """A version of the guide and the questions that raters work with. A changed one is a new version."""

    class Kind(models.TextChoices):
        INSTRUCTION = "instruction", "instruction following"
        SAFETY = "safety"

    slug = models.SlugField()
    version = models.PositiveIntegerField(default=1)
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.INSTRUCTION)
    title = models.CharField(max_length=200)
    guide = models.TextField(help_text="Markdown, shown to raters")
    scale = models.PositiveSmallIntegerField(default=3, help_text="3, 4 (with both bad), 5 or 7 points")
    questions = models.JSONField(
        default=list,
        blank=True,
        validators=[known_criteria],
        help_text='Further criteria that a rater may answer, such as ["helpful", "correct"]',
    )
    training = models.JSONField(
        default=dict,
        blank=True,
        validators=[known_training],
        help_text="Check questions and practice pairs, as in raters/rubrics/guides/*.json",
    )
    asks_tie_kind = models.BooleanField(
        default=False, help_text="Whether a tie is asked: both good, both poor?"
    )
    asks_acceptability = models.BooleanField(
        default=False, help_text="Whether each response is asked: would it do?"
    )
    asks_safety = models.BooleanField(
        default=False, help_text="Whether each response gets a safety label before the verdict"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["slug", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["slug", "version"], name="rubric_version_is_unique"),
            models.CheckConstraint(condition=Q(scale__in=[3, 4, 5, 7]), name="rubric_scale_is_known"),
            models.CheckConstraint(
                condition=Q(kind__in=["instruction", "safety"]), name="rubric_kind_is_known"
            ),
            models.CheckConstraint(  # the fourth button is the kind of tie
                condition=~Q(scale=4, asks_tie_kind=True), name="rubric_asks_for_both_bad_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} (version {self.version})"

    @property
    def asks_of_each_response(self) -> bool:
        return self.asks_acceptability or self.asks_safety
