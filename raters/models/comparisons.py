"""What is shown: two responses to one prompt, and who has been asked about them."""

import secrets
from datetime import timedelta

from django.db import models
from django.db.models import Count, F, Q
from django.utils import timezone

from generation.models import Response
from promptsets.models import Prompt
from raters.models.comparison_queries import ComparisonQuerySet, coin, new_lot
from raters.models.people import Rater
from raters.models.studies import Study, StudyArm

# How many of a comparison's wanted ratings are there, for `annotate`: repeats, judges and seniors stand beside them.
ANSWERED = Count(
    "assignments",
    filter=Q(assignments__state="done", assignments__repeat_of=None, assignments__purpose="rating"),
)


class Comparison(models.Model):
    """Two responses to one prompt. `a` is the candidate's; where each stands on the screen is the assignment's.

    `ratings_taken` counts assignments that are answered or held by someone. The constraint on it is what makes more
    than the wanted ratings impossible, whatever the code above does.
    """

    class Kind(models.TextChoices):
        REGULAR = "regular"
        GOLD = "gold", "gold: the right verdict is known"
        PRACTICE = "practice"

    class Status(models.TextChoices):
        OPEN = "open"
        HELD = "held", "held for a person to look at"
        EXCLUDED = "excluded"
        EQUAL = "equal", "two equal texts: a tie by definition, shown to nobody"
        REUSED = "reused", "judged in an earlier study: those judgments count"

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="comparisons")
    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="comparisons")
    arm_a = models.ForeignKey(StudyArm, on_delete=models.PROTECT, related_name="comparisons_as_a")
    arm_b = models.ForeignKey(StudyArm, on_delete=models.PROTECT, related_name="comparisons_as_b")
    response_a = models.ForeignKey(
        Response, null=True, on_delete=models.PROTECT, related_name="comparisons_as_a"
    )
    response_b = models.ForeignKey(
        Response, null=True, on_delete=models.PROTECT, related_name="comparisons_as_b"
    )
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.REGULAR)
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    status_reason = models.CharField(max_length=200, blank=True)
    self_identified = models.BooleanField(default=False, help_text="Whether the scan found any such passage")
    self_identification = models.JSONField(
        default=list,
        blank=True,
        help_text="Passages that may say who wrote a response, as the scan found them",
    )
    masked = models.BooleanField(
        default=False, help_text="Whether names in those passages are hidden, on both sides"
    )
    gold_preference = models.CharField(max_length=3, null=True, blank=True)
    gold_reason = models.TextField(blank=True)
    reuses = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="reused_by",
        help_text="The comparison of the same texts whose judgments count here",
    )
    ratings_wanted = models.PositiveSmallIntegerField()
    ratings_taken = models.PositiveSmallIntegerField(default=0)
    lot = models.PositiveIntegerField(
        default=new_lot, editable=False, help_text="Its place in the ring from which raters draw"
    )
    a_first_left = models.BooleanField(
        default=coin, editable=False, help_text="Whether response a stands left for the first rater"
    )

    objects = ComparisonQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                # The last two are for counting: what stands free is found without looking at the rows.
                fields=["study", "status", "kind", "ratings_taken", "lot", "ratings_wanted", "prompt"],
                name="comparison_open_by_lot",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["study", "prompt", "arm_a", "arm_b"], name="comparison_is_unique_in_study"
            ),
            models.CheckConstraint(condition=~Q(arm_a=F("arm_b")), name="comparison_has_two_arms"),
            models.CheckConstraint(
                condition=Q(ratings_taken__gte=0, ratings_taken__lte=F("ratings_wanted")),
                name="comparison_is_never_overrated",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["regular", "gold", "practice"]), name="comparison_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["open", "held", "excluded", "equal", "reused"]),
                name="comparison_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(status="reused", reuses__isnull=False)
                | (~Q(status="reused") & Q(reuses__isnull=True)),
                name="comparison_reused_names_its_source",
            ),
            models.CheckConstraint(
                condition=~Q(status="open") | Q(response_a__isnull=False, response_b__isnull=False),
                name="comparison_shown_has_both_responses",
            ),
            models.CheckConstraint(
                condition=Q(kind="regular", gold_preference__isnull=True)
                | Q(kind="practice")
                | Q(kind="gold", gold_preference__in=["a", "b", "tie"]),
                name="comparison_gold_has_a_verdict",
            ),
        ]

    def __str__(self) -> str:
        return f"Comparison {self.pk}"


