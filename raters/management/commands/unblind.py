from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from raters.management.studies import study_argument, study_named
from raters.studies.unblinding import also_told, unblind


class Command(BaseCommand):
    help = "Lets a study's results carry the checkpoints' names from now on. It cannot be undone, and is audited."

    def add_arguments(self, parser: CommandParser) -> None:
        study_argument(parser)
        parser.add_argument(
            "--reason", required=True, help="kept in the audit log: somebody may ask for it later"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        study = study_named(options["study"])
        try:
            told = also_told(study) if study.locked_at else []
            unblind(study, options["reason"])
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{study.slug} is unblinded.")
        for other in told:
            self.stdout.write(
                f"It tells arms of {other.slug}, which is blind still: some who read both may not know them."
            )
