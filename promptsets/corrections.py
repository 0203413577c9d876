"""A prompt put right: the set gets a new version, the old one stays as it was used."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser

from promptsets.models import Prompt, PromptSetVersion
from promptsets.subsets import manifest_of, origin
from promptsets.versions import VersionError, row_from, store

CORRECTABLE = ("turns", "category", "subcategory", "language", "rater_note")


def differing(prompt: Prompt, proposed: dict[str, Any]) -> dict[str, Any]:
    """Those fields of a proposal that differ from what stands."""
    stands = {name: getattr(prompt, name) for name in CORRECTABLE} | {"turns": tuple(prompt.turns)}
    return {name: value for name, value in proposed.items() if stands[name] != value}


def correct(
    prompt: Prompt, proposed: dict[str, Any], reason: str, actor: AbstractBaseUser | None = None
) -> PromptSetVersion:
    """The new version, in which only this prompt differs; its manifest says which fields, and why.

    Raises: VersionError if nothing differs or the prompt's version is not the newest, BadRow if it would be no prompt.
    """
    version = prompt.version
    newest = version.prompt_set.latest()
    if newest != version:
        raise VersionError(f"{newest} is newer than {version}: correct the prompt there.")
    changed = differing(prompt, proposed)
    if not changed:
        raise VersionError("Nothing differs from the prompt as it stands.")
    kind = version.prompt_set.kind
    rows = [
        row_from(each, kind, **(changed if each.pk == prompt.pk else {}))
        for each in version.prompts.order_by("position")
    ]
    correction = {"key": prompt.key, "fields": sorted(changed), "reason": reason}
    manifest = manifest_of(rows, {**origin(version), "correction": correction})
    stored, _ = store(version.prompt_set.slug, rows, manifest, "promptset.corrected", actor)
    return stored
