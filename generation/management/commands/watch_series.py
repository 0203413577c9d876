from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from generation.series import DTYPES, watch


class Command(BaseCommand):
    help = (
        "Lets a series watch a place for new checkpoints: a folder under CHECKPOINT_ROOTS, or gs://, s3:// or hf:// "
        "under CHECKPOINT_PLACES."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("series", help="slug of the training run; made if it is new")
        parser.add_argument("uri", help='the folder in which checkpoints appear; "" ends the watch')
        parser.add_argument("--title", default="")
        parser.add_argument("--every", type=int, default=15, help="seconds between two looks")
        parser.add_argument("--dtype", choices=DTYPES, default="float32", help="what they compute in")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            series = watch(
                options["series"],
                options["uri"],
                title=options["title"],
                every_s=options["every"],
                dtype=options["dtype"],
            )
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Series {series} watches {series.watch_uri or 'nothing'}.")
