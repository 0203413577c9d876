from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assay.accounts.first_administrator import link, wanted


class Command(BaseCommand):
    help = "Prints a link, good once and for a day, that makes the site's first administrator."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("origin", help="the site's address, such as https://assay.example.org")

    def handle(self, *args: Any, **options: Any) -> None:
        if not wanted():
            raise CommandError("The site has its first administrator already; they invite others.")
        self.stdout.write(link(options["origin"].rstrip("/")))
