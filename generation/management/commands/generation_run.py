from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.template.defaultfilters import filesizeformat

from generation.estimating import RunEstimate, estimate
from generation.models import GenerationRun
from generation.naming import checkpoint_named
from generation.runs import check_can_be_generated, plan_run
from generation.sampling import Sampling
from generation.stopping import STEERS, steer
from promptsets.naming import offered_version

SAMPLING = {"max_new_tokens": int, "temperature": float, "top_p": float, "top_k": int}


class Command(BaseCommand):
    help = "Starts a generation run, or stops one, or goes on with what was stopped or failed."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        start = acts.add_parser("start", help="tell what the run will take, and start it")
        start.add_argument("checkpoint", help="its name")
        start.add_argument("prompt_set", help="slug, or slug@number for a version")
        for name, kind in SAMPLING.items():
            usual = getattr(Sampling, name)
            start.add_argument(f"--{name.replace('_', '-')}", type=kind, default=usual, help=f"({usual})")
        start.add_argument("--seed", type=int, default=0, help="(0)")
        start.add_argument("--samples", type=int, default=1, help="of each prompt (1)")
        start.add_argument("--dry-run", action="store_true", help="tell what it will take, start nothing")
        for act, told in (
            ("stop", "set aside what is not done"),
            ("retry", "go on with it, and what failed"),
        ):
            acts.add_parser(act, help=told).add_argument("run", type=int, help="its number")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["act"] in STEERS:
                self.stdout.write(steer(run_numbered(options["run"]), options["act"]))
            else:
                self.start(asked_of(options), is_tried=options["dry_run"])
        except ValueError as error:
            raise CommandError(str(error)) from error

    def start(self, asked: dict[str, Any], *, is_tried: bool) -> None:
        for line in lines_of(estimate(**asked)):
            self.stdout.write(line)
        if is_tried:
            self.stdout.write("Nothing was started.")
            return
        run = plan_run(**asked)
        self.stdout.write(f"Run {run.pk}, {run}, is in the ledger; a worker generates what is missing.")


def asked_of(options: dict[str, Any]) -> dict[str, Any]:
    """The arguments of `estimate` and `plan_run`. Raises: ValueError for what nobody here could draw."""
    checkpoint, version = checkpoint_named(options["checkpoint"]), offered_version(options["prompt_set"])
    sampling = Sampling(**{name: options[name] for name in SAMPLING})
    chance = {"seed": options["seed"], "samples": options["samples"]}
    check_can_be_generated(checkpoint, sampling, **chance)
    return {"checkpoint": checkpoint, "version": version, "sampling": sampling, **chance}


def run_numbered(number: int) -> GenerationRun:
    found = GenerationRun.objects.filter(pk=number).first()
    if found is None:
        raise ValueError(f"There is no run {number}; the page of runs and the API's list tell their numbers.")
    return found


def lines_of(told: RunEstimate) -> list[str]:
    """What the run will take, as the page tells it."""
    seconds = "unknown" if told.seconds is None else str(timedelta(seconds=round(told.seconds)))
    size = "unknown" if told.bytes is None else filesizeformat(told.bytes).replace("\xa0", " ")
    return [
        f"To be generated: {told.to_generate} of {told.wanted}; there already: {told.existing}",
        f"Tokens, {'about' if told.measured_on else 'at most'}: {told.tokens}",
        f"Time: {seconds}; disk: {size}",
    ]
