"""Registers an engine checkpoint: a folder of weights gets a name, and from then on is known by its digest."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from generation.fetching import local_folder
from generation.licences import check_licence, tell_anew
from generation.models import Checkpoint
from generation.series import check_dtype, check_place, check_same_place, series_with_free_step
from promptsets.audit import audited

if TYPE_CHECKING:
    from generation.engine.checkpoints.loading import CheckpointDescription


@dataclass(frozen=True)
class Registered:
    """The checkpoint, and whether it was registered just now."""

    checkpoint: Checkpoint
    is_new: bool

    def told(self, licence: str | None) -> str:
        """What came of it, as the page and the command say it; licence: the one that was asked for now."""
        return f"{self.checkpoint} is registered." if self.is_new else self.already(licence)

    def already(self, licence: str | None) -> str:
        """What is told of one that was registered before, by the licence that was asked for now."""
        found = self.checkpoint
        told = f"; its licence is {found.licence}" if licence else ""
        if found.source != Checkpoint.Source.ENDPOINT:
            return f"{found} is registered already with these files{told or '; nothing was changed'}."
        reached = found.description
        how = f"it is asked {reached['concurrency']} at a time, its key in {reached['key_env'] or 'no variable'}"
        return f"{found} is registered already; {how}{told}."


def register(
    name: str,
    uri: str,
    *,
    series: str | None = None,
    step: int | None = None,
    licence: str | None = None,
    dtype: str = "float32",
    digest: str | None = None,
    actor: AbstractBaseUser | None = None,
) -> Registered:
    """The checkpoint of that name over the folder at `uri`, which is fetched, checked and digested, but not loaded.

    dtype: what its weights are computed in; it decides the texts, so it is the checkpoint's for good.  series: the
    slug of a training run, made if it is new.  licence: of the weights; None: as `engine.checkpoints.licences` finds.
    The same name and files again change nothing but a licence that is told.  digest: that which its files had when
    somebody looked at them.

    Raises: ValueError (CheckpointError) saying what is wrong.
    """
    from generation.engine.checkpoints.loading import describe_checkpoint

    check_arguments(name, series, step, dtype, licence)
    folder = local_folder(uri)
    described = describe_checkpoint(folder)
    if not described.can_chat:
        raise ValueError(
            f"{folder}: cannot answer prompts: it needs a tokenizer.model with the tokens that mark turns"
        )
    if digest and digest != described.digest:
        raise ValueError(f"{folder}: its files are no longer those that were looked at; look at it again")
    fields = {
        "uri": uri if "://" in uri else str(folder),
        "family": described.family,
        "description": _description(described, dtype),
        **_licence(described, licence),
    }
    with transaction.atomic():
        if found := _registered_already(name, described.digest, dtype, series, step):
            tell_anew(found, licence, actor)
            return Registered(found, is_new=False)
        of_series = series_with_free_step(series, step)
        made = Checkpoint.objects.create(
            name=name, digest=described.digest, source="engine", series=of_series, step=step, **fields
        )
        detail = {"digest": made.digest, "uri": made.uri, "dtype": dtype, "licence": made.licence}
        audited.send(Checkpoint, actor=actor, action="checkpoint.registered", target=made, detail=detail)
    return Registered(made, is_new=True)


def check_arguments(
    name: str, series: str | None, step: int | None, dtype: str, licence: str | None = None
) -> None:
    """Raises: ValueError if one of them makes no sense, whatever the files hold."""
    check_name(name)
    check_place(series, step)
    check_dtype(dtype)
    check_licence(licence)


def check_name(name: str) -> None:
    """Raises: ValueError if this cannot be a checkpoint's name."""
    longest = Checkpoint._meta.get_field("name").max_length or 0
    if not name.strip() or name != name.strip() or not name.isprintable() or len(name) > longest:
        raise ValueError(f"{name!r} cannot be a checkpoint's name: use 1 to {longest} printable characters")


def _registered_already(
    name: str, digest: str, dtype: str, series: str | None, step: int | None
) -> Checkpoint | None:
    found = Checkpoint.objects.select_related("series").filter(name=name).first()
    if found is None:
        if other := Checkpoint.objects.filter(digest=digest).first():
            raise ValueError(f"these very files are registered already, as {other}; use that name")
        return None
    if found.digest != digest:
        was = "for imported responses" if found.source == "imported" else f"with digest {found.digest[:12]}…"
        raise ValueError(
            f"{name} is registered already {was}, and these files have {digest[:12]}…: use another name"
        )
    if dtype != found.description.get("dtype"):
        raise ValueError(
            f"{name} is registered already with dtype {found.description.get('dtype')}, not {dtype}"
        )
    check_same_place(found, series, step)
    return found


def _description(described: "CheckpointDescription", dtype: str) -> dict[str, Any]:
    return {
        "chat_format": described.chat_format,
        "dtype": dtype,
        "parameters": described.parameter_count,
        "stop_ids": list(described.stop_ids),
        "config": asdict(described.config),
    }


def _licence(described: "CheckpointDescription", told: str | None) -> dict[str, str]:
    if told:
        return {"licence": told, "licence_from": Checkpoint.LicenceFrom.TOLD}
    return {"licence": described.licence.name, "licence_from": described.licence.told_by}
