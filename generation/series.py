"""A checkpoint's place in a training run."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug

from generation.models import Checkpoint, CheckpointSeries


def check_place(series: str | None, step: int | None) -> None:
    """Raises: ValueError if this is no slug, or no step in a series."""
    if step is not None and (series is None or step < 0):
        raise ValueError(
            f"step is {step}; it is a whole number from 0 up, within a series: name the series, too"
        )
    if series is not None:
        try:
            validate_slug(series)
        except ValidationError:
            raise ValueError(f"series is {series!r}; use letters, digits, hyphens and underscores") from None


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
