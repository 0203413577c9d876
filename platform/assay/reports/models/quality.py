"""How carefully the raters of a large study judge, as it was worked out last: no page waits for all its judgments."""

from django.db import models

from raters.models import Study


class KeptQuality(models.Model):
    """Every rater's figures and flags, and what was drawn for them. Small studies have none: it is quick there."""

    is_derived = True  # made again from judgments

    study = models.OneToOneField(Study, on_delete=models.CASCADE, related_name="kept_quality")
    folds = models.PositiveIntegerField(help_text="How far the study was folded when it was worked out")
    made_at = models.DateTimeField()
    figures = models.JSONField(help_text="By rater, as they are told")
    drawn = models.JSONField(help_text="Sides and orders as they were drawn, as counts")
    windows = models.JSONField(default=list, help_text="What was said on narrow windows, and on wide ones")
    influences = models.JSONField(
        default=list, help_text="By rater and pair of arms, the largest first, of arm a"
    )

    class Meta:
        verbose_name_plural = "kept quality"

    def __str__(self) -> str:
        return f"Raters of {self.study}"
