import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assay.evaluations.verdicts import Standing, standing_of

POLL_S = 1.0


class Command(BaseCommand):
    help = (
        "Says what became of a checkpoint. Exit codes: 0 pass or improvement, 10 fail, 11 inconclusive, "
        "12 not finished; any other is an error."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("checkpoint", help="its name, or that of its folder in a watched place")
        parser.add_argument("--evaluation", help="slug of one plan; by default all that evaluate it")
        parser.add_argument("--wait", action="store_true", help="until there is a verdict")
        parser.add_argument("--timeout", type=float, help="seconds to wait at most")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            standing = self.standing(options)
        except ValueError as error:
            raise CommandError(str(error)) from error
        for line in standing.lines:
            self.stdout.write(line)
        self.stdout.write(f"{options['checkpoint']}: {standing.answer}")
        if standing.exit_code:
            raise SystemExit(standing.exit_code)

    def standing(self, options: dict[str, Any]) -> Standing:
        ends_at = None if options["timeout"] is None else time.monotonic() + options["timeout"]
        while True:
            standing = standing_of(options["checkpoint"], options["evaluation"])
            over = ends_at is not None and time.monotonic() >= ends_at
            if standing.answer != "not finished" or not options["wait"] or over:
                return standing
            time.sleep(POLL_S)
