from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from generation.models import Checkpoint
from generation.registering import Registered, register
from generation.registering_endpoints import register_endpoint
from generation.series import DTYPES
from generation.wanted import Wanted
from promptsets.refusals import FieldError

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

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            registered = _register(options)
        except FieldError as error:
            raise CommandError(
                str(error).replace(error.field, f"--{error.field.replace('_', '-')}", 1)
            ) from error
        except ValueError as error:
            raise CommandError(str(error)) from error
        found = registered.checkpoint
        if not registered.is_new:
            self.stdout.write(registered.already(options["licence"]))
            return
        self.stdout.write(f"Registered {found}: {_what_it_is(found)}, {found.uri}")
        self.stdout.write(f"Digest {found.digest}")
        self.stdout.write(f"Licence {found.licence_told}")


def _register(options: dict[str, Any]) -> Registered:
    wanted = Wanted(**{name: options[name] for name in ASKED})
    if wanted.is_endpoint:
        return register_endpoint(wanted.name, wanted.endpoint(), **wanted.told)
    return register(wanted.name, wanted.uri, dtype=wanted.dtype_or_usual, **wanted.told)


def _what_it_is(checkpoint: Checkpoint) -> str:
    if checkpoint.source == Checkpoint.Source.ENDPOINT:
        return f"model {checkpoint.description['model']}"
    return f"{checkpoint.family}, {checkpoint.description['parameters']:,} parameters"
