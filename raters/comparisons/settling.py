"""Settles comparisons of a draft that need no rater: equal texts are a tie, and nothing is judged twice."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, QuerySet

from raters.models import Assignment, Comparison, Study

EQUAL_TEXTS, JUDGED_BEFORE = "equal texts, ties by definition", "judged before"
Key = tuple[str, ...]


@dataclass(frozen=True)
class Settled:
    """How many of a study's comparisons nobody has to be asked about, and why."""

    equal: int
    reused: int
    left: int


@transaction.atomic
def settle(study: Study, earlier: QuerySet[Study]) -> Settled:
    """Takes out of a draft's work what is a tie by definition, and what people judged fully in `earlier` studies.

    Judged before means: the same two texts to the same prompt, under the same rubric, by people, as often as wanted
    now. Raises: ValueError if the study is no draft.
    """
    if study.status != Study.Status.DRAFT:
        raise ValueError(f"{study.slug} is {study.status}: comparisons are settled while a study is a draft")
    known = judged_before(study, earlier)
    undecided = study.comparisons.regular().filter(
        status__in=[Comparison.Status.OPEN, Comparison.Status.HELD]
    )
    counts = dict.fromkeys(("equal", "reused", "left"), 0)
    for comparison in undecided.select_related("prompt", "response_a", "response_b"):
        counts[_settle_one(comparison, known)] += 1
    return Settled(**counts)


def judged_before(study: Study, earlier: QuerySet[Study]) -> dict[Key, int]:
    """Primary keys of comparisons whose judgments may count in this study, by prompt and texts."""
    people = earlier.filter(simulation__isnull=True, imported__isnull=True, rubric=study.rubric).exclude(
        pk=study.pk
    )
    full = Comparison.objects.regular().filter(
        study__in=people,
        status=Comparison.Status.OPEN,
        masked=False,
        ratings_taken=F("ratings_wanted"),
        ratings_wanted__gte=study.ratings_per_comparison,
    )
    answered = full.exclude(assignments__state=Assignment.State.LEASED)
    rows = answered.select_related("prompt", "response_a", "response_b").order_by("-pk")
    return {key_of(row): row.pk for row in rows}


def key_of(comparison: Comparison) -> Key:
    """Prompt and both texts, whichever of them is a."""
    assert comparison.response_a and comparison.response_b
    texts = sorted((comparison.response_a.text_sha256, comparison.response_b.text_sha256))
    return (comparison.prompt.text_sha256, *texts)


def _settle_one(comparison: Comparison, known: dict[Key, int]) -> str:
    _, one, other = key = key_of(comparison)
    if one == other:
        comparison.status, comparison.status_reason = Comparison.Status.EQUAL, EQUAL_TEXTS
    elif source := known.pop(key, None):  # once: of two prompts with one text, the second is asked
        comparison.status, comparison.status_reason = Comparison.Status.REUSED, JUDGED_BEFORE
        comparison.reuses_id = source
    else:
        return "left"
    comparison.save(update_fields=["status", "status_reason", "reuses"])
    return str(comparison.status)
