import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assay.evaluations.models import Evaluation, EvaluationVersion
from assay.evaluations.planning import add_version, make_plan
from generation.models import Checkpoint, CheckpointSeries
from generation.sampling import Sampling
from promptsets.naming import offered_version

SAME = ["seed", "preset", "judged_by", "decided_by", "stops_early", "every_nth_step", "cron"]
SAME += ["tokens_a_day", "judgments_a_week", "priority", "webhook_url", "webhook_key_env"]


class Command(BaseCommand):
    help = "Makes a standing plan for each new checkpoint of a series, or a new version of the plan of that slug."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--series", required=True, help="slug of the series")
        parser.add_argument(
            "--prompt-set", action="append", required=True, help="slug or slug@number; repeat it"
        )
        parser.add_argument("--baseline", required=True, help="the checkpoint's name")
        parser.add_argument("--title", default="")
        parser.add_argument("--ratings", type=int, default=3, help="ratings of each comparison")
        parser.add_argument("--margin", type=float, default=5, help="of the gate, in points")
        parser.add_argument("--max-new-tokens", type=int, default=Sampling().max_new_tokens)
        parser.add_argument("--temperature", type=float, default=Sampling().temperature)
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--preset", default="", help="the rubric; by default each prompt set's kind")
        parser.add_argument("--judged-by", choices=EvaluationVersion.Judges.values, default="humans")
        parser.add_argument("--judge", help="the language model that judges alone or beside: its name")
        parser.add_argument("--decided-by", choices=EvaluationVersion.DecidedBy.values, default="both")
        parser.add_argument("--stops-early", action="store_true")
        parser.add_argument("--every-nth-step", type=int, default=1)
        parser.add_argument(
            "--cron", default="", help="five fields, UTC: the newest checkpoint at these times"
        )
        parser.add_argument("--tokens-a-day", type=int)
        parser.add_argument("--judgments-a-week", type=int)
        parser.add_argument("--priority", type=int, default=0, help="from -100 to 100, the highest first")
        parser.add_argument("--email", action="append", default=[], help="whom to tell; repeat it")
        parser.add_argument("--webhook-url", default="", help="at one of WEBHOOK_HOSTS")
        parser.add_argument("--webhook-key-env", default="", help="the variable that holds the signing key")
        parser.add_argument("--template", default="{}", help="further settings of its studies, as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            plan = self.planned(options)
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{plan.current}: digest {plan.current.sha256}")

    def planned(self, options: dict[str, Any]) -> Evaluation:
        series = CheckpointSeries.objects.filter(slug=options["series"]).first()
        if series is None:
            raise ValueError(f"there is no series {options['series']!r}; make it by watch_series")
        version = version_of(options)
        prompt_sets = [offered_version(name) for name in options["prompt_set"]]
        found = Evaluation.objects.filter(slug=options["slug"]).first()
        if found is None:
            return make_plan(options["slug"], series, version, prompt_sets, title=options["title"])
        if found.series != series:
            raise ValueError(f"the plan {found.slug} is of series {found.series}; a plan keeps its series")
        add_version(found, version, prompt_sets)
        return found


def version_of(options: dict[str, Any]) -> EvaluationVersion:
    sampling = Sampling(max_new_tokens=options["max_new_tokens"], temperature=options["temperature"])
    cadence = "cron" if options["cron"] else "nth" if options["every_nth_step"] != 1 else "every"
    try:
        template = json.loads(options["template"])
    except ValueError as error:
        raise ValueError(f"--template is no JSON: {error}") from None
    return EvaluationVersion(
        baseline=checkpoint_for("baseline", options),
        judge=checkpoint_for("judge", options) if options["judge"] else None,
        sampling=sampling.to_json(),
        template=template,
        ratings_per_comparison=options["ratings"],
        gate_margin=options["margin"] / 100,
        emails=options["email"],
        **{name: options[name] for name in SAME},
        cadence=cadence,
    )


def checkpoint_for(part: str, options: dict[str, Any]) -> Checkpoint:
    found = Checkpoint.objects.filter(name=options[part]).first()
    if found is None:
        raise ValueError(f"there is no checkpoint {options[part]!r} for a {part}")
    return found
