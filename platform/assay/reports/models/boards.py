"""`Board`: what stands on one leaderboard, as a worker wrote it."""

from django.db import models

from promptsets.models import PromptSetVersion


class Board(models.Model):
    """All checkpoints that some studies compared over one prompt set, by people or by simulated raters, never both.

    Which studies is part of what it is: whoever reads it may know of each of them and be told its names.
    """

    prompt_set_version = models.ForeignKey(PromptSetVersion, on_delete=models.CASCADE, related_name="boards")
    simulated = models.BooleanField(help_text="Whether simulated raters judged")
    studies_sha256 = models.CharField(max_length=64, help_text="Of the studies' primary keys")
    made_from = models.JSONField(help_text="The report of each study that was the newest")
    made_at = models.DateTimeField()
    content = models.JSONField(help_text="Ranks, win rates of pairs and how they were computed")

    class Meta:
        ordering = ["prompt_set_version", "simulated", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["prompt_set_version", "simulated", "studies_sha256"],
                name="board_is_unique_of_its_studies",
            )
        ]

    def __str__(self) -> str:
        return f"Leaderboard of {self.prompt_set_version}"
