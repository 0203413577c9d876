"""Raters, and their way into a study."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from raters.models.studies import Study

CODE_ALPHABET = (
    "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no letter that reads as a digit, no vowel that makes a word
)


def new_code() -> str:
    return "R" + "".join(secrets.choice(CODE_ALPHABET) for _ in range(7))


class Rater(models.Model):
    """The person who judges, known in data and pages by a code alone; or a simulated rater, marked as such for ever."""

    class Kind(models.TextChoices):
        HUMAN = "human"
        SIMULATED = "simulated"
        LLM = "llm", "language model"
        IMPORTED = "imported", "somebody elsewhere, whom a file does not name"

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="rater"
    )
    code = models.CharField(max_length=16, unique=True, default=new_code)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.HUMAN)
    return_code_sha256 = models.CharField(
        max_length=64, blank=True, editable=False, help_text="Digest of the code to come back with"
    )
    preferences = models.JSONField(
        default=dict, blank=True, help_text="Keys and display, as the rater chose them"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["human", "simulated", "llm", "imported"]), name="rater_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(kind="human") | Q(user__isnull=True), name="rater_who_signs_in_is_human"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Invitation(models.Model):
    """A link that lets raters into a study. Only the digest of its token is kept."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="invitations")
    token_sha256 = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=200, blank=True)
    max_uses = models.PositiveIntegerField(default=1)
    uses = models.PositiveIntegerField(default=0)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(uses__lte=F("max_uses")), name="invitation_is_not_overused")
        ]

    def __str__(self) -> str:
        return self.label or f"Invitation {self.pk}"


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    def locked(self) -> "EnrolmentQuerySet":
        """Each with its study and rater, its own row locked until the transaction ends.

        Read at every claim and every answer, so what pages alone need of the study is left where it is.
        """
        texts = ("design", "texts", "consent", "content_note", "support_line", "exclusion_rules", "stop_rule")
        rows = self.select_for_update(of=("self",)).select_related("study", "rater")
        return rows.defer("exit_survey", "recruitment", *(f"study__{name}" for name in texts))


class Enrolment(models.Model):
    """How far one rater has come in one study."""

    class Step(models.TextChoices):
        CONSENT = "consent"
        CONTENT_NOTE = "content_note"
        GUIDE = "guide"
        CHECK = "check"
        PRACTICE = "practice"
        QUALIFICATION = "qualification"
        WORK = "work"
        EXIT = "exit"

    class Status(models.TextChoices):
        ACTIVE = "active"
        PAUSED = "paused"
        FINISHED = "finished"
        SCREENED_OUT = "screened_out", "not for this study"

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="enrolments")
    rater = models.ForeignKey(Rater, on_delete=models.PROTECT, related_name="enrolments")
    invitation = models.ForeignKey(Invitation, null=True, blank=True, on_delete=models.PROTECT)
    step = models.CharField(max_length=16, choices=Step, default=Step.WORK)
    status = models.CharField(max_length=12, choices=Status, default=Status.ACTIVE)
    pause_reason = models.CharField(max_length=500, blank=True)
    is_senior = models.BooleanField(
        default=False, help_text="Whether this rater decides contested comparisons of the study"
    )
    consented_at = models.DateTimeField(null=True, blank=True)
    recruitment = models.JSONField(
        default=dict, blank=True, help_text="What the recruiting site put into the link"
    )
    tries = models.PositiveSmallIntegerField(default=0, help_text="Failed tries at the check")
    practised = models.PositiveSmallIntegerField(default=0, help_text="Practice pairs behind the rater")
    exit_survey = models.JSONField(default=dict, blank=True)
    declined_hazards = models.JSONField(
        default=list, blank=True, help_text="Hazards that this rater would rather not read about"
    )
    completion_code = models.CharField(max_length=16, default=new_code, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "rater"], name="rater_enrols_once_in_a_study"),
            models.CheckConstraint(
                condition=Q(
                    step__in=[
                        "consent",
                        "content_note",
                        "guide",
                        "check",
                        "practice",
                        "qualification",
                        "work",
                        "exit",
                    ]
                ),
                name="enrolment_step_is_known",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["active", "paused", "finished", "screened_out"]),
                name="enrolment_status_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(status="paused") | ~Q(pause_reason=""), name="enrolment_pause_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rater} in {self.study}"

    @property
    def counts(self) -> bool:
        """Whether answers of this rater count: until the study is closed or the rater is paused.

        People never judge beside simulated raters, nor these beside people.
        """
        of_its_kind = (self.rater.kind == Rater.Kind.SIMULATED) == (self.study.simulation is not None)
        return of_its_kind and self.status == self.Status.ACTIVE and self.study.status != Study.Status.CLOSED

    @property
    def may_claim(self) -> bool:
        """Whether the rater has come to comparisons, and the study gives them out."""
        at_comparisons = self.step in {self.Step.QUALIFICATION, self.Step.WORK}
        return self.counts and at_comparisons and self.study.status == Study.Status.COLLECTING

    def consent(self) -> None:
        """Notes when the rater agreed; the first time stands."""
        Enrolment.objects.filter(pk=self.pk, consented_at=None).update(consented_at=timezone.now())
