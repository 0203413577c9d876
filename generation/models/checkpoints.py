"""What answers: checkpoints, and the training runs they come from."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone


class CheckpointSeries(models.Model):
    """A training run, and the place where its new checkpoints appear."""

    slug = models.SlugField(unique=True)
    title = models.CharField(max_length=200)
    watch_uri = models.CharField(
        max_length=1000, blank=True, help_text="A folder, or gs://, s3://, hf://; empty: checkpoints are told"
    )
    watch_dtype = models.CharField(max_length=16, default="float32", help_text="What found ones compute in")
    look_every_s = models.PositiveIntegerField(default=15, validators=[MinValueValidator(1)])
    next_look_at = models.DateTimeField(default=timezone.now)
    looked_at = models.DateTimeField(null=True, blank=True)
    watch_error = models.TextField(blank=True, help_text="Why the last look failed")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "checkpoint series"

    def __str__(self) -> str:
        return self.slug


class Checkpoint(models.Model):
    """Weights, tokenizer and configuration, known by a digest; or a name for texts that came from elsewhere.

    The digest of an engine's checkpoint covers its files. That of an imported one, whose weights nobody here has
    seen, is the digest of its name with the prefix `imported:`.
    """

    class Source(models.TextChoices):
        ENGINE = "engine", "run by our engine"
        ENDPOINT = "endpoint", "answers over HTTP"
        IMPORTED = "imported", "responses were imported"

    class LicenceFrom(models.TextChoices):
        TOLD = "told", "as it was told"
        README = "readme", "as its README.md says"
        SHAPE = "shape", "a guess: that of the released weights of its shape"

    name = models.CharField(max_length=128, unique=True)
    series = models.ForeignKey(
        CheckpointSeries, null=True, blank=True, on_delete=models.PROTECT, related_name="checkpoints"
    )
    step = models.PositiveBigIntegerField(null=True, blank=True)
    family = models.CharField(
        max_length=64, blank=True, help_text="Architecture; empty where it is not known"
    )
    source = models.CharField(max_length=16, choices=Source)
    uri = models.CharField(max_length=1000, blank=True)
    digest = models.CharField(max_length=80, unique=True)
    description = models.JSONField(default=dict, blank=True, help_text="Configuration, parameters, dtype")
    licence = models.CharField(
        max_length=200, blank=True, help_text="Of the weights; empty where it is not known"
    )
    licence_from = models.CharField(max_length=8, choices=LicenceFrom, blank=True, help_text="Who says so")
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(
        null=True, blank=True, help_text="No longer offered; kept all the same"
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(source__in=["engine", "endpoint", "imported"]), name="checkpoint_source_is_known"
            ),
            models.CheckConstraint(
                condition=Q(source="imported", uri="") | (~Q(source="imported") & ~Q(uri="")),
                name="checkpoint_uri_unless_imported",
            ),
            models.CheckConstraint(
                condition=Q(step__isnull=True) | Q(series__isnull=False), name="checkpoint_step_needs_series"
            ),
            models.CheckConstraint(
                condition=Q(licence="", licence_from="")
                | (~Q(licence="") & Q(licence_from__in=["told", "readme", "shape"])),
                name="checkpoint_licence_has_its_source",
            ),
            models.UniqueConstraint(fields=["series", "step"], name="checkpoint_step_is_unique_in_series"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def licence_told(self) -> str:
        """The licence and who says so, in words."""
        return f"{self.licence} ({self.get_licence_from_display()})" if self.licence else "not told"
