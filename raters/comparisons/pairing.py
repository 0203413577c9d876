"""Lays out a study's comparisons: each candidate against the baseline, prompt by prompt."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef

from generation.models import Response, RunResponse
from promptsets.models import Prompt
from raters.comparisons.holding import SELF_IDENTIFICATION
from raters.comparisons.lots import keyed
from raters.comparisons.self_identification import Finding, as_rows, findings
from raters.models import Comparison, Study, StudyArm
from raters.models.comparison_queries import LOTS
from raters.studies.unblinding import drawn_order

UNUSABLE = {Response.Status.ERROR: "failed", Response.Status.BLOCKED: "blocked"}


@dataclass(frozen=True)
class Pairing:
    """How many comparisons a study got, and how many of them nobody will be shown, by reason."""

    comparisons: int
    excluded: dict[str, int]


@transaction.atomic
def pair(study: Study) -> Pairing:
    """Makes the comparisons of a draft study.

    A comparison that cannot be shown is made all the same, excluded with its reason: it is counted, never lost.
    Raises: ValueError if the study is no draft, or lacks a baseline or a candidate.
    """
    if study.status != Study.Status.DRAFT:
        raise ValueError(f"{study.slug} is {study.status}: comparisons are made while a study is a draft")
    # Keys of comparisons then tell no more than labels do: the title's order would name the candidates.
    arms = drawn_order(study)
    baselines = [arm for arm in arms if arm.role == StudyArm.Role.BASELINE]
    candidates = [arm for arm in arms if arm.role == StudyArm.Role.CANDIDATE]
    if not baselines or not candidates:
        raise ValueError(f"{study.slug} needs a candidate and a baseline before its comparisons can be made")
    made = [row for candidate in candidates for row in comparisons_between(study, candidate, baselines[0])]
    Comparison.objects.bulk_create(made, batch_size=1000)
    return Pairing(len(made), count_reasons(made))


def pairs_compared(arms: Collection[int]) -> list[tuple[int, int]]:
    """Pairs of these arms of a study that have comparisons, a first.

    Each pair is looked up by itself: to tell them apart among all comparisons would mean to read them all.
    """
    has = [Exists(Comparison.objects.filter(arm_a=a, arm_b=OuterRef("pk"))) for a in arms]
    found = StudyArm.objects.filter(pk__in=arms).order_by("pk").values_list("pk", *has)
    return [(a, b) for b, *after in found for a, is_there in zip(arms, after, strict=True) if is_there]


def comparisons_between(study: Study, a: StudyArm, b: StudyArm) -> Iterator[Comparison]:
    """One comparison for each prompt, in the prompts' order, from the first sample of either run.

    One whose response may say who wrote it is held: a person looks at it, and the study's rule does the rest.
    """
    names = {arm.run.checkpoint.name for arm in (a, b)}
    of_a, of_b = responses_by_prompt(a), responses_by_prompt(b)
    for prompt in Prompt.objects.filter(version=study.prompt_set_version).order_by("position"):
        response_a, response_b = of_a.get(prompt.pk), of_b.get(prompt.pk)
        reason = why_not_shown(study, response_a) or why_not_shown(study, response_b)
        found = [] if reason else findings(prompt.turns, response_a, response_b, names)
        yield Comparison(
            study=study,
            prompt=prompt,
            arm_a=a,
            arm_b=b,
            response_a=response_a,
            response_b=response_b,
            ratings_wanted=study.ratings_per_comparison,
            lot=keyed(study, "lot", a.pk, prompt.pk) % LOTS,
            status=status_for(reason, found),
            status_reason=reason or (SELF_IDENTIFICATION if found else ""),
            self_identified=bool(found),
            self_identification=as_rows(found),
        )


def responses_by_prompt(arm: StudyArm) -> dict[int, Response | None]:
    items = RunResponse.objects.filter(run=arm.run, sample=0).select_related("response")
    return {item.prompt_id: item.response for item in items}


def why_not_shown(study: Study, response: Response | None) -> str:
    """The reason for which raters cannot be shown this response, as its rule is called; "" if they can."""
    if response is None:
        return "missing"
    if response.status == Response.Status.EMPTY and study.empty_policy == Study.EmptyPolicy.EXCLUDE:
        return "empty"
    return UNUSABLE.get(Response.Status(response.status), "")


def status_for(reason: str, found: list[Finding]) -> str:
    if reason:
        return Comparison.Status.EXCLUDED
    return Comparison.Status.HELD if found else Comparison.Status.OPEN


def count_reasons(comparisons: list[Comparison]) -> dict[str, int]:
    reasons = [row.status_reason for row in comparisons if row.status_reason]
    return {reason: reasons.count(reason) for reason in sorted(set(reasons))}
