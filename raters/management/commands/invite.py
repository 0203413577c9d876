from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from raters.management.studies import study_argument, study_named
from raters.way_in.inviting import invite

MOST_USES, MOST_DAYS, LONGEST_LABEL = 100_000, 365, 200  # as on the page of invitations


class Command(BaseCommand):
    help = "Makes a link that lets raters into a study, and prints it this once."

    def add_arguments(self, parser: CommandParser) -> None:
        study_argument(parser)
        parser.add_argument("--uses", type=int, default=1, help="how many raters may use it")
        parser.add_argument("--days", type=int, default=14, help="how long it is good for")
        parser.add_argument("--label", default="", help="what you call it")
        parser.add_argument("--origin", default="http://127.0.0.1:8000", help="where the site is served")

    def handle(self, *args: Any, **options: Any) -> None:
        if not (1 <= options["uses"] <= MOST_USES and 1 <= options["days"] <= MOST_DAYS):
            raise CommandError(f"--uses is from 1 to {MOST_USES:,}, --days from 1 to {MOST_DAYS}")
        if len(options["label"]) > LONGEST_LABEL:
            raise CommandError(f"--label has {LONGEST_LABEL} characters at most")
        study = study_named(options["study"])
        token = invite(study, label=options["label"], uses=options["uses"], days=options["days"])
        self.stdout.write(options["origin"].rstrip("/") + reverse("raters:join", args=[token]))
