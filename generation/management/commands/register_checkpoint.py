from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from generation.registering import DTYPES, register


class Command(BaseCommand):
    help = "Registers a checkpoint's folder under a name. It must lie under CHECKPOINT_ROOTS."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("uri", help="a folder of config.json, tokenizer.model and safetensors")
        parser.add_argument("--series", help="slug of the training run it comes from; made if it is new")
        parser.add_argument("--step", type=int, help="its step in that training run")
        parser.add_argument("--dtype", choices=DTYPES, default="float32", help="what it computes in")

    def handle(self, *args: Any, **options: Any) -> None:
        names = ("series", "step", "dtype")
        try:
            registered = register(options["name"], options["uri"], **{name: options[name] for name in names})
        except ValueError as error:
            raise CommandError(str(error)) from error
        found = registered.checkpoint
        if not registered.is_new:
            self.stdout.write(f"{found} is registered already with these files; nothing was changed.")
            return
        parameters = found.description["parameters"]
        self.stdout.write(f"Registered {found}: {found.family}, {parameters:,} parameters, {found.uri}")
        self.stdout.write(f"Digest {found.digest}")
