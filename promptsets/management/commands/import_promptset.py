from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.table import Table
from rich.text import Text

from promptsets.formats import FORMATS
from promptsets.formats.problems import PromptFileError, printable
from promptsets.importing import ImportResult, import_promptset
from promptsets.summary import Summary

MOST_SHOWN = 10


class Command(BaseCommand):
    help = "Brings a file of prompts in as a version of a prompt set: all of it or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--slug", help="the set's name; by default from the file's")
        parser.add_argument("--format", help=f"by default recognised; one of {', '.join(FORMATS)}")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            result = import_promptset(options["file"], options["slug"], options["format"])
        except PromptFileError as error:
            raise CommandError(str(error)) from error
        console = Console(soft_wrap=True)
        console.print(headline(result), highlight=False, markup=False)
        if result.is_new:
            console.print(table_of(result.summary))


def headline(result: ImportResult) -> str:
    version = result.version
    if not result.is_new:
        return f"{version} holds the same prompts already; nothing was changed."
    mark = "; a byte order mark was left out" if "byte_order_mark" in version.manifest["file"] else ""
    return f"{version} ({version.semver}), {result.format}, content {version.content_sha256[:12]}{mark}"


def table_of(summary: Summary) -> Table:
    table = Table(show_header=False, box=None, pad_edge=False)
    for name, value in vars(summary).items():
        if value or name in {"prompts", "over_long", "duplicates", "identity_asking"}:
            # Categories are the file's words: no markup, and nothing that steers the terminal.
            table.add_row(name.replace("_", " "), Text(printable(told(value))))
    return table


def told(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {count}" for name, count in value.items())
    if isinstance(value, list):
        shown = ", ".join(" = ".join(item) if isinstance(item, list) else item for item in value[:MOST_SHOWN])
        more = ", …" if len(value) > MOST_SHOWN else ""
        return f"{len(value)} ({shown}{more})" if value else "none"
    return str(value)
