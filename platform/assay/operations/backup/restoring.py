"""A site from its backup: checked whole before anything is touched, and never over a site that holds something."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from assay.operations.backup import archive
from assay.operations.backup.archive import WrongArchive
from assay.operations.backup.backing_up import CARD_KEY, EXPORTS
from assay.operations.backup.databases import NAMES, load
from assay.operations.models import ClaimTime

OURS = (
    "accounts",
    "promptsets",
    "generation",
    "raters",
    "reports",
    "takeaway",
    "evaluations",
    "api",
    "operations",
)


class NotEmpty(ValueError):  # noqa: N818  says what is in the way
    """The database holds something that a restore would replace."""


def restore(path: Path, *, replace: bool = False) -> dict[str, Any]:
    """Puts the backup in place and gives its manifest.

    Raises: WrongArchive if it is none, damaged or not for this site; NotEmpty unless `replace`. Both change nothing.
    """
    manifest = archive.manifest_of(path)
    check_fits(manifest)
    if not replace and (held := what_is_held()):
        raise NotEmpty(f"The database is not empty ({held}). --replace puts the backup in its place.")
    with tempfile.TemporaryDirectory(prefix="restore-") as folder:
        found = archive.unpack(path, Path(folder))
        load(found.pop(NAMES[connection.vendor]))
        for name, file in found.items():
            put_back(name, file)
    return manifest


def check_fits(manifest: dict[str, Any]) -> None:
    vendor = manifest["database"]["vendor"]
    if vendor != connection.vendor:
        raise WrongArchive(f"The backup is of {vendor}; DATABASE_URL names {connection.vendor}.")
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    if newer := sorted(set(manifest["migrations"]) - known):
        raise WrongArchive(
            f"The backup is of a newer version ({manifest['assay']}): this one lacks {newer[0]}."
        )
    strange = [entry["name"] for entry in manifest["files"] if not is_ours(entry["name"])]
    if strange or NAMES[vendor] not in {entry["name"] for entry in manifest["files"]}:
        raise WrongArchive(f"The backup lists {strange or 'no database'}: it is not one of this site's.")


def is_ours(name: str) -> bool:
    exported = name.startswith(EXPORTS) and "/" not in name.removeprefix(EXPORTS) and ".." not in name
    return name in {*NAMES.values(), CARD_KEY} or exported


def what_is_held() -> str:
    """The first of our tables that has a row; none is named for a database without tables."""
    tables = set(connection.introspection.table_names())
    for model in apps.get_models():
        ours = model._meta.app_label in OURS and model is not ClaimTime
        if ours and model._meta.db_table in tables and model._default_manager.exists():
            return str(model._meta.verbose_name_plural)
    return ""


def put_back(name: str, file: Path) -> None:
    target: Path = (
        settings.CARD_KEY if name == CARD_KEY else settings.EXPORT_ROOT / name.removeprefix(EXPORTS)
    )
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, target)
    target.chmod(0o600)
