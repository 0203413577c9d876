from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assay.operations.backup.backing_up import back_up


class Command(BaseCommand):
    help = "Writes the whole site into one archive: the database, exported files, the key of cards. It is a secret."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="such as backup-2026-11-28.tar; must not be there")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            manifest = back_up(options["file"].resolve())
        except (ValueError, OSError) as error:
            raise CommandError(str(error)) from error
        size = sum(entry["bytes"] for entry in manifest["files"])
        self.stdout.write(f"{options['file']}: {len(manifest['files'])} files, {size:,} bytes.")
