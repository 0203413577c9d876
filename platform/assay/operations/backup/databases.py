"""A database into one file and back: SQLite by its backup API, PostgreSQL by pg_dump and pg_restore."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

NAMES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
ASIDE = "before_restore"


def dump(folder: Path) -> Path:
    """The database as it stands at one moment, while others go on writing; the file's name tells its kind."""
    target = folder / NAMES[connection.vendor]
    if connection.vendor == "sqlite":
        copy_sqlite(Path(connection.settings_dict["NAME"]), target)
    else:
        run_tool(
            "pg_dump",
            "--format=custom",
            "--no-owner",
            "--no-privileges",
            "--schema=public",
            f"--file={target}",
        )
    return target


def load(file: Path) -> None:
    """Puts the dumped database in place of this one: all of it, or this one stays as it is."""
    connection.close()
    if connection.vendor == "sqlite":
        copy_sqlite(file, Path(connection.settings_dict["NAME"]))
        return
    with schema_set_aside():
        arguments = (
            "--no-owner",
            "--no-privileges",
            "--schema=public",
            "--single-transaction",
            "--exit-on-error",
        )
        run_tool("pg_restore", *arguments, f"--dbname={connection.settings_dict['NAME']}", str(file))


def copy_sqlite(source: Path, target: Path) -> None:
    """One file, whole by itself: no log beside it holds a part. Raises: ValueError for what is no whole database."""
    with (
        closing(sqlite3.connect(source, timeout=60)) as ours,
        closing(sqlite3.connect(target, timeout=60)) as copy,
    ):
        try:
            (verdict,) = ours.execute("PRAGMA quick_check").fetchone()
        except sqlite3.DatabaseError as error:
            verdict = str(error)
        if verdict != "ok":
            raise ValueError(f"{source.name} is damaged: {verdict}")
        ours.backup(copy)
        copy.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        copy.execute("PRAGMA journal_mode=DELETE")


@contextmanager
def schema_set_aside() -> Iterator[None]:
    """An empty schema to restore into; if that fails, the one that was there is put back."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {ASIDE} CASCADE")
        cursor.execute(f"ALTER SCHEMA public RENAME TO {ASIDE}")
        cursor.execute("CREATE SCHEMA public")
    try:
        yield
    except BaseException:
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute(f"ALTER SCHEMA {ASIDE} RENAME TO public")
        raise
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA {ASIDE} CASCADE")


def run_tool(name: str, *arguments: str) -> None:
    """Runs one of PostgreSQL's programs on our database. Raises: ValueError with what it said."""
    done = subprocess.run([tool(name), *arguments], env=pg_environment(), capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        raise ValueError(f"{name} failed: {done.stderr.strip()[:1000]}")


def tool(name: str) -> str:
    """Raises: ValueError where there is none."""
    if found := shutil.which(name, path=settings.POSTGRES_BIN or None):
        return found
    raise ValueError(
        f"{name} is not here: install PostgreSQL's client programs, or set POSTGRES_BIN to their folder."
    )


def pg_environment() -> dict[str, str]:
    """The address and the password by the environment: arguments can be read by everybody on the machine."""
    found = connection.get_connection_params()
    names = {
        "dbname": "PGDATABASE",
        "user": "PGUSER",
        "password": "PGPASSWORD",
        "host": "PGHOST",
        "port": "PGPORT",
    }
    names |= {"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT"}
    given = {variable: str(found[name]) for name, variable in names.items() if found.get(name)}
    return {**os.environ, **given}
