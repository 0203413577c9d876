"""What processes count together."""

from django.db import models


class ClaimTime(models.Model):
    """How many claims of one kind fell into one bucket of a histogram, over all processes and all time."""

    kind = models.CharField(max_length=16)
    at_most_s = models.CharField(max_length=8, help_text="The bucket's upper bound as Prometheus writes it")
    count = models.PositiveBigIntegerField(default=0)
    total_s = models.FloatField(default=0, help_text="Seconds that these claims took together")

    class Meta:
        ordering = ["kind", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "at_most_s"], name="claim_time_bucket_is_unique")
        ]

    def __str__(self) -> str:
        return f"{self.kind} ≤ {self.at_most_s} s"
