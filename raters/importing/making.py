"""Makes a finished study of a file of judged pairs: prompts, runs, comparisons, judgments; all of it or nothing."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from generation.importing import import_source
from generation.models import Checkpoint, GenerationRun
from promptsets.audit import audited
from promptsets.formats.source import Source
from promptsets.importing import plan_source
from promptsets.models import PromptSet, PromptSetVersion
from promptsets.refusals import FieldError
from raters.importing.judged_file import JudgedFile, JudgedPair, Rating
from raters.models import Assignment, Comparison, Enrolment, Judgment, Rater, Rubric, Study
from raters.rubrics.naming import IMPORTED
from raters.rubrics.scales import SCALES
from raters.studies.design import lock
from raters.studies.phases import take
from raters.studies.planning import StudyPlan, make_draft
from raters.studies.unblinding import unblind

SCALE, BATCH = 7, 1000
GUIDE = "Imported judgments. What their raters were told is not known."
NOTHING_ASKED: dict[str, Any] = {
    **dict.fromkeys(("shows_guide", "asks_check", "asks_practice", "asks_exit"), False),
    **dict.fromkeys(("qualify_gold", "qualify_right", "gold_every", "fast_floor_percent"), 0),
}


@dataclass(frozen=True)
class ImportedStudy:
    """The study that holds the file's judgments, and whether it was made just now."""

    study: Study
    is_new: bool


def import_study(
    file: JudgedFile, slug: str, title: str = "", actor: AbstractBaseUser | None = None
) -> ImportedStudy:
    """The same file again gives the study that holds it. Raises: FieldError, PromptFileError or ValueError."""
    with transaction.atomic():
        if found := _known(file, actor):
            return ImportedStudy(found, is_new=False)
        if PromptSet.objects.filter(slug=slug).exists():
            told = f"there is a prompt set {slug!r} already, and the import makes one: give another name"
            raise FieldError("slug", told)
        version = plan_source(_prompts(file), slug, "prompt/1").save(actor).version
        runs = [_run(file, version, place, actor) for place in (0, 1)]
        study = _study(file, slug, title, runs, actor)
        _judge(study, file)
        audited.send(Study, actor=actor, action="study.imported", target=study, detail=file.record)
        return ImportedStudy(take(study, "finish", actor), is_new=True)


def _known(file: JudgedFile, actor: AbstractBaseUser | None) -> Study | None:
    """The study that holds the file. Raises: ValueError where the actor may not see it."""
    found = Study.objects.filter(imported__sha256=file.source.sha256).first()
    if found and actor and not Study.objects.for_user(actor).filter(pk=found.pk).exists():
        raise ValueError(
            "this file was imported already, as a study of others: ask an administrator to share it"
        )
    return found


def _key(place: int) -> str:
    return f"example-{place + 1:06d}"


def _lines(file: JudgedFile, rows: Iterator[dict[str, Any]]) -> Source:
    """The rows as the importers of prompts and responses read them, under the name and digest of the file itself."""
    source = file.source
    return Source(source.name, "\n".join(map(json.dumps, rows)), source.size_bytes, source.sha256)


def _prompts(file: JudgedFile) -> Source:
    def row(place: int, pair: JudgedPair) -> dict[str, Any]:
        prompt = {"schema": "prompt/1", "id": _key(place), "kind": "instruction"}
        turns = [{"role": "user", "content": pair.prompt}]
        return {**prompt, "turns": turns, "category": next(iter(pair.tags), ""), "tags": list(pair.tags)}

    return _lines(file, (row(place, pair) for place, pair in enumerate(file.pairs)))


def _run(
    file: JudgedFile, version: PromptSetVersion, side: int, actor: AbstractBaseUser | None
) -> GenerationRun:
    """One model's responses, as a checkpoint's of that name; where the name is taken, with the set's behind it."""
    name = file.models[side]
    name = f"{name} ({version.prompt_set.slug})" if Checkpoint.objects.filter(name=name).exists() else name
    rows = (
        {"schema": "response/1", "prompt_id": _key(place), "turns": [(pair.a, pair.b)[side]]}
        for place, pair in enumerate(file.pairs)
    )
    return import_source(_lines(file, rows), version, name[:128], format="response-1", actor=actor).run


