from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from generation.harness.importing import import_results
from generation.harness.reading import LARGEST
from generation.naming import checkpoint_named
from promptsets.formats.problems import PromptFileError
from promptsets.trying import tried


class Command(BaseCommand):
    help = "Keeps the automatic results of a results_*.json of lm-evaluation-harness with a checkpoint."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--checkpoint", required=True, help="the name of the checkpoint that was measured"
        )
        parser.add_argument("--dry-run", action="store_true", help="read and check everything, save nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with options["file"].open("rb") as file:
                content = file.read(LARGEST + 1)
            checkpoint = checkpoint_named(options["checkpoint"])
            act = partial(import_results, options["file"].name, content, checkpoint)
            done = tried(act) if options["dry_run"] else act()
        except (PromptFileError, ValueError, OSError) as error:
            raise CommandError(str(error)) from error
        for name in done.read.left_out:
            self.stdout.write(f"left out, no finite number: {name}")
        if options["dry_run"]:
            self.stdout.write(f"{len(done.read.numbers)} automatic results were read. Nothing was saved.")
        else:
            self.stdout.write(done.told)
