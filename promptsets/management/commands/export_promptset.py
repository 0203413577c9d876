from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from promptsets.exporting import WRITERS
from promptsets.naming import version_named


class Command(BaseCommand):
    help = "Writes a version of a prompt set to a file that is not there yet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("set", help="a set's slug, or slug@number for a version")
        parser.add_argument("out", type=Path)
        parser.add_argument("--format", choices=WRITERS, help="by default, what the file's name ends in")

    def handle(self, *args: Any, **options: Any) -> None:
        out: Path = options["out"]
        wanted = options["format"] or out.suffix.removeprefix(".")
        if wanted not in WRITERS:
            raise CommandError(f"{out}: name it .jsonl, .csv or .parquet, or give --format.")
        try:
            version = version_named(options["set"])
            with out.open("xb") as file:
                write(file, WRITERS[wanted](version), out)
        except ValueError as error:
            raise CommandError(str(error)) from error
        except ImportError as error:
            raise CommandError("Parquet needs Assay's extra `parquet`.") from error
        except OSError as error:
            raise CommandError(f"{out}: cannot be written: {error.strerror}. Nothing was changed.") from error
        self.stdout.write(f"{version}: {version.prompts.count()} prompts in {out}")


def write(file: IO[bytes], pieces: Iterable[bytes], out: Path) -> None:
    """All of it, or no file."""
    try:
        file.writelines(pieces)
    except BaseException:
        out.unlink()
        raise
