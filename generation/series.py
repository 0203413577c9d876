"""A training run: the place it watches, and a checkpoint's place in it."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import transaction
from django.utils import timezone

from generation.models import Checkpoint, CheckpointSeries
from generation.places import Place
from promptsets.audit import audited

DTYPES = ("float32", "bfloat16", "int8", "int8-float32")  # as the engine knows them


@transaction.atomic
def watch(
    slug: str,
    uri: str,
    *,
    title: str = "",
    every_s: int = 15,
    dtype: str = "float32",
    actor: AbstractBaseUser | None = None,
) -> CheckpointSeries:
    """The series, made if it is new, that watches this place from now on; "" ends the watch.

    Raises: ValueError saying what is wrong and what would be right.
    """
    _check_slug(slug)
    if every_s < 1:
        raise ValueError(f"seconds between two looks are a whole number from 1 up, not {every_s}")
    check_dtype(dtype)
    if uri:
        uri = Place.of(uri).uri
    changed = {
        "watch_uri": uri,
        "look_every_s": every_s,
        "watch_dtype": dtype,
        "next_look_at": timezone.now(),
    }
    if title:
        changed["title"] = title
    series, _ = CheckpointSeries.objects.update_or_create(
        slug=slug, defaults=changed, create_defaults={**changed, "title": title or slug}
    )
    audited.send(CheckpointSeries, actor=actor, action="series.watched", target=series, detail={"uri": uri})
    return series


def check_place(series: str | None, step: int | None) -> None:
    """Raises: ValueError if this is no slug, or no step in a series."""
    if step is not None and (series is None or step < 0):
        raise ValueError(
            f"step is {step}; it is a whole number from 0 up, within a series: name the series, too"
        )
    if series is not None:
        _check_slug(series)


def check_dtype(dtype: str) -> None:
    if dtype not in DTYPES:
        raise ValueError(f"dtype is {dtype!r}; it must be one of {', '.join(DTYPES)}")


def _check_slug(slug: str) -> None:
    longest = CheckpointSeries._meta.get_field("slug").max_length or 0
    try:
        validate_slug(slug)
    except ValidationError:
        raise ValueError(f"series is {slug!r}; use letters, digits, hyphens and underscores") from None
    if len(slug) > longest:
        raise ValueError(f"series is {slug!r}; use {longest} characters at most")


def check_same_place(found: Checkpoint, series: str | None, step: int | None) -> None:
    """Raises: ValueError if the checkpoint stands elsewhere; a series that is not named is no other."""
    if series is not None and (series, step) != (getattr(found.series, "slug", None), found.step):
        raise ValueError(f"{found} is registered already in series {found.series} at step {found.step}")


def series_with_free_step(slug: str | None, step: int | None) -> CheckpointSeries | None:
    """The series, made if it is new. Raises: ValueError if another checkpoint stands at its step."""
    if slug is None:
        return None
    series, _ = CheckpointSeries.objects.get_or_create(slug=slug, defaults={"title": slug})
    if step is not None and (taken := series.checkpoints.filter(step=step).first()):
        raise ValueError(f"series {slug} has a checkpoint at step {step} already: {taken}")
    return series
