"""What was answered. A response belongs to its key, not to the run that happened to make it."""

from typing import Any

from django.db import models
from django.db.models import Q

from generation.models.checkpoints import Checkpoint


class CharactersField(models.PositiveIntegerField):
    """How long its row's turns are together, counted whenever the row is stored, many at once too."""

    def pre_save(self, model_instance: Any, add: bool) -> int:
        length = sum(map(len, model_instance.turns))
        setattr(model_instance, self.attname, length)
        return length


class Response(models.Model):
    """The texts one checkpoint gave to one prompt: one text for each of the prompt's turns, verbatim.

    Unique by everything that decides it (checkpoint, chat template, prompt text, sampling, seed, sample), so the same
    text is never generated twice: a run links what exists.
    """

    class Status(models.TextChoices):
        OK = "ok"
        EMPTY = "empty", "empty: nothing but white space"
        TRUNCATED = "truncated", "truncated: cut at the length limit"
        LOOPING = "looping", "looping: the same passage over and over"
        BLOCKED = "blocked", "blocked by the source"
        ERROR = "error", "failed: no text could be made"

    class FinishReason(models.TextChoices):
        STOP = "stop"
        LENGTH = "length"
        ERROR = "error"
        IMPORTED = "imported"

    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="responses")
    chat_template = models.CharField(max_length=32, blank=True)
    prompt_sha256 = models.CharField(max_length=64, help_text="Digest of the prompt's turns")
    sampling_sha256 = models.CharField(max_length=64)
    seed = models.PositiveBigIntegerField()
    sample = models.PositiveSmallIntegerField(default=0)

    turns = models.JSONField(help_text="One text for each user turn, verbatim")
    characters = CharactersField(
        editable=False, help_text="Of all turns together: lengths are read without texts"
    )
    token_ids = models.JSONField(
        null=True, blank=True, help_text="Token ids for each turn; null where imported"
    )
    status = models.CharField(max_length=16, choices=Status)
    finish_reason = models.CharField(max_length=16, choices=FinishReason)
    flags = models.JSONField(default=list, blank=True)
    n_prompt_tokens = models.PositiveIntegerField(null=True, blank=True)
    n_output_tokens = models.PositiveIntegerField(null=True, blank=True)
    text_sha256 = models.CharField(max_length=64)
    provenance = models.JSONField(
        default=dict, blank=True, help_text="Where it came from: file and row, or chunk"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="response_recent")]
        constraints = [
            models.UniqueConstraint(
                fields=["checkpoint", "chat_template", "prompt_sha256", "sampling_sha256", "seed", "sample"],
                name="response_is_unique_by_its_key",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["ok", "empty", "truncated", "looping", "blocked", "error"]),
                name="response_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(finish_reason__in=["stop", "length", "error", "imported"]),
                name="response_finish_reason_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.checkpoint} on {self.prompt_sha256[:8]} #{self.sample}"

    @property
    def text(self) -> str:
        """The last turn's text: the whole answer to a prompt of one turn."""
        return self.turns[-1] if self.turns else ""
