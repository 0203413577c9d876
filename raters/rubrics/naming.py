"""How forms and the API call a rubric: by its slug, which stands for its newest version."""

from promptsets.refusals import FieldError
from raters.models import Rubric
from raters.rubrics.presets import PRESETS, preset

IMPORTED = "imported"  # of judgments made elsewhere: nobody is asked by it, so it is offered for nothing


def newest_rubrics() -> dict[str, str]:
    """Titles by slug: our presets, then the newest version of every other rubric."""
    ours = {one.slug: one.title for one in PRESETS.values()}
    others = Rubric.objects.exclude(slug__in=[*ours, IMPORTED]).order_by("slug", "version")
    return ours | {one.slug: str(one) for one in others}


def rubric_named(slug: str) -> Rubric:
    """The newest version. Raises: FieldError, with the rubrics there are, if none has the name."""
    for kind, ours in PRESETS.items():
        if ours.slug == slug:
            return preset(kind)
    found = Rubric.objects.filter(slug=slug).exclude(slug=IMPORTED).order_by("-version").first()
    if found is None:
        raise FieldError("rubric", f"There is no rubric {slug!r}. Rubrics: {', '.join(newest_rubrics())}.")
    return found
