from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.table import Table

from generation.formats import FORMATS
from generation.importing import ImportedResponses, import_responses
from promptsets.formats.problems import PromptFileError
from promptsets.naming import offered_version
from promptsets.trying import tried

MOST_LISTED = 20


class Command(BaseCommand):
    help = "Imports responses that a checkpoint gave elsewhere; what joins no prompt is counted and listed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--prompt-set", required=True, help="slug, or slug@number for a version")
        parser.add_argument("--checkpoint", required=True, help="the name of the checkpoint that wrote them")
        parser.add_argument("--format", choices=FORMATS, help="by default, what the content shows")
        parser.add_argument("--dry-run", action="store_true", help="read and check everything, save nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            version = offered_version(options["prompt_set"])
            wanted = (options["file"], version, options["checkpoint"])
            act = partial(import_responses, *wanted, format=options["format"])
            imported = tried(act) if options["dry_run"] else act()
        except (PromptFileError, ValueError) as error:
            raise CommandError(str(error)) from error
        show(imported, Console())
        self.stdout.write("Nothing was saved." if options["dry_run"] else imported.told)


def show(imported: ImportedResponses, console: Console) -> None:
    table = Table(title=f"{imported.run} ({imported.format})", show_header=False)
    statuses = ", ".join(f"{count} {status}" for status, count in imported.statuses.items())
    for name, value in (
        ("rows", imported.rows),
        ("joined by id", imported.by_id),
        ("joined by text", imported.by_text),
        ("not joined", len(imported.not_joined)),
        ("places filled now", imported.filled),
        ("responses in all", statuses),
        ("missing", len(imported.missing)),
    ):
        table.add_row(name, str(value))
    console.print(table)
    listed(
        console,
        "not joined",
        [f"line {row.line}: {row.shown_as} ({row.reason})" for row in imported.not_joined],
    )
    listed(console, "missing", imported.missing)


def listed(console: Console, name: str, lines: list[str]) -> None:
    for line in lines[:MOST_LISTED]:
        console.print(f"{name}: {line}", markup=False, highlight=False, soft_wrap=True)
    if len(lines) > MOST_LISTED:
        console.print(f"{name}: and {len(lines) - MOST_LISTED} more", markup=False, highlight=False)
