"""The judgments of a file that is brought in: raters under codes, what they saw, every verdict and its history."""

import hashlib
from itertools import islice

from django.utils import timezone

from raters.importing.judged_file import JudgedFile, Rating, Verdict
from raters.models import Assignment, Comparison, Enrolment, Judgment, Rater, Study
from raters.rubrics.scales import SCALES

SCALE, BATCH = 7, 1000
Told = tuple[int, Rater, Verdict]  # the comparison's key, who, and what


def judge(study: Study, file: JudgedFile, candidates: dict[int, str]) -> None:
    """Stores what the file's raters said. candidates: what the file calls the arms' checkpoints, by their keys."""
    raters = _raters(study, file.raters)
    rows = study.comparisons.values_list("prompt__key", "arm_a__run__checkpoint", "pk")
    comparisons = {(key, candidates[checkpoint]): pk for key, checkpoint, pk in rows}
    taken = dict.fromkeys(comparisons.values(), 0)
    told: list[Told] = []
    for prompt in file.prompts:
        for verdict in prompt.verdicts:
            comparison = comparisons[prompt.key, verdict.candidate]
            taken[comparison] += 1
            told.append((comparison, raters[verdict.rater], verdict))
    left = iter(told)
    while batch := list(islice(left, BATCH)):
        _store(batch)
    # How many were wanted of each comparison is not known: those that came are all that will.
    judged = [Comparison(pk=pk, ratings_taken=n, ratings_wanted=n) for pk, n in taken.items() if n]
    Comparison.objects.bulk_update(judged, ["ratings_taken", "ratings_wanted"], batch_size=BATCH // 3)


def _raters(study: Study, how_many: int) -> list[Rater]:
    """Codes, one for each of the file's raters, or for each place in its lists where it does not say who they were."""
    codes = [f"IMP{study.pk}-{number:03d}" for number in range(1, how_many + 1)]
    made = Rater.objects.bulk_create([Rater(code=code, kind=Rater.Kind.IMPORTED) for code in codes])
    ended = {"step": Enrolment.Step.EXIT, "status": Enrolment.Status.FINISHED}
    Enrolment.objects.bulk_create([Enrolment(study=study, rater=rater, **ended) for rater in made])
    return made


def _store(batch: list[Told]) -> None:
    """The assignments, each with the side of the judgment that counts, and the judgments, earlier ones first."""
    now = timezone.now()
    fields = {"state": Assignment.State.DONE, "lease_until": now, "untallied": True}
    given = [
        Assignment(comparison_id=pk, rater=rater, a_is_left=verdict.ratings[-1].a_is_left, **fields)
        for pk, rater, verdict in batch
    ]
    made = Assignment.objects.bulk_create(given)
    left = [(one, verdict.ratings) for one, (_, _, verdict) in zip(made, batch, strict=True)]
    before: dict[int, Judgment] = {}
    place = 0
    while left:
        rows = [_judgment(one, ratings[place], place, before.get(one.pk)) for one, ratings in left]
        before = {row.assignment_id: row for row in Judgment.objects.bulk_create(rows)}
        place += 1
        left = [(one, ratings) for one, ratings in left if len(ratings) > place]


def _judgment(assignment: Assignment, rating: Rating, place: int, before: Judgment | None) -> Judgment:
    favours = {"a": "left", "b": "right", "tie": "neither"}[rating.preference]
    if favours != "neither" and not assignment.a_is_left:
        favours = {"left": "right", "right": "left"}[favours]
    chosen = [one for one in SCALES[SCALE] if (one.favours, one.strength) == (favours, rating.strength)]
    return Judgment(
        assignment=assignment,
        supersedes=before,
        preference=rating.preference,
        strength=rating.strength,
        acceptable_a=rating.acceptable_a,
        acceptable_b=rating.acceptable_b,
        raw_answer=chosen[0].value,
        raw_answers=rating.raw,
        comment=rating.comment,
        idempotency_key=hashlib.sha256(f"imported-{assignment.pk}-{place}".encode()).hexdigest(),
    )
