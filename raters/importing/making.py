"""Makes a finished study of a file of judged pairs: prompts, runs, comparisons, judgments; all of it or nothing."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from generation.importing import import_source
from generation.models import Checkpoint, GenerationRun
from promptsets.audit import audited
from promptsets.formats.source import Source
from promptsets.importing import plan_source
from promptsets.models import PromptSet, PromptSetVersion
from promptsets.refusals import FieldError
from raters.importing.judged_file import JudgedFile, JudgedPrompt
from raters.importing.judging import SCALE, judge
from raters.models import Comparison, Rubric, Study
from raters.rubrics.naming import IMPORTED
from raters.studies.design import lock
from raters.studies.phases import take
from raters.studies.planning import StudyPlan, make_draft, names_of
from raters.studies.unblinding import unblind

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
        baseline = _run(file, version, file.baseline, actor)
        candidates = [_run(file, version, model, actor) for model in file.candidates]
        study = _study(file, slug, title, baseline, candidates, actor)
        judge(
            study,
            file,
            {run.checkpoint_id: model for run, model in zip(candidates, file.candidates, strict=True)},
        )
        audited.send(Study, actor=actor, action="study.imported", target=study, detail=file.record)
        return ImportedStudy(take(study, "finish", actor), is_new=True)


def _known(file: JudgedFile, actor: AbstractBaseUser | None) -> Study | None:
    """The study that holds the file, read by the same choices. Raises: ValueError where the actor may not see it."""
    read = {**file.record, "file": None}
    same = Study.objects.filter(imported__sha256=file.source.sha256).order_by("pk")
    found = next((study for study in same if {**(study.imported or {}), "file": None} == read), None)
    if found and actor and not Study.objects.for_user(actor).filter(pk=found.pk).exists():
        raise ValueError(
            "this file was imported already, as a study of others: ask an administrator to share it"
        )
    return found


def _lines(file: JudgedFile, rows: Iterator[dict[str, Any]]) -> Source:
    """The rows as the importers of prompts and responses read them, under the name and digest of the file itself."""
    source = file.source
    return Source(source.name, "\n".join(map(json.dumps, rows)), source.size_bytes, source.sha256)


def _prompts(file: JudgedFile) -> Source:
    def row(prompt: JudgedPrompt) -> dict[str, Any]:
        of_set = {"schema": "prompt/1", "id": prompt.key, "kind": "instruction"}
        turns = [{"role": "user", "content": prompt.text}]
        return {**of_set, "turns": turns, "category": next(iter(prompt.tags), ""), "tags": list(prompt.tags)}

    return _lines(file, map(row, file.prompts))


def _run(
    file: JudgedFile, version: PromptSetVersion, model: str, actor: AbstractBaseUser | None
) -> GenerationRun:
    """One model's responses, as a checkpoint's of that name; where the name is taken, with the set's behind it."""
    name = f"{model} ({version.prompt_set.slug})" if Checkpoint.objects.filter(name=model).exists() else model
    rows = (
        {"schema": "response/1", "prompt_id": prompt.key, "turns": [prompt.responses[model]]}
        for prompt in file.prompts
        if model in prompt.responses
    )
    return import_source(_lines(file, rows), version, name[:128], format="response-1", actor=actor).run


def _study(
    file: JudgedFile,
    slug: str,
    title: str,
    baseline: GenerationRun,
    candidates: list[GenerationRun],
    actor: AbstractBaseUser | None,
) -> Study:
    """Laid out, locked and open under names: they stand in the file for everybody to read."""
    settings = {**NOTHING_ASKED, "pool": file.raters, "imported": file.record}
    title = title or f"{names_of(candidates)} against {baseline.checkpoint}, imported"
    rubric = _rubric(asks_acceptability=file.asks_acceptability)
    plan = StudyPlan(baseline, tuple(candidates), rubric, slug, title, file.ratings, settings)
    study = make_draft(plan, actor)
    # Raters have seen them all, elsewhere: nothing is left to be held back, and the finding stays.
    held = study.comparisons.filter(status=Comparison.Status.HELD)
    held.update(status=Comparison.Status.OPEN, status_reason="")
    lock(study, actor)
    return unblind(study, "imported: names stand in the file", actor)


def _rubric(*, asks_acceptability: bool) -> Rubric:
    values = {"title": "Imported judgments", "guide": GUIDE, "scale": SCALE}
    version = 2 if asks_acceptability else 1
    asked = values | {"asks_acceptability": asks_acceptability}
    return Rubric.objects.get_or_create(slug=IMPORTED, version=version, defaults=asked)[0]