def new_token() -> str:
    return secrets.token_urlsafe(16)


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def overdue(self, study: Study) -> "AssignmentQuerySet":
        """Those whose lease has run out, or ends later than any could: a clock that was ahead gave it."""
        now = timezone.now()
        unreal = Q(lease_until__lt=now) | Q(lease_until__gt=now + 2 * timedelta(seconds=study.lease_s))
        return self.filter(unreal, state=Assignment.State.LEASED, comparison__study=study)

    def held(self) -> "AssignmentQuerySet":
        """Those on a rater's screen, in the order in which they were given."""
        return self.filter(state=Assignment.State.LEASED).order_by("pk")

    def ahead(self) -> "AssignmentQuerySet":
        return self.held().filter(ahead=True)

    def of(self, rater: Rater | int, study: Study | int) -> "AssignmentQuerySet":
        """What the rater was given to judge, planned repeats too; contested comparisons are another matter."""
        return self.filter(rater=rater, comparison__study=study, purpose=Assignment.Purpose.RATING)

    def with_a_place(self) -> "AssignmentQuerySet":
        """Those that count toward the ratings wanted: no repeats, no adjudications, no language models."""
        return self.filter(purpose=Assignment.Purpose.RATING, repeat_of=None)

    def answered(self) -> "AssignmentQuerySet":
        return self.filter(state__in=[Assignment.State.DONE, Assignment.State.SURPLUS])


class Assignment(models.Model):
    """One comparison given to one rater, under a token that tells nothing, with the side drawn and stored."""

    class State(models.TextChoices):
        LEASED = "leased", "on the rater's screen"
        DONE = "done", "answered"
        SKIPPED = "skipped"
        EXPIRED = "expired", "not answered in time"
        SURPLUS = "surplus", "answered after others had finished: kept, not counted"

    class Purpose(models.TextChoices):
        RATING = "rating"
        ADJUDICATION = "adjudication", "a senior rater decides what is contested"
        JUDGE = "judge", "a language model judges"

    comparison = models.ForeignKey(Comparison, on_delete=models.PROTECT, related_name="assignments")
    rater = models.ForeignKey(Rater, on_delete=models.PROTECT, related_name="assignments")
    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    a_is_left = models.BooleanField(help_text="Whether response a stands on the left, as Response A")
    state = models.CharField(max_length=8, choices=State, default=State.LEASED)
    purpose = models.CharField(max_length=12, choices=Purpose, default=Purpose.RATING)
    lease_until = models.DateTimeField()
    repeat_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="repeats", db_index=False
    )
    skip_reason = models.CharField(max_length=500, blank=True)
    draft = models.JSONField(
        default=dict, blank=True, help_text="The page's fields as they stand, before they are sent"
    )
    ahead = models.BooleanField(
        default=False, help_text="Fetched before its rater came to it: whoever finds nothing else may take it"
    )
    shown_at = models.DateTimeField(null=True, blank=True)
    untallied = models.BooleanField(default=False, help_text="Whether tallies have yet to take it in")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["state", "lease_until"], name="assignment_overdue"),
            models.Index(fields=["comparison"], condition=Q(untallied=True), name="assignment_untallied"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["comparison", "rater"],
                condition=Q(repeat_of__isnull=True) & ~Q(purpose="judge"),
                name="rater_judges_a_comparison_once",
            ),
            models.UniqueConstraint(  # of repeats alone, lest SQLite look through all that repeats nothing
                fields=["repeat_of"], condition=Q(repeat_of__isnull=False), name="assignment_is_repeated_once"
            ),
            models.UniqueConstraint(
                fields=["comparison", "rater", "a_is_left"],
                condition=Q(purpose="judge"),
                name="judge_is_asked_once_in_either_order",
            ),
            models.UniqueConstraint(
                fields=["comparison"],
                condition=Q(purpose="adjudication", state__in=["leased", "done"]),
                name="comparison_is_adjudicated_once",
            ),
            models.CheckConstraint(
                condition=Q(purpose="rating") | Q(purpose__in=["adjudication", "judge"], repeat_of=None),
                name="assignment_purpose_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["leased", "done", "skipped", "expired", "surplus"]),
                name="assignment_state_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.comparison} for {self.rater}"

    @property
    def is_answered(self) -> bool:
        return self.state in {self.State.DONE, self.State.SURPLUS}

    @property
    def takes_place(self) -> bool:
        """Whether it is one of the ratings that the comparison wants."""
        return self.purpose == self.Purpose.RATING and self.repeat_of_id is None

    @property
    def left(self) -> Response | None:
        return self.comparison.response_a if self.a_is_left else self.comparison.response_b

    @property
    def right(self) -> Response | None:
        return self.comparison.response_b if self.a_is_left else self.comparison.response_a
