"""Whether an entry of a watched place is a whole checkpoint, told from its listing and a few small files."""

import json
from typing import Any

from django.conf import settings

from generation.places import MISNAMED, OUTSIDE, Entry, Place

SINGLE, INDEX, CONFIG = "model.safetensors", "model.safetensors.index.json", "config.json"
PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle")
PARTIAL = (".tmp", ".part", ".partial", ".incomplete", ".crdownload", ".lock")
UNFINISHED = ".orbax-checkpoint-tmp"
ORBAX_MARKS = ("_METADATA", "manifest.ocdbt", "_CHECKPOINT_METADATA", "checkpoint", "commit_success.txt")
LARGEST_JSON = 32 << 20


class RefusedError(ValueError):
    """The entry is no checkpoint and will not become one by waiting."""


def is_candidate(entry: Entry) -> bool:
    """Whether this is worth a row: folders, and files that look like weights. A log beside them is not."""
    return entry.is_folder or entry.name.endswith((*PICKLES, ".safetensors"))


def missing(place: Place, entry: Entry) -> str:
    """What the entry still lacks, "" for one that is whole. Raises: RefusedError for one that will never be."""
    _refuse(entry)
    if half := next((file.path for file in entry.files if file.path.endswith(PARTIAL)), None):
        return f"{half} is half-written"
    if UNFINISHED in entry.name or any(UNFINISHED in file.path for file in entry.files):
        return "Orbax has not committed it"
    if INDEX in entry.names:
        return _missing_shards(place, entry) or _missing_config(entry)
    if SINGLE in entry.names:
        return _missing_config(entry)
    if (tree := _orbax_tree(entry)) is not None:
        return _uncommitted(place, entry, tree)
    if any(name.endswith(".safetensors") for name in entry.names):
        return f"shards without {INDEX}"
    if any(name.endswith(PICKLES) for name in entry.names):
        raise RefusedError("its weights are pickled, and a pickle is never opened: it could run code")
    return f"no weights: expected {SINGLE}, shards with {INDEX}, or an Orbax tree"


def _refuse(entry: Entry) -> None:
    if not entry.is_folder:
        if entry.name.endswith(PICKLES):
            raise RefusedError("a pickle, which is never opened: it could run code; save safetensors")
        raise RefusedError(f"a file by itself: a checkpoint is a folder with {CONFIG} and {SINGLE}")
    if link := next((file.path for file in entry.files if file.stamp == OUTSIDE), None):
        raise RefusedError(f"{link} is {OUTSIDE}")
    if odd := next((file.path for file in entry.files if file.stamp == MISNAMED), None):
        raise RefusedError(f"{odd} has {MISNAMED}")
    most = settings.CHECKPOINT_MAX_BYTES
    if entry.size > most:
        raise RefusedError(f"{entry.size:,} bytes, more than the {most:,} of CHECKPOINT_MAX_BYTES")


def _missing_config(entry: Entry) -> str:
    return "" if CONFIG in entry.names else f"{CONFIG} is not there"


def _missing_shards(place: Place, entry: Entry) -> str:
    index = _object(place, entry, INDEX)
    named = index.get("weight_map") if index else None
    if not isinstance(named, dict) or not all(isinstance(name, str) for name in named.values()):
        return f"{INDEX} is not whole"
    absent = sorted(set(named.values()) - entry.names)
    return f"{absent[0]} is not there, though {INDEX} names it" if absent else ""


def _orbax_tree(entry: Entry) -> str | None:
    """The folder of the tree, "" for the entry itself; None if there is none."""
    paths = [file.path.rpartition("/") for file in entry.files]
    folders = {folder for folder, _, name in paths if name in ORBAX_MARKS and "/" not in folder}
    return min(folders, default=None)  # the entry itself before what lies in it


def _uncommitted(place: Place, entry: Entry, tree: str) -> str:
    """Orbax says in the tree's own metadata when it committed it, or beside it on stores that cannot rename."""
    inside = f"{tree}/" if tree else ""
    paths = {file.path for file in entry.files}
    if f"{inside}commit_success.txt" in paths:
        return ""
    if f"{inside}_CHECKPOINT_METADATA" in paths:
        metadata = _object(place, entry, f"{inside}_CHECKPOINT_METADATA")
        return "" if metadata and metadata.get("commit_timestamp_nsecs") else "Orbax has not committed it"
    if "://" in entry.uri:
        return "no mark of a commit: neither commit_success.txt nor a commit time in _CHECKPOINT_METADATA"
    return ""  # older Orbax renames a folder into place as its last act


def _object(place: Place, entry: Entry, path: str) -> dict[str, Any] | None:
    try:
        value = json.loads(place.read(entry, path, LARGEST_JSON))
    except (ValueError, OSError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
