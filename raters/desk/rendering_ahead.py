"""The responses of a study are rendered by a worker as soon as it collects, so that its raters do not wait for that."""

import time
from collections.abc import Iterable

from django.db.models import Exists, OuterRef, QuerySet

from generation.models import Response
from raters.desk.rendering import RENDERER, render
from raters.desk.showing import texts
from raters.models import Comparison, RenderedStudy, Rendering, Study
from raters.models.renderings import source_of

BATCH = 50  # comparisons in one write
LONGEST_S = 2.0  # other parts of the sweep wait meanwhile


def render_ahead() -> int:
    """Goes on rendering where it is due, for a little while; how many responses it rendered. Safe to run twice."""
    until, done, last = time.monotonic() + LONGEST_S, 0, 0
    while time.monotonic() < until and (study := next_study()):
        waiting = list(not_rendered(study).filter(pk__gt=last)[:BATCH])
        done += keep(waiting)
        last = waiting[-1].pk if len(waiting) == BATCH else 0
        if not last:
            RenderedStudy.objects.update_or_create(study=study, defaults={"renderer": RENDERER})
    return done


def next_study() -> Study | None:
    due = Study.objects.filter(status=Study.Status.COLLECTING, simulation__isnull=True)
    return due.exclude(rendered__renderer=RENDERER).order_by("pk").first()


def not_rendered(study: Study) -> QuerySet[Comparison, Comparison]:
    """What has two responses of which one has no rendering, or one by another renderer."""
    ours = Rendering.objects.filter(renderer=RENDERER)
    a, b = (Exists(ours.filter(pk=OuterRef(f"response_{side}"))) for side in "ab")
    rows = study.comparisons.exclude(response_a=None).exclude(response_b=None)
    return rows.exclude(a, b).select_related("prompt", "response_a", "response_b").order_by("pk")


def keep(comparisons: Iterable[Comparison]) -> int:
    """Renders their responses as they are shown where nothing is hidden in them."""
    made = {
        response.pk: rendering_of(response, comparison.prompt.turns)
        for comparison in comparisons
        for response in (comparison.response_a, comparison.response_b)
        if response is not None
    }
    fields = ["renderer", "source_sha256", "html"]
    Rendering.objects.bulk_create(
        made.values(), update_conflicts=True, unique_fields=["response"], update_fields=fields
    )
    return len(made)


def rendering_of(response: Response, prompts: list[str]) -> Rendering:
    shown = texts(response, prompts)
    html = [render.__wrapped__(text) for text in shown]  # not kept in this process: nobody is shown it here
    return Rendering(response=response, renderer=RENDERER, source_sha256=source_of(shown), html=html)
