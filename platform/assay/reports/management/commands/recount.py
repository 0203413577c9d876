from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from assay.reports.recounting import recount
from raters.management.studies import study_named
from raters.models import Study


class Command(BaseCommand):
    help = (
        "Checks the tallies that results are made of against all judgments, says what differs, and mends it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("study", nargs="?", help="one study's slug; by default all that are no drafts")

    def handle(self, *args: Any, **options: Any) -> None:
        studies = Study.objects.exclude(status=Study.Status.DRAFT)
        for study in [study_named(options["study"])] if options["study"] else studies:
            wrong = recount(study)
            for one in wrong:
                self.stdout.write(f"{study.slug}: {one}")
            told = f"{len(wrong)} differed and are mended" if wrong else "equal"
            self.stdout.write(f"{study.slug}: {study.tally.judgments} judgments, {told}")
