from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from promptsets.comparing import compare
from promptsets.naming import version_named


class Command(BaseCommand):
    help = "Shows what changed between two versions: prompts added, removed, reworded, or declared otherwise."

    def add_arguments(self, parser: CommandParser) -> None:
        for side in ("before", "after"):
            parser.add_argument(side, help="a set's slug, or slug@number for a version")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            before, after = version_named(options["before"]), version_named(options["after"])
        except ValueError as error:
            raise CommandError(str(error)) from error
        found = compare(before, after)
        self.stdout.write(f"{before} ({before.semver}) → {after} ({after.semver})")
        if found.is_empty:
            self.stdout.write("The prompts are the same.")
        for heading, keys in (("+", found.added), ("-", found.removed), ("~ text", found.text_changed)):
            for key in keys:
                self.stdout.write(f"{heading} {key}")
        for key, fields in found.metadata_changed.items():
            self.stdout.write(f"~ {', '.join(fields)} {key}")
