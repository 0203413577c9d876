"""Where a study's judgments come from, where it is not from people who judge here."""

from django.db import models


class StudyOrigin(models.Model):
    """Null for people of this site: nothing else is ever said of their studies."""

    simulation = models.JSONField(
        null=True,
        blank=True,
        editable=False,
        help_text="Options, seed and truth of simulated raters; null for people",
    )
    imported = models.JSONField(
        null=True,
        blank=True,
        editable=False,
        help_text="Format, name and digest of the file that it was imported from; null for studies run here",
    )

    class Meta:
        abstract = True
