from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from promptsets.formats.problems import PromptFileError
from promptsets.refusals import FieldError
from promptsets.trying import tried
from raters.importing import comparator
from raters.importing.judged_file import Choices, rows_named
from raters.importing.making import import_study
from raters.importing.reading import FORMATS, read_judged, slug_for


class Command(BaseCommand):
    help = "Makes a finished study of a file of judged pairs, such as LLM Comparator opens: all of it or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--slug", help="the study's and the prompt set's name; by default from the file's"
        )
        parser.add_argument("--title", default="", help="by default from the two models' names")
        parser.add_argument("--format", choices=FORMATS, default=comparator.NAME, help="default %(default)s")
        parser.add_argument(
            "--baseline", default="", help="of a sheet: the model that others are compared with"
        )
        parser.add_argument("--leave-out", default="", help="of a sheet: rows that are left out, as 580,639")
        parser.add_argument("--dry-run", action="store_true", help="read and check everything, save nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            choices = Choices(options["baseline"], rows_named(options["leave_out"]))
            file = read_judged(options["file"], options["format"], choices)
            slug = options["slug"] or slug_for(file.source.name)
            act = partial(import_study, file, slug, options["title"])
            made = tried(act) if options["dry_run"] else act()
        except FieldError as error:
            raise CommandError(
                f"--{error.field.replace('_', '-')}: {error}. Nothing was imported."
            ) from error
        except (PromptFileError, ValueError) as error:
            raise CommandError(str(error)) from error
        lines = [*file.told(), ended(made.study.slug, is_new=made.is_new, is_tried=options["dry_run"])]
        self.stdout.write("\n".join(lines))


def ended(slug: str, *, is_new: bool, is_tried: bool) -> str:
    if not is_new:
        return f"{slug} holds this file already; nothing was changed."
    if is_tried:
        return f"It would become the study {slug}. Nothing was saved."
    return f"Imported as {slug}, finished. python manage.py report {slug}"
