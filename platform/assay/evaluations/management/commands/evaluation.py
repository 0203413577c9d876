from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assay.evaluations import stopping
from assay.evaluations.models import Evaluation, EvaluationRun
from assay.evaluations.planning import pause
from assay.evaluations.starting import start
from generation.models import Checkpoint

OF_PLAN, OF_RUN = ("pause", "resume", "list"), ("start", "show", "cancel", "retry")


class Command(BaseCommand):
    help = (
        "Pauses or resumes a standing plan, or starts, shows, cancels or retries its run for one checkpoint."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=[*OF_PLAN, *OF_RUN])
        parser.add_argument("plan", help="its slug")
        parser.add_argument("checkpoint", nargs="?", help=f"its name; needed to {', '.join(OF_RUN)}")

    def handle(self, *args: Any, **options: Any) -> None:
        act, plan = options["act"], Evaluation.objects.filter(slug=options["plan"]).first()
        if plan is None:
            known = ", ".join(Evaluation.objects.values_list("slug", flat=True)[:10]) or "none yet"
            raise CommandError(f"There is no plan {options['plan']!r}. Plans: {known}.")
        try:
            if act in OF_PLAN:
                self.of_plan(act, plan)
            else:
                self.of_run(act, plan, options["checkpoint"] or "")
        except ValueError as error:
            raise CommandError(str(error)) from error

    def of_plan(self, act: str, plan: Evaluation) -> None:
        if act != "list":
            pause(plan, paused=act == "pause")
            self.stdout.write(f"{plan.slug} is {'paused' if act == 'pause' else 'on'}.")
        for run in plan.runs.select_related("checkpoint").order_by("pk") if act == "list" else []:
            self.stdout.write(f"{run.checkpoint}: {run.verdict or run.status}")

    def of_run(self, act: str, plan: Evaluation, name: str) -> None:
        checkpoint = Checkpoint.objects.filter(name=name).first()
        if checkpoint is None:
            raise ValueError(f"there is no checkpoint {name!r}")
        if act == "start" and start(plan, checkpoint):
            self.stdout.write(f"{plan.slug} has begun with {checkpoint}.")
            return
        run = plan.runs.filter(checkpoint=checkpoint).first()
        if run is None:
            raise ValueError(f"{plan.slug} has not evaluated {checkpoint}; begin by start")
        if act in ("cancel", "retry"):
            {"cancel": stopping.cancel, "retry": stopping.retry}[act](run)
            run.refresh_from_db()
        self.show(run)

    def show(self, run: EvaluationRun) -> None:
        self.stdout.write(f"{run.checkpoint}: {run.verdict or run.status} {run.reason}".rstrip())
        for step in run.steps.prefetch_related("lines"):
            self.stdout.write(f"  {step.name:<9} {step.status:<9} {step.attempts} tries")
            for line in step.lines.all():
                self.stdout.write(f"            {line.at:%H:%M:%S} {line.text}")
