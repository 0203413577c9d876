import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console

from assay.reports.blinding import arms_outside, estimates_for, report_for
from assay.reports.paper import print_paper
from assay.reports.printing import print_report
from assay.reports.refresh import refresh
from raters.management.studies import study_named


class Command(BaseCommand):
    help = "Writes a report over each study's judgments as they stand, and prints it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("studies", nargs="+", metavar="STUDY", help="the studies' slugs")
        form = parser.add_mutually_exclusive_group()
        form.add_argument("--json", action="store_true", help="print JSON for programs")
        form.add_argument(
            "--paper",
            action="store_true",
            help="print both win rates of each candidate in one table, as papers do",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        reports = [refresh(study) for study in [study_named(slug) for slug in options["studies"]]]
        if options["paper"]:
            try:
                print_paper(reports, Console())
            except ValueError as error:
                raise CommandError(f"{error}.") from error
            return
        for report in reports:
            if options["json"]:
                self.stdout.write(json.dumps(report_for(report, arms_outside(report.study)), indent=2))
            else:
                print_report(report, estimates_for(report, arms_outside(report.study)), Console())
