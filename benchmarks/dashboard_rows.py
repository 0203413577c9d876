"""A large study written straight into the tables for `benchmarks.dashboards`, faster than any step could make it."""

import random
import time
from collections.abc import Iterator
from itertools import islice
from typing import Any

RATERS, CATEGORIES, AT_ONCE = 400, 8, 5000
RATINGS = 25  # of each comparison, of those wanted one more
WORDS = [
    "river",
    "lamp",
    "stone",
    "paper",
    "quiet",
    "window",
    "garden",
    "letter",
    "morning",
    "silver",
    "bridge",
    "copper",
    "violet",
]


def large_study(judgments: int) -> Any:
    """A study of about so many judgments: a candidate against a baseline, 25 ratings of each comparison."""
    from tests import builders

    rng = random.Random(0)
    prompts = max(judgments // RATINGS, 2)
    study = builders.study(prompts=2, ratings=RATINGS + 1, slug="large", simulation=None)
    from django.utils import timezone

    study.unblinded_at = timezone.now()
    study.save()
    add_prompts(study, prompts - 2, rng)
    add_judgments(study, rng)
    study.comparisons.update(ratings_taken=RATINGS)
    return study


def add_prompts(study: Any, more: int, rng: random.Random) -> None:
    """Prompts with a response of each arm and their comparison, beside the first two, which are frozen by now."""
    from django.db.models import QuerySet

    from generation.models import Response, RunResponse
    from promptsets.digests import text_digest
    from promptsets.models import Prompt
    from raters.models import Comparison

    version, arms = study.prompt_set_version, {arm.role: arm for arm in study.arms.all()}
    texts = [
        f"Turn 0 of prompt {number}: {' '.join(rng.choices(WORDS, k=12))}" for number in range(2, more + 2)
    ]
    prompts = QuerySet(Prompt).bulk_create(
        [
            Prompt(
                version=version,
                position=number,
                key=f"p{number:06d}",
                turns=[text],
                category=f"category {number % CATEGORIES}",
                text_sha256=text_digest([text]),
                characters=len(text),
                searchable=f"p{number:06d}\n{text}".casefold(),
            )
            for number, text in enumerate(texts, start=2)
        ],
        batch_size=AT_ONCE,
    )
    answers: dict[str, list[Any]] = {}
    for role, arm in arms.items():
        rows = [
            Response(
                checkpoint=arm.run.checkpoint,
                prompt_sha256=prompt.text_sha256,
                sampling_sha256=arm.run.sampling_sha256,
                seed=0,
                turns=[" ".join(rng.choices(WORDS, k=60))],
                status="ok",
                finish_reason="imported",
                text_sha256=text_digest([f"{role} {prompt.key}"]),
            )
            for prompt in prompts
        ]
        answers[role] = Response.objects.bulk_create(rows, batch_size=AT_ONCE)
        items = [RunResponse(run=arm.run, prompt=p, response=r) for p, r in zip(prompts, rows, strict=True)]
        RunResponse.objects.bulk_create(items, batch_size=AT_ONCE)
    Comparison.objects.bulk_create(
        [
            Comparison(
                study=study,
                prompt=prompt,
                arm_a=arms["candidate"],
                arm_b=arms["baseline"],
                response_a=a,
                response_b=b,
                ratings_wanted=RATINGS + 1,
            )
            for prompt, a, b in zip(prompts, answers["candidate"], answers["baseline"], strict=True)
        ],
        batch_size=AT_ONCE,
    )


def add_judgments(study: Any, rng: random.Random) -> None:
    from raters.models import Assignment, Enrolment, Judgment, Rater

    raters = Rater.objects.bulk_create([Rater(kind="human") for _ in range(RATERS)])
    Enrolment.objects.bulk_create([Enrolment(study=study, rater=rater) for rater in raters])
    given = showings(study, raters, rng)
    while some := list(islice(given, AT_ONCE)):
        assignments = Assignment.objects.bulk_create(some)
        Judgment.objects.bulk_create([verdict(one, rng) for one in assignments])


def showings(study: Any, raters: list[Any], rng: random.Random) -> Iterator[Any]:
    from django.utils import timezone

    from raters.models import Assignment

    now = timezone.now()
    for comparison in study.comparisons.order_by("pk"):
        for place, rater in enumerate(rng.sample(raters, RATINGS)):
            yield Assignment(
                comparison=comparison,
                rater=rater,
                a_is_left=place % 2 == 0,
                state="done",
                lease_until=now,
                shown_at=now,
            )


def verdict(assignment: Any, rng: random.Random) -> Any:
    from raters.models import Judgment

    preference = rng.choices(("a", "tie", "b"), (0.42, 0.18, 0.40))[0]
    return Judgment(
        assignment=assignment,
        preference=preference,
        strength=0 if preference == "tie" else 2,
        raw_answer="left",
        comment="Longer, and it answers what was asked." if rng.random() < 0.1 else "",
        active_ms=rng.randint(4000, 60_000),
        idempotency_key=f"k{assignment.pk}",
    )


def a_rater(study: Any, number: int) -> Any:
    """Somebody new, who has met no prompt yet."""
    from tests import builders

    return builders.rater(study, f"watched-{number}-{time.time_ns()}")  # a kept database knows earlier ones
