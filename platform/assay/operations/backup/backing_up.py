"""A backup of the whole site in one archive: the database, exported files, the key of cards."""

import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from assay.operations.backup import archive
from assay.operations.backup.databases import dump

CARD_KEY = "card-key.pem"
EXPORTS = "exports/"


def back_up(target: Path) -> dict[str, Any]:
    """Writes the archive and gives its manifest. Raises: ValueError or OSError, and leaves nothing behind then.

    The database comes first: a file that is exported meanwhile is in neither, one that is named in it is still there.
    """
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.parent) as folder:
        database = dump(Path(folder))
        return archive.write(target, about(), {database.name: database, **files()})


def about() -> dict[str, Any]:
    migrations = MigrationRecorder(connection).applied_migrations()
    return {
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "assay": version("assay"),
        "database": {"vendor": connection.vendor, "version": connection.get_database_version()},
        "migrations": sorted(f"{app}.{name}" for app, name in migrations),
    }


def files() -> dict[str, Path]:
    """What lies beside the database, by its name in the archive; files that are still being written are left out."""
    folder: Path = settings.EXPORT_ROOT
    exported = sorted(folder.iterdir()) if folder.is_dir() else []
    found = {
        EXPORTS + path.name: path for path in exported if path.is_file() and not path.name.startswith(".")
    }
    return {**found, CARD_KEY: settings.CARD_KEY} if settings.CARD_KEY.exists() else found
