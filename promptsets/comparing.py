"""What changed between two versions of prompts."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from promptsets.formats.row import METADATA
from promptsets.models import PromptSetVersion


@dataclass(frozen=True)
class Comparison:
    """Keys that only one side has, and of those on both the ones whose text or other declarations differ."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    text_changed: tuple[str, ...]
    metadata_changed: dict[str, tuple[str, ...]]  # key -> names of the fields that differ

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.removed or self.text_changed or self.metadata_changed)


def compare(before: PromptSetVersion, after: PromptSetVersion) -> Comparison:
    """What a reader of `before` must know of `after`; keys in the order of the side that has them."""
    old, new = by_key(before), by_key(after)
    both = [key for key in new if key in old]
    differing = {key: differing_fields(old[key], new[key]) for key in both}
    return Comparison(
        added=missing_from(old, new),
        removed=missing_from(new, old),
        text_changed=tuple(key for key in both if old[key]["text_sha256"] != new[key]["text_sha256"]),
        metadata_changed={key: fields for key, fields in differing.items() if fields},
    )


def by_key(version: PromptSetVersion) -> dict[str, dict[str, Any]]:
    prompts = version.prompts.order_by("position").values("key", "text_sha256", *METADATA)
    return {prompt["key"]: prompt for prompt in prompts}


def missing_from(these: Iterable[str], others: Iterable[str]) -> tuple[str, ...]:
    known = set(these)
    return tuple(key for key in others if key not in known)


def differing_fields(one: dict[str, Any], other: dict[str, Any]) -> tuple[str, ...]:
    return tuple(name for name in METADATA if one[name] != other[name])
