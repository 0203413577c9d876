from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from assay.operations.personal_data.retention import apply_retention, would_take


class Command(BaseCommand):
    help = "Removes what is kept of persons for a time only, once it is over. Beat or the embedded worker does it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would be removed, and stop")

    def handle(self, *args: Any, **options: Any) -> None:
        for what, rows in (would_take if options["dry_run"] else apply_retention)().items():
            self.stdout.write(f"{rows:>7}  {what}")
