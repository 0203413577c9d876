from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from rich.console import Console

from assay.evaluations import demo
from assay.evaluations.demo_timeline import evaluate_each
from assay.operations.management.commands.serve import prepare
from assay.reports.printing import print_report
from assay.reports.refresh import refresh


class Command(BaseCommand):
    help = "Runs the main job on what ships with the project, then serves the site and prints how to sign in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-serve", action="store_true", help="stop after the win-rate table")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        prepare()
        prompts = demo.starter_prompts()
        self.stdout.write(f"Prompt set {prompts}: {prompts.prompts.count()} prompts")
        checkpoints = demo.tiny_checkpoints()
        runs = demo.generate(prompts, checkpoints)
        simulated = demo.study(demo.SIMULATED, "Demo: simulated raters", runs, ratings=3)
        by_hand = demo.study(demo.BY_HAND, "Demo: your own judgments", runs, ratings=1)
        demo.judge_by_simulation(simulated)
        for run in evaluate_each(prompts, checkpoints):
            self.stdout.write(f"{run.evaluation}: {run.checkpoint}: {run.verdict} ({run.caveat})")
        print_report(refresh(simulated), Console())
        if options["no_serve"]:
            return
        for person in demo.sign_ins(by_hand):
            self.stdout.write(f"Sign in as {person.role}: {person.username} / {person.password}")
        call_command("serve", port=options["port"])
