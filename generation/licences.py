"""The licence of a checkpoint's weights, where whoever registers it tells one: checked, and told anew."""

from django.contrib.auth.base_user import AbstractBaseUser

from generation.models import Checkpoint
from promptsets.audit import audited
from promptsets.refusals import FieldError


def check_licence(licence: str | None) -> None:
    """Raises: FieldError if this cannot be a licence's name."""
    longest = Checkpoint._meta.get_field("licence").max_length or 0
    if licence is None:
        return
    if (
        not licence.strip()
        or licence != licence.strip()
        or not licence.isprintable()
        or len(licence) > longest
    ):
        told = f"licence is {licence[:50]!r}: use 1 to {longest} printable characters, such as Apache-2.0"
        raise FieldError("licence", told)


def tell(found: Checkpoint, licence: str, actor: AbstractBaseUser | None = None) -> str:
    """Has any checkpoint, an imported one too, stand under the licence; what came of it, as page and command say it.

    Raises: FieldError if this cannot be a licence's name.
    """
    check_licence(licence)
    tell_anew(found, licence, actor)
    return f"The licence of {found} is {found.licence_told}."


def tell_anew(found: Checkpoint, licence: str | None, actor: AbstractBaseUser | None) -> None:
    """Has a checkpoint that is there already stand under the licence that is told now, if one is."""
    told = {"licence": licence or "", "licence_from": Checkpoint.LicenceFrom.TOLD.value}
    before = {name: getattr(found, name) for name in told}
    if not licence or told == before:
        return
    found.licence, found.licence_from = licence, Checkpoint.LicenceFrom.TOLD
    found.save(update_fields=list(told))
    detail = {"before": before, "after": told}
    audited.send(Checkpoint, actor=actor, action="checkpoint.licence_told", target=found, detail=detail)
