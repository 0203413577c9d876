"""Tables of the first floor: prompt sets, their versions, their prompts."""

import secrets
from typing import Any

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact, Range
from django.utils import timezone

from promptsets.frozen import FrozenError, FrozenGuardQuerySet
from promptsets.taxonomy import (
    DIFFICULTIES,
    EXPECTED,
    HAZARDS,
    KEY_PATTERN,
    KEY_RULE,
    KINDS,
    PERSONAS,
    SAFE_TYPES,
)


class PromptSet(models.Model):
    """A named list of prompts that grows by versions. Its kind decides what its prompts must declare."""

    slug = models.SlugField(max_length=64, unique=True)
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=16, choices=list(KINDS.items()))
    description = models.TextField(blank=True)
    archived_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="No longer offered; kept all the same"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=list(KINDS)), name="prompt_set_kind_is_known"),
            models.CheckConstraint(condition=~Q(slug=""), name="prompt_set_has_a_slug"),
        ]

    def __str__(self) -> str:
        return self.slug

    def latest(self) -> "PromptSetVersion | None":
        return self.versions.order_by("-number").first()


class PromptSetVersionQuerySet(FrozenGuardQuerySet):
    def frozen(self) -> "PromptSetVersionQuerySet":
        return self.filter(frozen_at__isnull=False)

    def offered(self) -> "PromptSetVersionQuerySet":
        """Of the sets that are not archived, the newest first."""
        return self.filter(prompt_set__archived_at=None).select_related("prompt_set").order_by("-pk")


