from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from generation.endpoint_urls import EndpointUrl
from generation.endpoints import Endpoint
from generation.models import Checkpoint
from generation.registering import Registered, register
from generation.registering_endpoints import register_endpoint
from generation.series import DTYPES

OF_ENDPOINTS = ("model", "key_env", "concurrency", "raw", "stop")


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
        except ValueError as error:
            raise CommandError(str(error)) from error
        found = registered.checkpoint
        if not registered.is_new:
            self.stdout.write(f"{found} is registered already{_what_stays(found)}")
            return
        self.stdout.write(f"Registered {found}: {_what_it_is(found)}, {found.uri}")
        self.stdout.write(f"Digest {found.digest}")


def _register(options: dict[str, Any]) -> Registered:
    place = {name: options[name] for name in ("series", "step")}
    if options["uri"].lower().startswith(("http:", "https:")):
        _refuse(options, ("dtype",), "a folder")
        return register_endpoint(options["name"], _endpoint(options), **place)
    _refuse(options, OF_ENDPOINTS, "an endpoint")
    return register(options["name"], options["uri"], dtype=options["dtype"] or "float32", **place)


def _endpoint(options: dict[str, Any]) -> Endpoint:
    return Endpoint(
        EndpointUrl.parse(options["uri"]),
        model=options["model"] or options["name"],
        is_raw=bool(options["raw"]),
        stop=tuple(options["stop"] or ()),
        **{name: options[name] for name in ("key_env", "concurrency") if options[name] is not None},
    )


def _refuse(options: dict[str, Any], names: tuple[str, ...], kind: str) -> None:
    for name in names:
        if options[name] is not None:
            raise ValueError(f"--{name.replace('_', '-')} is for {kind}, which {options['uri']} is not")


def _what_it_is(checkpoint: Checkpoint) -> str:
    if checkpoint.source == Checkpoint.Source.ENDPOINT:
        return f"model {checkpoint.description['model']}"
    return f"{checkpoint.family}, {checkpoint.description['parameters']:,} parameters"


def _what_stays(found: Checkpoint) -> str:
    if found.source != Checkpoint.Source.ENDPOINT:
        return " with these files; nothing was changed."
    reached = found.description
    return (
        f"; it is asked {reached['concurrency']} at a time, its key in {reached['key_env'] or 'no variable'}."
    )
