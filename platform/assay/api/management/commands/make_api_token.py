from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assay.accounts.models import User
from assay.api.scopes import READ, SCOPES
from assay.api.tokens import make_token
from promptsets.refusals import FieldError


class Command(BaseCommand):
    help = "Makes a token for the API, and prints it this once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="the user name of whom the token acts for")
        parser.add_argument("name", help="what you call the token")
        parser.add_argument(
            "--scope", action="append", choices=SCOPES, help=f"may be given several times; by default {READ}"
        )
        parser.add_argument("--days", type=int, default=90, help="how long it is good for")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["user"]).first()
        if user is None:
            raise CommandError(f"There is nobody called {options['user']!r}.")
        try:
            made = make_token(user, options["name"], options["scope"] or [READ], options["days"], actor=None)
        except FieldError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(made.secret)
