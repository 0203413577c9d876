from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from assay.evaluations.evaluating import Question, failed_chunks, open_study, runs_of, same_question
from assay.evaluations.generating import generate_here
from generation.naming import checkpoint_named
from generation.sampling import Sampling
from promptsets.naming import offered_version
from raters.comparisons.pairing import count_reasons
from raters.models import Comparison, Study
from raters.rubrics.presets import PRESETS


class Command(BaseCommand):
    help = "Generates what is missing, lays out the comparisons and opens a study for raters."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--prompt-set", required=True, help="slug, or slug@number for a version")
        parser.add_argument("--candidate", required=True, help="the checkpoint's name")
        parser.add_argument("--baseline", required=True, help="the checkpoint's name")
        parser.add_argument("--ratings", type=int, default=3, help="ratings of each comparison")
        parser.add_argument("--max-new-tokens", type=int, default=Sampling().max_new_tokens)
        parser.add_argument("--temperature", type=float, default=Sampling().temperature)
        parser.add_argument("--seed", type=int, default=0, help="of the generation")
        parser.add_argument(
            "--preset", choices=list(PRESETS), default="", help="the rubric; by default the prompt set's kind"
        )
        parser.add_argument(
            "--slug", help="the study's name in addresses and commands; by default from the names"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            question = question_of(options)
            study = self.study_for(question, options["slug"] or question.slug)
        except ValueError as error:
            raise CommandError(str(error)) from error
        shown = study.comparisons.filter(status=Comparison.Status.OPEN).count()
        self.stdout.write(f"Study {study.slug}: {shown} comparisons for raters, {study.status}.")
        for reason, n in count_reasons(list(study.comparisons.all())).items():
            self.stdout.write(f"Not shown to raters: {n} {reason}.")
        self.stdout.write(f"Its page: {reverse('dashboards:study', args=[study.slug])}")

    def study_for(self, question: Question, slug: str) -> Study:
        """The study that asks this, if it is there; else a new one, once all that is missing has been generated."""
        runs = runs_of(question)
        if existing := Study.objects.filter(slug=slug).first():
            if not same_question(existing, question, runs):
                raise CommandError(
                    f"The study {slug} exists already and asks something else (other responses, prompts, ratings "
                    "or guide). Name the new one with --slug."
                )
            self.stdout.write(f"The study {slug} exists already; nothing was changed.")
            return existing
        generate_here(list(runs.values()))
        if dead := failed_chunks(runs):
            raise CommandError(
                f"{len(dead)} chunks could not be generated; the first, {dead[0]}, failed with: {dead[0].error}"
            )
        return open_study(question, runs, slug)


def question_of(options: dict[str, Any]) -> Question:
    if options["ratings"] < 1:
        raise CommandError(f"--ratings is a whole number from 1 up, not {options['ratings']}")
    return Question(
        prompts=offered_version(options["prompt_set"]),
        candidate=checkpoint_named(options["candidate"]),
        baseline=checkpoint_named(options["baseline"]),
        ratings=options["ratings"],
        sampling=Sampling(max_new_tokens=options["max_new_tokens"], temperature=options["temperature"]),
        seed=options["seed"],
        preset=options["preset"],
    )
