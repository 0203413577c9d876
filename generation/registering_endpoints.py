"""Registers an endpoint as a checkpoint: a server's model gets a name, and is known by what it is asked."""

from dataclasses import asdict

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from generation.endpoints import Endpoint
from generation.licences import check_licence, tell_anew
from generation.models import Checkpoint
from generation.registering import Registered, check_name
from generation.series import check_place, check_same_place, series_with_free_step
from promptsets.audit import audited

REACHED_BY = ("key_env", "concurrency")


@transaction.atomic
def register_endpoint(
    name: str,
    endpoint: Endpoint,
    *,
    series: str | None = None,
    step: int | None = None,
    licence: str | None = None,
    actor: AbstractBaseUser | None = None,
) -> Registered:
    """The checkpoint of that name over the endpoint; nothing is asked of the server yet.

    The same name and endpoint again change nothing but how it is reached, key_env and concurrency, which decide no
    text, and a licence that is told. Raises: ValueError saying what is wrong.
    """
    check_name(name)
    check_place(series, step)
    check_licence(licence)
    settings.ENDPOINT_HOSTS.check(endpoint.url)
    if found := _registered_already(name, endpoint):
        check_same_place(found, series, step)
        _reach_anew(found, endpoint, actor)
        tell_anew(found, licence, actor)
        return Registered(found, is_new=False)
    made = Checkpoint.objects.create(
        name=name,
        source=Checkpoint.Source.ENDPOINT,
        uri=str(endpoint.url),
        digest=endpoint.digest,
        description=endpoint.description,
        series=series_with_free_step(series, step),
        step=step,
        licence=licence or "",
        licence_from=Checkpoint.LicenceFrom.TOLD if licence else "",
    )
    detail = {"digest": made.digest, "uri": made.uri, "licence": made.licence, **made.description}
    audited.send(Checkpoint, actor=actor, action="checkpoint.registered", target=made, detail=detail)
    return Registered(made, is_new=True)


def _registered_already(name: str, endpoint: Endpoint) -> Checkpoint | None:
    if found := Checkpoint.objects.filter(name=name).first():
        if found.digest != endpoint.digest:
            raise ValueError(
                f"{name} is registered already, {found.get_source_display()} and not as asked here: use another name"
            )
        return found
    if other := Checkpoint.objects.filter(digest=endpoint.digest).first():
        raise ValueError(
            f"this very endpoint is registered already, as {other}; use that name, or have the server call other "
            "weights by another model name"
        )
    return None


def _reach_anew(found: Checkpoint, endpoint: Endpoint, actor: AbstractBaseUser | None) -> None:
    wanted = {name: value for name, value in asdict(endpoint).items() if name in REACHED_BY}
    before = {name: found.description[name] for name in REACHED_BY}
    if wanted != before:
        found.description |= wanted
        found.save(update_fields=["description"])
        detail = {"before": before, "after": wanted}
        audited.send(Checkpoint, actor=actor, action="checkpoint.reached_anew", target=found, detail=detail)
