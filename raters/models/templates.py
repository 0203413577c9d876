"""Settings of a study kept under a name, for the studies that come after it."""

from django.conf import settings
from django.db import models


class StudyTemplate(models.Model):
    """What a study asks and how it cares, without its arms and its prompts."""

    name = models.CharField(max_length=100, unique=True)
    values = models.JSONField(help_text="Rubric, ratings, pool and settings, by their names")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
