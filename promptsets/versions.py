"""Rows become a version of a set, whoever brings them: an import, a subset, a correction."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.validators import slug_re
from django.db import transaction

from promptsets.audit import audited
from promptsets.digests import text_digest
from promptsets.formats.problems import shown
from promptsets.formats.row import METADATA, PromptRow
from promptsets.manifests import digests_of, metadata_of
from promptsets.models import Prompt, PromptSet, PromptSetVersion, searchable

LONGEST_SLUG = 64


class VersionError(ValueError):
    """Rows that cannot become a version of that set; the message says what would be right."""


@transaction.atomic
def store(
    slug: str, read: list[PromptRow], manifest: dict[str, Any], action: str, actor: AbstractBaseUser | None
) -> tuple[PromptSetVersion, bool]:
    """The version of the set `slug` that holds these prompts, and whether it was made just now.

    Raises: VersionError if there can be no such set, or it is of another kind.
    """
    kind = read[0].kind
    of_set, _ = PromptSet.objects.get_or_create(
        slug=checked(slug), defaults={"title": slug.replace("-", " ").capitalize(), "kind": kind}
    )
    # Two imports at once wait here for each other, so that each gets a number of its own.
    of_set = PromptSet.objects.select_for_update().get(pk=of_set.pk)
    if of_set.kind != kind:
        raise VersionError(
            f"holds {kind} prompts, but the set {slug} holds {of_set.kind} prompts: use another slug"
        )
    digests = digests_of(read)
    if same := of_set.versions.filter(**digests).first():
        return same, False
    version = new_version(of_set, read, digests, manifest)
    file = manifest.get("file", {})
    detail = {"prompts": len(read), **digests} | ({"file_sha256": file["sha256"]} if file else {})
    audited.send(PromptSetVersion, actor=actor, action=action, target=version, detail=detail)
    return version, True


def checked(slug: str) -> str:
    if not slug_re.match(slug) or len(slug) > LONGEST_SLUG:
        at_most = f"at most {LONGEST_SLUG} of letters, digits, '-' and '_'"
        raise VersionError(f"cannot become the set {shown(slug)}: a slug has {at_most}")
    return slug


def new_version(
    of_set: PromptSet, read: list[PromptRow], digests: dict[str, str], manifest: dict[str, Any]
) -> PromptSetVersion:
    latest = of_set.latest()
    version = PromptSetVersion.objects.create(
        prompt_set=of_set,
        number=latest.number + 1 if latest else 1,
        semver=next_semver(latest, read),
        manifest=manifest,
        **digests,
    )
    Prompt.objects.bulk_create(
        (prompt_from(row, version, position) for position, row in enumerate(read)), batch_size=1000
    )
    return version


def next_semver(latest: PromptSetVersion | None, read: list[PromptRow]) -> str:
    """A text changed or gone is a major step, prompts added a minor one, all else a patch."""
    if latest is None:
        return "1.0.0"
    before = dict(latest.prompts.values_list("key", "text_sha256"))
    after = {row.key: text_digest(row.turns) for row in read}
    major, minor, patch = map(int, latest.semver.split("."))
    if any(after.get(key) != digest for key, digest in before.items()):
        return f"{major + 1}.0.0"
    return f"{major}.{minor + 1}.0" if len(after) > len(before) else f"{major}.{minor}.{patch + 1}"


def prompt_from(row: PromptRow, version: PromptSetVersion, position: int) -> Prompt:
    return Prompt(
        version=version,
        position=position,
        key=row.key,
        turns=list(row.turns),
        text_sha256=text_digest(row.turns),
        characters=row.characters,
        searchable=searchable(row.key, list(row.turns)),
        **metadata_of(row),
    )


def row_from(prompt: Prompt, kind: str, **changed: Any) -> PromptRow:
    """The row that a prompt was made of, but for what is changed. Raises: BadRow if a change makes it no prompt."""
    declared = {name: getattr(prompt, name) for name in METADATA}
    declared["tags"] = tuple(prompt.tags)
    return PromptRow(**{"kind": kind, "key": prompt.key, "turns": tuple(prompt.turns), **declared, **changed})
