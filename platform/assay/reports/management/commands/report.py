import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from rich.console import Console

from assay.reports.printing import as_json, print_report
from assay.reports.refresh import refresh
from raters.management.studies import study_argument, study_named


class Command(BaseCommand):
    help = "Writes a report over a study's judgments as they stand, and prints it."

    def add_arguments(self, parser: CommandParser) -> None:
        study_argument(parser)
        parser.add_argument("--json", action="store_true", help="print JSON for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        report = refresh(study_named(options["study"]))
        if options["json"]:
            self.stdout.write(json.dumps(as_json(report), indent=2))
        else:
            print_report(report, Console())
