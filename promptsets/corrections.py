"""A prompt put right: the set gets a new version, the old one stays as it was used."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from promptsets.models import Prompt, PromptSet, PromptSetVersion
from promptsets.subsets import manifest_of, origin
from promptsets.versions import VersionError, row_from, store

CORRECTABLE = ("turns", "category", "subcategory", "language", "rater_note")


def differing(prompt: Prompt, proposed: dict[str, Any]) -> dict[str, Any]:
    """Those fields of a proposal that differ from what stands."""
    stands = {name: getattr(prompt, name) for name in CORRECTABLE} | {"turns": tuple(prompt.turns)}
    return {name: value for name, value in proposed.items() if stands[name] != value}


@transaction.atomic
def correct(
    prompt: Prompt, proposed: dict[str, Any], reason: str, actor: AbstractBaseUser | None = None
) -> PromptSetVersion:
    """The new version, in which only this prompt differs; its manifest says which fields, and why.

    Raises: VersionError if nothing differs or the prompt's version is not the newest, BadRow if it would be no prompt.
    """
    version = prompt.version
    # Corrections wait here for each other, or the second would be made of what the first has changed since.
    PromptSet.objects.select_for_update().get(pk=version.prompt_set_id)
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
    stored, is_new = store(version.prompt_set.slug, rows, manifest, "promptset.corrected", actor)
    if not is_new:
        raise VersionError(
            f"That is {stored} again, word for word: use it by its name; {newest} stays the newest."
        )
    return stored
