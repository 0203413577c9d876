from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assay.operations.personal_data.forgetting import forget, would_forget


class Command(BaseCommand):
    help = "Removes what tells who a rater is, for good; what they judged stays, under a new code. It is audited."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("who", help="the rater's code, e-mail address or ID of the recruiting site")
        parser.add_argument("--dry-run", action="store_true", help="say what would be removed, and stop")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = (would_forget if options["dry_run"] else forget)(options["who"])
        except ValueError as error:
            raise CommandError(str(error)) from error
        for one in found:
            self.stdout.write(
                f"{one.was}{' would be forgotten' if options['dry_run'] else f' is {one.code} now'}:"
            )
            for what, rows in one.rows:
                self.stdout.write(f"{rows:>7}  {what}")
