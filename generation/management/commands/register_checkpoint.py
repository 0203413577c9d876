from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from generation.facts import facts_of
from generation.registering import Registered, register
from generation.registering_endpoints import register_endpoint
from generation.series import DTYPES
from generation.wanted import Wanted
from promptsets.refusals import FieldError
from promptsets.trying import tried

ASKED = (
    "name",
    "uri",
    "series",
    "step",
    "licence",
    "dtype",
    "model",
    "key_env",
    "concurrency",
    "raw",
    "stop",
)


class Command(BaseCommand):
    help = (
        "Registers a checkpoint under a name: a folder of weights under CHECKPOINT_ROOTS, one at gs://, s3:// or hf:// "
        "under CHECKPOINT_PLACES, or an endpoint that speaks OpenAI's protocol, at one of ENDPOINT_HOSTS."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument(
            "uri", help="a folder of weights here or at gs://, s3://, hf://, or such as https://host/v1"
        )
        parser.add_argument("--series", help="slug of the training run it comes from; made if it is new")
        parser.add_argument("--step", type=int, help="its step in that training run")
        parser.add_argument(
            "--licence", help="of the weights, such as Apache-2.0 (of a folder: what its README.md says)"
        )
        parser.add_argument("--dtype", choices=DTYPES, help="of a folder: what it computes in (float32)")
        parser.add_argument("--model", help="of an endpoint: the server's name for it (NAME)")
        parser.add_argument("--key-env", help="of an endpoint: the variable that holds its key (no key)")
        parser.add_argument("--concurrency", type=int, help="of an endpoint: requests at a time (8)")
        parser.add_argument(
            "--raw", action="store_true", default=None, help="of an endpoint: send bare text to /completions"
        )
        parser.add_argument("--stop", action="append", help="of an endpoint: a text that ends a reply")
        parser.add_argument("--dry-run", action="store_true", help="read and check everything, save nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            registered = tried(lambda: _register(options)) if options["dry_run"] else _register(options)
        except FieldError as error:
            raise CommandError(
                str(error).replace(error.field, f"--{error.field.replace('_', '-')}", 1)
            ) from error
        except ValueError as error:
            raise CommandError(str(error)) from error
        if registered.is_new:
            for name, value in facts_of(registered.checkpoint).items():
                self.stdout.write(f"{name}: {value}")
        if not (registered.is_new and options["dry_run"]):
            self.stdout.write(registered.told(options["licence"]))
        if options["dry_run"]:
            self.stdout.write("Nothing was saved.")


def _register(options: dict[str, Any]) -> Registered:
    wanted = Wanted(**{name: options[name] for name in ASKED})
    if wanted.is_endpoint:
        return register_endpoint(wanted.name, wanted.endpoint(), **wanted.told)
    return register(wanted.name, wanted.uri, dtype=wanted.dtype_or_usual, **wanted.told)
