from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assay.evaluations.generating import generate_here
from assay.evaluations.management.commands.evaluate import checkpoint_named
from assay.reports.judges import reading_of
from assay.reports.refresh import refresh
from generation.models import Chunk
from generation.sampling import Sampling
from raters.judges.asking import JUDGING, ask, collect
from raters.management.studies import study_argument, study_named


class Command(BaseCommand):
    help = "Lets a language model judge a study in both orders, beside the people and never among them."

    def add_arguments(self, parser: CommandParser) -> None:
        study_argument(parser)
        parser.add_argument("--checkpoint", required=True, help="who judges: the checkpoint's name")
        parser.add_argument("--max-new-tokens", type=int, default=JUDGING.max_new_tokens)

    def handle(self, *args: Any, **options: Any) -> None:
        study = study_named(options["study"])
        try:
            sampling = Sampling(max_new_tokens=options["max_new_tokens"])
            judging = ask(study, checkpoint_named(options["checkpoint"]), sampling)
        except ValueError as error:
            raise CommandError(str(error)) from error
        generate_here([judging.run])
        collect(judging)
        refresh(study)
        counts = reading_of(judging)
        self.stdout.write(
            f"{judging.checkpoint} was asked {counts['asked']} times about {study.slug}: "
            f"{counts['read']} verdicts read, {counts['unreadable']} replies unreadable."
        )
        if dead := judging.run.chunks.filter(status=Chunk.Status.DEAD).first():
            raise CommandError(f"some replies could not be had; the first of them failed with: {dead.error}")
