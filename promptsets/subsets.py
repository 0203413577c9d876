"""A part of a version becomes a set of its own, which says what it was taken from and how."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser

from promptsets.fitting import fitting
from promptsets.formats.row import PromptRow
from promptsets.models import Prompt, PromptSetVersion
from promptsets.summary import summarise
from promptsets.versions import VersionError, row_from, store

STRATA = ("category", "subcategory", "language", "hazard", "expected", "difficulty", "safe_type")
METHOD = "proportional by stratum, largest remainder; within one, the smallest SHA-256 of seed and key"


@dataclass(frozen=True)
class Sample:
    """How many prompts, spread over the values of which fields, by which seed."""

    size: int
    by: tuple[str, ...] = ("category",)
    seed: int = 0

    def __post_init__(self) -> None:
        if self.size < 1:
            raise VersionError("A sample holds at least one prompt.")
        if unknown := [name for name in self.by if name not in STRATA]:
            raise VersionError(f"There are no strata by {unknown[0]}: use {', '.join(STRATA)}.")

    def of(self, prompts: Iterable[Prompt]) -> list[Prompt]:
        """The sample, in the order of the set. Raises: VersionError if there are too few prompts."""
        strata: dict[tuple[Any, ...], list[Prompt]] = defaultdict(list)
        for prompt in prompts:
            strata[tuple(getattr(prompt, name) for name in self.by)].append(prompt)
        sizes = allocate(self.size, {stratum: len(inside) for stratum, inside in strata.items()})
        drawn = [
            prompt
            for stratum, inside in strata.items()
            for prompt in sorted(inside, key=self.lot)[: sizes[stratum]]
        ]
        return sorted(drawn, key=lambda prompt: prompt.position)

    def lot(self, prompt: Prompt) -> str:
        """A prompt's own lot: it does not move when others come or go, and needs no generator of numbers."""
        return hashlib.sha256(f"{self.seed}:{prompt.key}".encode()).hexdigest()


def allocate(size: int, inside: dict[tuple[Any, ...], int]) -> dict[tuple[Any, ...], int]:
    """Shares of `size` in proportion to what is inside, in whole prompts: the largest remainders are rounded up."""
    there = sum(inside.values())
    if size > there:
        raise VersionError(f"A sample of {size} was asked for, but {there} prompts fit.")
    whole = {stratum: size * n // there for stratum, n in inside.items()}
    left = size - sum(whole.values())
    by_remainder = sorted(inside, key=lambda stratum: (-(size * inside[stratum] % there), str(stratum)))
    rounded_up = set(by_remainder[:left])
    return {stratum: n + (stratum in rounded_up) for stratum, n in whole.items()}


def chosen(version: PromptSetVersion, filters: dict[str, str], sample: Sample | None) -> list[Prompt]:
    """The prompts of a subset. Raises: VersionError if none fits, ValueError for a filter that there is not."""
    found = list(fitting(version.prompts.all(), filters).order_by("position"))
    if not found:
        raise VersionError("No prompt fits these filters.")
    return sample.of(found) if sample else found


def subset(
    version: PromptSetVersion,
    slug: str,
    filters: dict[str, str],
    sample: Sample | None = None,
    actor: AbstractBaseUser | None = None,
) -> tuple[PromptSetVersion, bool]:
    """The prompts that fit, or a sample of them, as the newest version of the set `slug`; whether it is new.

    Its manifest keeps the lineage: version and digest of the origin, filters, sample with seed and method.
    """
    if slug == version.prompt_set.slug:
        raise VersionError("A subset is a set of its own: give it another slug.")
    refuse_strangers(slug, version)
    kind = version.prompt_set.kind
    rows = [row_from(prompt, kind) for prompt in chosen(version, filters, sample)]
    drawn = {"sample": asdict(sample) | {"method": METHOD}} if sample else {}
    lineage = {**origin(version), "filters": filters, **drawn}
    return store(slug, rows, manifest_of(rows, lineage), "promptset.subset_made", actor)


def refuse_strangers(slug: str, version: PromptSetVersion) -> None:
    """A subset may follow one of the same set; in another's place it would be taken for that one's newest version."""
    there = PromptSetVersion.objects.filter(prompt_set__slug=slug).order_by("-number").first()
    if (
        there
        and there.manifest.get("lineage", {}).get("from", "").rpartition("@")[0] != version.prompt_set.slug
    ):
        raise VersionError(
            f"There is a set {slug} already, and it is no subset of {version.prompt_set.slug}: use another slug."
        )


def origin(version: PromptSetVersion) -> dict[str, Any]:
    return {"from": str(version), "content_sha256": version.content_sha256}


def manifest_of(rows: list[PromptRow], lineage: dict[str, Any]) -> dict[str, Any]:
    return {"schema": "promptset/1", "lineage": lineage, "counts": asdict(summarise(rows))}
