from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from generation.licences import tell
from generation.naming import checkpoint_named


class Command(BaseCommand):
    help = "Tells under what licence a checkpoint's weights stand, of one whose responses were imported too."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("checkpoint", help="its name")
        parser.add_argument("licence", help="such as Apache-2.0")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.stdout.write(tell(checkpoint_named(options["checkpoint"]), options["licence"]))
        except ValueError as error:
            raise CommandError(str(error)) from error
