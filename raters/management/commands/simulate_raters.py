from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import Progress

from raters.management.studies import study_argument, study_named
from raters.models import Comparison, Study
from raters.simulation import Simulation, simulate


class Command(BaseCommand):
    help = "Lets simulated raters with a known truth judge a study; it is marked as simulated from then on."

    def add_arguments(self, parser: CommandParser) -> None:
        study_argument(parser)
        parser.add_argument("--raters", type=int, default=20)
        parser.add_argument(
            "--win-rate", type=float, default=0.55, help="the true win rate of the candidate, 0-1"
        )
        parser.add_argument(
            "--rater-sd", type=float, default=0.15, help="spread between raters, latent scale"
        )
        parser.add_argument(
            "--position-bias", type=float, default=0.05, help="how much the left side gains, 0-1"
        )
        parser.add_argument("--seed", type=int, default=0)

    def handle(self, *args: Any, **options: Any) -> None:
        study = study_named(options["study"])
        names = ("raters", "win_rate", "rater_sd", "position_bias", "seed")
        simulation = Simulation(**{name: options[name] for name in names})
        with Progress(console=Console(stderr=True)) as bar:
            task = bar.add_task("Simulated raters judge", total=places(study))
            try:
                made = simulate(study, simulation, on_judgment=lambda: bar.advance(task))
            except ValueError as error:
                raise CommandError(str(error)) from error
        self.stdout.write(
            f"{made} simulated judgments in {study.slug}; true win rate {simulation.win_rate:.1%}."
        )


def places(study: Study) -> int:
    wanting = Comparison.objects.regular().wanting_ratings().filter(study=study)
    return sum(wanted - taken for wanted, taken in wanting.values_list("ratings_wanted", "ratings_taken"))
