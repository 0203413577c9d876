from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.table import Table
from rich.text import Text

from promptsets.formats import FORMATS
from promptsets.formats.columns import Columns, MappingError, parse
from promptsets.formats.problems import PromptFileError, printable
from promptsets.importing import ImportPlan, plan_import
from promptsets.summary import Summary
from promptsets.taxonomy import INSTRUCTION, KINDS


class Command(BaseCommand):
    help = "Brings a file of prompts in as a version of a prompt set: all of it or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--slug", help="the set's name; by default from the file's")
        parser.add_argument("--format", help=f"by default recognised; one of {', '.join(FORMATS)}")
        parser.add_argument(
            "--columns", help="for tables of other sources: prompt=COLUMN,id=COLUMN,…; remembered"
        )
        parser.add_argument("--kind", choices=KINDS, help="of the prompts of a table; by default instruction")
        parser.add_argument("--dry-run", action="store_true", help="read and check everything, save nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            columns = columns_from(options)
            plan = plan_import(options["file"], options["slug"], options["format"], columns)
            told = preview(plan) if options["dry_run"] else plan.save().headline()
        except (PromptFileError, MappingError) as error:
            raise CommandError(str(error)) from error
        console = Console(soft_wrap=True)
        console.print(told, highlight=False, markup=False)
        if plan.columns:
            console.print(f"columns: {printable(str(plan.columns))}", highlight=False, markup=False)
        console.print(table_of(plan.summary))


def columns_from(options: dict[str, Any]) -> Columns | None:
    if options["columns"] and options["format"]:
        raise CommandError("--columns is a format of its own: leave --format out.")
    if options["kind"] and not options["columns"]:
        raise CommandError("--kind is for tables with --columns: other formats say their kind themselves.")
    return parse(options["columns"], options["kind"] or INSTRUCTION) if options["columns"] else None


def preview(plan: ImportPlan) -> str:
    return f"{plan.source.name}: {len(plan.rows)} prompts, {plan.format.NAME}. {plan.becomes()} Nothing was saved."


def table_of(summary: Summary) -> Table:
    table = Table(show_header=False, box=None, pad_edge=False)
    for name, value in summary.lines():
        # Categories are the file's words: no markup, and nothing that steers the terminal.
        table.add_row(name, Text(printable(value)))
    return table