class PromptSetVersion(models.Model):
    """What a prompt set held at one time. Once a run or a study uses it, it is frozen: it never changes.

    `content_sha256` covers keys and texts, `metadata_sha256` all else that is declared of the prompts
    (digests.py). `manifest` holds the counts, the summary of the import and the file it came from.
    """

    prompt_set = models.ForeignKey(PromptSet, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    semver = models.CharField(max_length=32)
    content_sha256 = models.CharField(max_length=64)
    metadata_sha256 = models.CharField(max_length=64)
    manifest = models.JSONField(default=dict, blank=True)
    frozen_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = PromptSetVersionQuerySet.as_manager()

    class Meta:
        ordering = ["prompt_set", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["prompt_set", "number"], name="prompt_set_version_number_is_unique"
            ),
            models.UniqueConstraint(
                fields=["prompt_set", "semver"], name="prompt_set_version_semver_is_unique"
            ),
            models.UniqueConstraint(
                fields=["prompt_set", "content_sha256", "metadata_sha256"], name="prompt_set_version_is_new"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="prompt_set_version_counts_from_1"),
            models.CheckConstraint(
                condition=Exact(Length("content_sha256"), 64) & Exact(Length("metadata_sha256"), 64),
                name="prompt_set_version_has_digests",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prompt_set.slug}@{self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            type(self).objects.filter(pk=self.pk).refuse_frozen("changing it")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        type(self).objects.filter(pk=self.pk).refuse_frozen("deleting it")
        return super().delete(*args, **kwargs)

    def freeze(self) -> None:
        """Makes the version immutable. Freezing it again changes nothing, its first time stays."""
        now = timezone.now()
        type(self).objects.filter(pk=self.pk, frozen_at__isnull=True).update(frozen_at=now)
        self.refresh_from_db(fields=["frozen_at"])


class PromptQuerySet(FrozenGuardQuerySet):
    def frozen(self) -> "PromptQuerySet":
        return self.filter(version__frozen_at__isnull=False).select_related("version__prompt_set")

    def refuse_new(self, objs: list["Prompt"]) -> None:
        versions = {prompt.version_id for prompt in objs}
        PromptSetVersion.objects.filter(pk__in=versions).refuse_frozen("adding prompts to it")

    def update(self, **kwargs: Any) -> int:
        if {"version", "version_id"} & kwargs.keys():
            raise FrozenError("A prompt stays in its version. Import the changed prompts as a new version.")
        return super().update(**kwargs)


class Prompt(models.Model):
    """One input, of one or several user turns, verbatim; the replies come in between.

    `key` is the id that the prompt has in its file, `contrast` the key of the prompt it looks like. An empty
    `language`, `safe_type` or `persona` was not declared; nothing is guessed. `extra` holds whatever else the
    file said: source, author, licence, reference, constraints, unknown keys.
    """

    version = models.ForeignKey(PromptSetVersion, on_delete=models.CASCADE, related_name="prompts")
    position = models.PositiveIntegerField(help_text="Place in the file, from 0")
    key = models.CharField(max_length=64, validators=[RegexValidator(KEY_PATTERN, f"Use {KEY_RULE}.")])
    turns = models.JSONField(help_text="The user's turns, a list of texts")
    category = models.CharField(max_length=100, blank=True)
    subcategory = models.CharField(max_length=100, blank=True)
    language = models.CharField(max_length=35, blank=True, help_text="BCP-47; empty where not declared")
    difficulty = models.PositiveSmallIntegerField(null=True, blank=True)
    hazard = models.CharField(max_length=8, null=True, blank=True, choices=list(HAZARDS.items()))
    expected = models.CharField(max_length=16, null=True, blank=True, choices=list(EXPECTED.items()))
    contrast = models.CharField(max_length=64, null=True, blank=True)
    safe_type = models.CharField(max_length=32, blank=True)
    persona = models.CharField(max_length=16, blank=True)
    rater_note = models.TextField(blank=True, help_text="What a good answer does, in a line")
    tags = models.JSONField(default=list, blank=True)
    extra = models.JSONField(default=dict, blank=True)
    text_sha256 = models.CharField(max_length=64, db_index=True)
    characters = models.PositiveIntegerField(help_text="Of all turns together")
    searchable = models.TextField(
        editable=False, help_text="Key and turns, case folded: what a search looks through"
    )

    objects = PromptQuerySet.as_manager()

    class Meta:
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="prompt_key_is_unique_in_version"),
            models.UniqueConstraint(
                fields=["version", "position"], name="prompt_position_is_unique_in_version"
            ),
            # Not the pattern itself: SQLite could neither check nor back up the file without our regexp.
            models.CheckConstraint(
                condition=Range(Length("key"), (1, 64)), name="prompt_key_has_1_to_64_letters"
            ),
            models.CheckConstraint(
                condition=Exact(Length("text_sha256"), 64), name="prompt_has_a_text_digest"
            ),
            models.CheckConstraint(
                condition=Q(difficulty__isnull=True) | Q(difficulty__in=list(DIFFICULTIES)),
                name="prompt_difficulty_is_1_to_3",
            ),
            models.CheckConstraint(
                condition=Q(hazard__isnull=True) | Q(hazard__in=list(HAZARDS)), name="prompt_hazard_is_known"
            ),
            models.CheckConstraint(
                condition=Q(expected__isnull=True) | Q(expected__in=list(EXPECTED)),
                name="prompt_expected_is_known",
            ),
            models.CheckConstraint(
                condition=Q(safe_type__in=["", *SAFE_TYPES]), name="prompt_safe_type_is_known"
            ),
            models.CheckConstraint(condition=Q(persona__in=["", *PERSONAS]), name="prompt_persona_is_known"),
        ]

    def __str__(self) -> str:
        return self.key

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.searchable = searchable(self.key, self.turns)
        type(self).objects.refuse_new([self])
        type(self).objects.filter(pk=self.pk).refuse_frozen("changing it")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        type(self).objects.filter(pk=self.pk).refuse_frozen("deleting it")
        return super().delete(*args, **kwargs)

    @property
    def text(self) -> str:
        """All turns in one text, a blank line between them; the verbatim text where there is one turn."""
        return "\n\n".join(self.turns)


class ColumnMapping(models.Model):
    """Which columns of a source's tables hold what, remembered by the columns' names: the next file needs no asking."""

    columns_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    columns = models.JSONField(help_text="The names of the source's columns, sorted")
    mapping = models.JSONField(help_text="From a prompt's fields to columns")
    kind = models.CharField(max_length=16, choices=list(KINDS.items()))
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-updated_at"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=list(KINDS)), name="column_mapping_kind_is_known")
        ]

    def __str__(self) -> str:
        return ", ".join(f"{name}={column}" for name, column in self.mapping.items())


class PromptFile(models.Model):
    """A file that was sent by a page and is looked at before it becomes a version; then, or in time, it goes."""

    token = models.CharField(max_length=43, unique=True, default=secrets.token_urlsafe, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=255)
    content = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return self.name


def searchable(key: str, turns: list[str]) -> str:
    return "\n".join([key, *turns]).casefold()
