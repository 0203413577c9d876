"""What the people of a study were told of by e-mail: each thing once as long as it lasts."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from raters.models.studies import Study


class StudyNotice(models.Model):
    """One thing worth telling of one study. It is sent until it has arrived or is given up; a stall or
    held comparisons that have passed take their notice with them."""

    class Kind(models.TextChoices):
        FINISHED = "finished", "every judgment that was wanted is in"
        STALLED = "stalled", "nobody has judged for a day"
        HELD = "held", "comparisons are held for a person to look at"

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=8, choices=Kind)
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(default=timezone.now)
    error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["study", "kind"], name="study_is_told_of_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["finished", "stalled", "held"]), name="study_notice_kind_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.study}: {self.get_kind_display()}"
