"""Rows of `response/1`: what every arm of the study answered, prompt by prompt."""

from collections.abc import Iterator

from django.db.models import QuerySet

from assay.takeaway.judgments import time_of
from assay.takeaway.source import Row, Source, pages
from generation.models import RunResponse
from promptsets.models import Prompt
from raters.models import StudyArm

SCHEMA = "response/1"
PROMPTS_A_PAGE = 200
COLUMNS = dict.fromkeys(("id", "run_id", "prompt_id", "prompt_sha256", "checkpoint.name"), "string")
COLUMNS |= {"checkpoint.digest": "string", "checkpoint.quantisation": "string", "sample": "int"}
COLUMNS |= {"turns": "json", "status": "string", "finish_reason": "string"}
COLUMNS |= {"n_prompt_tokens": "int", "n_output_tokens": "int", "decoding": "json", "created_at": "string"}
COLUMNS |= {"import": "json", "flags": "json", "extra.category": "string"}
SAMPLING = ("temperature", "top_k", "top_p", "max_new_tokens")


def response_rows(source: Source) -> Iterator[Row]:
    """Every place that is filled: by prompt, then by the arm's name. Filters: `category`."""
    arms = {arm.run_id: arm for arm in source.study.arms.select_related("run__checkpoint")}
    for page in pages(prompts_of(source), size=PROMPTS_A_PAGE):
        places = RunResponse.objects.filter(run__in=arms, prompt__in=page, response__isnull=False)
        rows = [(place, arms[place.run_id]) for place in places.select_related("prompt", "response")]
        for place, arm in sorted(
            rows, key=lambda row: (row[0].prompt_id, source.names[row[1].pk], row[0].sample)
        ):
            yield response_row(source, place, arm)


def how_many(source: Source) -> int:
    runs = source.study.arms.values("run")
    places = RunResponse.objects.filter(run__in=runs, prompt__in=prompts_of(source))
    return places.filter(response__isnull=False).count()


def prompts_of(source: Source) -> QuerySet[Prompt]:
    found = Prompt.objects.filter(version=source.study.prompt_set_version_id)
    return found if source.of_category is None else found.filter(category=source.of_category)


def response_row(source: Source, place: RunResponse, arm: StudyArm) -> Row:
    response = place.response
    assert response
    row = {
        "schema": SCHEMA,
        "id": source.id_of("response", response.pk),
        "run_id": source.id_of("run", arm.run_id),
        "prompt_id": place.prompt.key,
        "prompt_sha256": response.prompt_sha256,
        "checkpoint": {"name": source.names[arm.pk]},
        "sample": place.sample,
        "turns": response.turns,
        "status": response.status,
        "flags": response.flags,
        "extra": {"category": place.prompt.category},
    }
    return row if source.study.is_blinded else named(row, place, arm)


def named(row: Row, place: RunResponse, arm: StudyArm) -> Row:
    """With what would tell who wrote it: digest, sampling, when, from where; tokens, since anybody can count again with
    the tokenizer of either.
    """
    response, run = place.response, arm.run
    assert response
    decoding = {name: run.sampling[name] for name in SAMPLING if name in run.sampling}
    provenance = response.provenance
    came_from = {name: provenance[name] for name in ("file_sha256", "row") if name in provenance}
    return row | {
        "checkpoint": row["checkpoint"] | {"digest": run.checkpoint.digest, "quantisation": None},
        "finish_reason": response.finish_reason,
        "n_prompt_tokens": response.n_prompt_tokens,
        "n_output_tokens": response.n_output_tokens,
        "decoding": decoding | {"seed": response.seed},
        "created_at": time_of(response.created_at),
        "import": came_from or None,
    }