def _study(
    file: JudgedFile, slug: str, title: str, runs: list[GenerationRun], actor: AbstractBaseUser | None
) -> Study:
    """Laid out, locked and open under names: they stand in the file for everybody to read."""
    settings = {**NOTHING_ASKED, "pool": file.raters, "imported": file.record}
    title = title or f"{runs[0].checkpoint} against {runs[1].checkpoint}, imported"
    plan = StudyPlan(runs[1], (runs[0],), _rubric(), slug, title, file.raters, settings)
    study = make_draft(plan, actor)
    # Raters have seen them all, elsewhere: nothing is left to be held back, and the finding stays.
    held = study.comparisons.filter(status=Comparison.Status.HELD)
    held.update(status=Comparison.Status.OPEN, status_reason="")
    lock(study, actor)
    return unblind(study, "imported: names stand in the file", actor)


def _rubric() -> Rubric:
    values = {"title": "Imported judgments", "guide": GUIDE, "scale": SCALE}
    return Rubric.objects.get_or_create(slug=IMPORTED, version=1, defaults=values)[0]


def _judge(study: Study, file: JudgedFile) -> None:
    raters = _raters(study, file.raters)
    comparisons = dict(study.comparisons.values_list("prompt__key", "pk"))
    taken = {comparisons[_key(place)]: len(pair.ratings) for place, pair in enumerate(file.pairs)}
    ratings = (
        (comparisons[_key(place)], raters[number], rating)
        for place, pair in enumerate(file.pairs)
        for number, rating in enumerate(pair.ratings)
    )
    while batch := list(islice(ratings, BATCH)):
        _store(batch)
    rows = [Comparison(pk=pk, ratings_taken=n) for pk, n in taken.items()]
    Comparison.objects.bulk_update(rows, ["ratings_taken"], batch_size=BATCH // 2)


def _raters(study: Study, how_many: int) -> list[Rater]:
    """Pseudonyms, one for each place in a pair's list: the file does not say who stands there."""
    codes = [f"IMP{study.pk}-{number:03d}" for number in range(1, how_many + 1)]
    made = Rater.objects.bulk_create([Rater(code=code, kind=Rater.Kind.IMPORTED) for code in codes])
    ended = {"step": Enrolment.Step.EXIT, "status": Enrolment.Status.FINISHED}
    Enrolment.objects.bulk_create([Enrolment(study=study, rater=rater, **ended) for rater in made])
    return made


def _store(batch: list[tuple[int, Rater, Rating]]) -> None:
    now = timezone.now()
    fields = {"state": Assignment.State.DONE, "lease_until": now, "untallied": True}
    given = [
        Assignment(comparison_id=pk, rater=rater, a_is_left=rating.a_is_left, **fields)
        for pk, rater, rating in batch
    ]
    made = Assignment.objects.bulk_create(given)
    Judgment.objects.bulk_create(
        _judgment(assignment, rating) for assignment, (_, _, rating) in zip(made, batch, strict=True)
    )


def _judgment(assignment: Assignment, rating: Rating) -> Judgment:
    favours = {"a": "left", "b": "right", "tie": "neither"}[rating.preference]
    if favours != "neither" and not rating.a_is_left:
        favours = {"left": "right", "right": "left"}[favours]
    chosen = [one for one in SCALES[SCALE] if (one.favours, one.strength) == (favours, rating.strength)]
    return Judgment(
        assignment=assignment,
        preference=rating.preference,
        strength=rating.strength,
        raw_answer=chosen[0].value,
        raw_answers={"rating_label": rating.label} if rating.label else {},
        comment=rating.comment,
        idempotency_key=hashlib.sha256(f"imported-{assignment.pk}".encode()).hexdigest(),
    )
