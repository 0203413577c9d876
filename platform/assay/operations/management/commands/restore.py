from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assay.operations.backup.restoring import restore


class Command(BaseCommand):
    help = "Puts a backup in place, after holding all of it against its digests. Stop the site's other processes first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="an archive that `backup` wrote")
        parser.add_argument(
            "--replace", action="store_true", help="even over a database that holds something"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            manifest = restore(options["file"].resolve(), replace=options["replace"])
        except (ValueError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Restored what was backed up on {manifest['made_at']}. Now run: python manage.py migrate"
        )
