"""What must hold after a storm, and what it was."""

from collections.abc import Iterator, Sequence
from typing import Any

from tests.faults.parts import Stack
from tests.faults.raters import StubbornRater

FIGURES = ("value", "low", "high")


def problems(study: Any, run: Any, raters: Sequence[StubbornRater]) -> Iterator[str]:
    """One line for each thing that is not as it must be."""
    yield from wrong_answers(study, {key: said for rater in raters for key, said in rater.sent.items()})
    yield from wrong_responses(run)
    yield from wrong_figures(study)


def wrong_answers(study: Any, sent: dict[str, str]) -> Iterator[str]:
    from django.db.models import Count, F

    from raters.models import Assignment, Judgment

    rows = list(
        Judgment.objects.filter(assignment__comparison__study=study).values_list(
            "idempotency_key", "raw_answer"
        )
    )
    stored = dict(rows)
    if lost := sent.keys() - stored.keys():
        yield f"{len(lost)} acknowledged answers are lost"
    if len(rows) > len(stored):
        yield f"{len(rows) - len(stored)} answers are doubled"
    if changed := [key for key in sent.keys() & stored.keys() if sent[key] != stored[key]]:
        yield f"{len(changed)} answers are not as they were sent"
    taken = Assignment.objects.with_a_place().filter(state__in=["leased", "done"], comparison__study=study)
    held = dict(taken.values_list("comparison").annotate(n=Count("pk")))
    for pk, counted in study.comparisons.values_list("pk", "ratings_taken"):
        if held.get(pk, 0) != counted:
            yield f"comparison {pk} counts {counted} ratings and has {held.get(pk, 0)}"
    if over := study.comparisons.filter(ratings_taken__gt=F("ratings_wanted")).count():
        yield f"{over} comparisons are rated too often"


def wrong_responses(run: Any) -> Iterator[str]:
    """Against what the backend would have written in calm: its texts follow from the seed and the sample."""
    from generation.backends import PromptSample
    from generation.models import Response
    from tests.generation.spelling import spelled

    for chunk in run.chunks.exclude(status="done"):
        if chunk.status != "dead" or not chunk.error:
            yield f"{chunk} is {chunk.status}: {chunk.error!r}"
    places = run.items.select_related("prompt", "response")
    if missing := places.filter(response=None).count():
        yield f"{missing} places have no response"
    if (rows := Response.objects.filter(checkpoint=run.checkpoint).count()) != places.count() - missing:
        yield f"{rows} responses for {places.count()} places"
    for place in places.exclude(response=None):
        sample = PromptSample(place.prompt.text_sha256, place.sample, tuple(place.prompt.turns))
        if place.response.turns != [spelled(place.response.seed, f"{sample.id} 0")]:
            yield f"{place.prompt.key} has another text than in calm"


def wrong_figures(study: Any) -> Iterator[str]:
    """The report's headline beside that over the same answers, given one after the other in a study of its own."""
    from assay.reports.refresh import refresh

    stormy, calm = (
        [getattr(refresh(one).estimates.get(name="win_rate", slice=""), name) for name in FIGURES]
        for one in (study, given_in_calm(study))
    )
    if stormy != calm:
        yield f"the win rate is {stormy} after the storm and {calm} in calm"


def given_in_calm(study: Any) -> Any:
    from django.utils import timezone

    from raters import judging
    from raters.models import Assignment, Enrolment, Judgment
    from tests import builders

    calm = builders.study(prompts=study.comparisons.count(), ratings=3, slug="calm")
    by_prompt = {row.prompt.key: row for row in calm.comparisons.select_related("prompt")}
    said = Judgment.objects.counted(study).select_related("assignment__comparison__prompt")
    for judgment in said.order_by("pk"):
        given = judgment.assignment
        Enrolment.objects.get_or_create(study=calm, rater_id=given.rater_id)
        comparison = by_prompt[given.comparison.prompt.key]
        assert judging.take_place(comparison.pk)
        again = Assignment.objects.create(
            comparison=comparison,
            rater_id=given.rater_id,
            a_is_left=given.a_is_left,
            lease_until=timezone.now(),
        )
        judging.record(again, judging.Answer(judgment.raw_answer, f"calm-{judgment.idempotency_key}"[:64]))
    return calm


def told(stack: Stack, run: Any, raters: Sequence[StubbornRater]) -> Iterator[str]:
    """What the storm was, and what stood it."""
    parts = ", ".join(f"{n} {name}" for name, n in sorted(stack.killed.items()))
    yield f"killed {sum(stack.killed.values())}: {parts}"
    states = run.chunks.values_list("status", flat=True)
    again = run.chunks.filter(attempts__gt=1).count()
    yield f"{run.items.count()} places, {len(states)} chunks ({set(states)}), {again} tried more than once"
    answers, resent = sum(len(rater.sent) for rater in raters), sum(rater.again for rater in raters)
    yield f"{answers} answers acknowledged, {resent} requests sent again"
