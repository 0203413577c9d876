"""One checkpoint over one prompt-set version with one set of sampling parameters and one seed."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Count, Q

from generation.models.checkpoints import Checkpoint
from generation.models.responses import Response
from promptsets.models import Prompt, PromptSetVersion


class GenerationRunQuerySet(models.QuerySet["GenerationRun"]):
    def with_progress(self) -> "GenerationRunQuerySet":
        """Adds `wanted` and `present`: how many responses the run asks for, and how many exist."""
        return self.annotate(wanted=Count("items"), present=Count("items__response"))


class GenerationRun(models.Model):
    """What decides the run's texts stands in its unique key; asking for the same again finds the run that exists."""

    MOST_SAMPLES = 64  # of each prompt; each is a place, and nobody reads more

    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="runs")
    prompt_set_version = models.ForeignKey(PromptSetVersion, on_delete=models.PROTECT, related_name="runs")
    chat_template = models.CharField(max_length=32, blank=True)
    sampling = models.JSONField(help_text="Temperature, top-k, top-p, length limit; empty where imported")
    sampling_sha256 = models.CharField(max_length=64)
    seed = models.PositiveBigIntegerField(default=0)
    samples = models.PositiveSmallIntegerField(default=1)
    priority = models.SmallIntegerField(
        default=0, help_text="The highest is generated first; no part of the key"
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT)
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(
        null=True, blank=True, help_text="No longer offered; kept all the same"
    )

    objects = GenerationRunQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "checkpoint",
                    "prompt_set_version",
                    "chat_template",
                    "sampling_sha256",
                    "seed",
                    "samples",
                ],
                name="run_is_unique_by_its_key",
            ),
            models.CheckConstraint(condition=Q(samples__gte=1), name="run_has_a_sample"),
        ]

    def __str__(self) -> str:
        return f"{self.checkpoint} over {self.prompt_set_version}"

    @property
    def response_key(self) -> dict[str, Any]:
        """What the keys of all its responses share; a prompt's text digest and a sample make each one's whole."""
        return {
            "checkpoint_id": self.checkpoint_id,
            "chat_template": self.chat_template,
            "sampling_sha256": self.sampling_sha256,
            "seed": self.seed,
        }

    @property
    def missing(self) -> models.QuerySet["RunResponse"]:
        """The places of this run that no response fills yet."""
        return self.items.filter(response=None)


class RunResponse(models.Model):
    """A place in a run for one prompt's response; empty until the response exists."""

    run = models.ForeignKey(GenerationRun, on_delete=models.CASCADE, related_name="items")
    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="run_items")
    sample = models.PositiveSmallIntegerField(default=0)
    response = models.ForeignKey(
        Response, null=True, blank=True, on_delete=models.PROTECT, related_name="run_items"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "prompt", "sample"], name="run_asks_each_sample_once")
        ]

    def __str__(self) -> str:
        return f"{self.run}: {self.prompt} #{self.sample}"
