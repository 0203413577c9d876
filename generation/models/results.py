"""What programs measured of a checkpoint: files of results, number by number. Never part of what people said."""

from django.conf import settings
from django.db import models

from generation.models.checkpoints import Checkpoint


class ResultFile(models.Model):
    """A file of automatic results of one checkpoint, known by the digest of its bytes."""

    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.CASCADE, related_name="result_files")
    name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64, unique=True)
    tool = models.CharField(max_length=64)
    tool_version = models.CharField(max_length=100, blank=True, help_text="Version or commit, as it says")
    model = models.CharField(max_length=1000, blank=True, help_text="What was measured, as it says")
    measured_at = models.DateTimeField(null=True, blank=True)
    notes = models.JSONField(default=list, blank=True, help_text="What must be read with the numbers")
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.name


class AutomaticResult(models.Model):
    """One number of such a file: a metric of a task, under the filter that read the answers."""

    file = models.ForeignKey(ResultFile, on_delete=models.CASCADE, related_name="results")
    task = models.CharField(max_length=200)
    metric = models.CharField(max_length=100)
    filter = models.CharField(max_length=100, blank=True)
    value = models.FloatField()
    stderr = models.FloatField(null=True, blank=True, help_text="Standard error; null where none is given")
    shots = models.PositiveIntegerField(null=True, blank=True)
    samples = models.PositiveIntegerField(null=True, blank=True)
    task_version = models.CharField(max_length=50, blank=True)
    higher_is_better = models.BooleanField(null=True, blank=True)

    class Meta:
        ordering = ["file", "task", "metric", "filter"]
        constraints = [
            models.UniqueConstraint(
                fields=["file", "task", "metric", "filter"], name="result_stands_once_in_its_file"
            )
        ]

    def __str__(self) -> str:
        return f"{self.task} {self.metric}: {self.value:g}"
