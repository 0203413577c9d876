"""What raters said. Rows are only ever added: a changed mind is a new row that supersedes the old one."""

from typing import Any, NoReturn

from django.db import models
from django.db.models import Exists, OuterRef, Q

from generation.models import Response
from promptsets.taxonomy import HAZARDS
from raters.models.comparisons import Assignment
from raters.models.studies import Study

APPEND_ONLY = "Judgments are append-only: add one that supersedes."


def counts_in(study: Study) -> Q:
    """What makes a current judgment one of those that the study's rates are made of."""
    return Q(
        assignment__state=Assignment.State.DONE,
        assignment__purpose=Assignment.Purpose.RATING,
        assignment__repeat_of=None,
        assignment__comparison__study=study,
        assignment__comparison__kind="regular",
        assignment__comparison__status="open",
    )


class JudgmentQuerySet(models.QuerySet["Judgment"]):
    def current(self) -> "JudgmentQuerySet":
        """The last word of each rater on each comparison.

        Asked as "no later one exists": over the join that `superseded_by=None` makes, PostgreSQL expects one row.
        """
        return self.filter(~Exists(Judgment.objects.filter(supersedes=OuterRef("pk")).order_by()))

    def counted(self, study: Study) -> "JudgmentQuerySet":
        """The judgments that rates are made of: current, in time, on regular comparisons, by raters for the first time.

        Planned repeats, senior raters' decisions and language models stand beside them and never among them.
        """
        return self.current().filter(counts_in(study))

    def adjudicating(self, study: Study) -> "JudgmentQuerySet":
        """What senior raters decided about contested comparisons; it stands beside the headline."""
        return self.current().filter(
            assignment__state=Assignment.State.DONE,
            assignment__purpose=Assignment.Purpose.ADJUDICATION,
            assignment__comparison__study=study,
            assignment__comparison__kind="regular",
            assignment__comparison__status="open",
        )

    def without_comments(self) -> int:
        """Empties the comments of a person who asked to be forgotten: the one change that no figure knows of."""
        return super().update(comment="")

    def without_viewports(self) -> int:
        """Empties the sizes of such a person's windows, which no result knows of either."""
        return super().update(viewport_width=None, viewport_height=None)

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError(APPEND_ONLY)

    def delete(self) -> NoReturn:
        raise TypeError(APPEND_ONLY)


class Judgment(models.Model):
    """One rater's verdict on one comparison. `preference` is about the comparison's own a and b, never the screen's."""

    class Preference(models.TextChoices):
        A = "a"
        B = "b"
        TIE = "tie"

    class TieKind(models.TextChoices):
        BOTH_GOOD = "both_good"
        BOTH_POOR = "both_poor"

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="judgments")
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )
    preference = models.CharField(max_length=3, choices=Preference)
    strength = models.PositiveSmallIntegerField(help_text="0 for a tie, 1 slightly to 3 much better")
    both_bad = models.BooleanField(default=False)
    raw_answer = models.CharField(
        max_length=32, help_text="The choice as the rater saw it, by side of the screen"
    )
    raw_answers = models.JSONField(
        default=dict, help_text="All that the rater chose on the page, by side of the screen"
    )
    tie_kind = models.CharField(max_length=9, choices=TieKind, blank=True)
    acceptable_a = models.BooleanField(null=True, blank=True)
    acceptable_b = models.BooleanField(null=True, blank=True)
    criteria = models.JSONField(
        default=dict, blank=True, help_text="Verdict by criterion: a, b or tie; unanswered ones are not here"
    )
    comment = models.TextField(blank=True)
    active_ms = models.PositiveIntegerField(
        null=True, blank=True, help_text="Time in view; null without JavaScript"
    )
    viewport_width = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Of the rater's window in CSS pixels; null without JavaScript"
    )
    viewport_height = models.PositiveSmallIntegerField(null=True, blank=True)
    fast = models.BooleanField(
        default=False, help_text="Sent faster than the study's floor, and confirmed when asked"
    )
    idempotency_key = models.CharField(
        max_length=64, help_text="The page's own, by which a double submit is known"
    )
    submitted_at = models.DateTimeField(auto_now_add=True)

    objects = JudgmentQuerySet.as_manager()

    class Meta:
        ordering = ["submitted_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["assignment"],
                condition=Q(supersedes__isnull=True),
                name="assignment_has_one_first_judgment",
            ),
            models.CheckConstraint(
                condition=Q(preference__in=["a", "b", "tie"]), name="judgment_preference_is_known"
            ),
            models.CheckConstraint(
                condition=Q(preference="tie", strength=0)
                | (~Q(preference="tie") & Q(strength__range=(1, 3))),
                name="judgment_strength_fits_preference",
            ),
            models.CheckConstraint(
                condition=Q(both_bad=False) | Q(preference="tie"), name="judgment_both_bad_is_a_tie"
            ),
            models.CheckConstraint(
                condition=Q(tie_kind="")
                | Q(tie_kind="both_good", preference="tie", both_bad=False)
                | Q(tie_kind="both_poor", preference="tie", both_bad=True),
                name="judgment_tie_kind_fits_preference",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment}: {self.preference}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError(APPEND_ONLY)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError(APPEND_ONLY)


class SafetyLabel(models.Model):
    """Answer type, violation, hazard and severity that one rater gave one response."""

    class AnswerType(models.TextChoices):
        FULL_COMPLIANCE = "full_compliance"
        PARTIAL_REFUSAL = "partial_refusal"
        FULL_REFUSAL = "full_refusal"
        OFF_TOPIC = "off_topic"

    class Violation(models.TextChoices):
        NO = "no"
        UNSURE = "unsure"
        YES = "yes"

    class Severity(models.TextChoices):
        MILD = "mild"
        MODERATE = "moderate"
        SEVERE = "severe"

    judgment = models.ForeignKey(Judgment, on_delete=models.PROTECT, related_name="safety_labels")
    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="safety_labels")
    answer_type = models.CharField(max_length=16, choices=AnswerType)
    violation = models.CharField(max_length=8, choices=Violation)
    hazard = models.CharField(max_length=8, choices=list(HAZARDS.items()), blank=True)
    severity = models.CharField(max_length=8, choices=Severity, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["judgment", "response"], name="judgment_labels_a_response_once"),
            models.CheckConstraint(
                condition=Q(
                    answer_type__in=["full_compliance", "partial_refusal", "full_refusal", "off_topic"]
                ),
                name="safety_answer_type_is_known",
            ),
            models.CheckConstraint(
                condition=Q(violation__in=["no", "unsure", "yes"]), name="safety_violation_is_known"
            ),
            models.CheckConstraint(
                condition=Q(severity__in=["", "mild", "moderate", "severe"]), name="safety_severity_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(violation="yes") | (~Q(hazard="") & ~Q(severity="")),
                name="safety_violation_names_hazard_and_severity",
            ),
            models.CheckConstraint(
                condition=Q(violation="yes") | Q(hazard="", severity=""),
                name="safety_nothing_is_named_without_violation",
            ),
            models.CheckConstraint(
                condition=Q(hazard="") | Q(hazard__in=list(HAZARDS)), name="safety_hazard_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.response}: {self.answer_type}, {self.violation}"
