from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse
from rich.console import Console

from assay.evaluations.demo import main_job, training_run
from assay.operations.management.commands.serve import prepare
from assay.reports.printing import print_report
from assay.reports.refresh import refresh
from promptsets.models import PromptSetVersion


class Command(BaseCommand):
    help = "Runs the main job on what ships with the project, then serves the site and prints how to sign in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-serve", action="store_true", help="stop after the win-rate table")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        prepare()
        prompts = main_job.starter_prompts()
        self.stdout.write(f"Prompt set {prompts}: {prompts.prompts.count()} prompts")
        runs = main_job.generate(prompts, main_job.tiny_checkpoints())
        simulated = main_job.study(main_job.SIMULATED, "Demo: simulated raters", runs, ratings=3)
        by_hand = main_job.study(main_job.BY_HAND, "Demo: your own judgments", runs, ratings=1)
        main_job.judge_by_simulation(simulated)
        self.watch_training(prompts, options["port"])
        report = refresh(simulated)
        print_report(report, list(report.estimates.all()), Console())
        if options["no_serve"]:
            return
        for person in main_job.sign_ins(by_hand):
            self.stdout.write(f"Sign in as {person.role}: {person.username} / {person.password}")
        call_command("serve", port=options["port"])

    def watch_training(self, prompts: PromptSetVersion, port: int) -> None:
        plan = training_run.plan_for(prompts)
        self.stdout.write(training_run.told(plan))
        try:
            with training_run.training(plan) as trainer:
                for run in training_run.verdicts(plan, trainer):
                    self.stdout.write(f"{run.checkpoint}: {run.verdict or run.reason} ({run.caveat})")
        except RuntimeError as error:
            raise CommandError(str(error)) from error
        page = reverse("dashboards:series", args=[plan.series.slug])
        self.stdout.write(f"Their timeline, once the site is served: http://127.0.0.1:{port}{page}")
