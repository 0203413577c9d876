"""Plans a generation run: its places, the responses that exist already, and chunks of work for the rest."""

from collections.abc import Sequence
from statistics import mean
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from generation.backends import backend_for
from generation.chunk_sizes import prompts_of_chunk
from generation.models import Checkpoint, Chunk, GenerationRun, Response, RunResponse
from generation.sampling import Sampling
from generation.tasks import wake
from promptsets.audit import audited
from promptsets.models import Prompt, PromptSetVersion

SEEDS = 2**32
BATCH = 1000


@transaction.atomic
def plan_run(
    checkpoint: Checkpoint,
    version: PromptSetVersion,
    sampling: Sampling,
    *,
    seed: int = 0,
    samples: int = 1,
    priority: int = 0,
    actor: AbstractBaseUser | None = None,
) -> GenerationRun:
    """The run of this checkpoint over this version: the one that exists, else a new one whose work is in the ledger.

    A response that any earlier run has got under the same key is linked, so ten new prompts cost ten generations.
    Freezes the version; wakes workers once the transaction is kept. The highest priority is generated first; asking
    again for what exists can only raise it.
    Raises: ValueError if nothing here can generate it, saying why.
    """
    check_can_be_generated(checkpoint, sampling, seed, samples)
    key = {
        "checkpoint": checkpoint,
        "prompt_set_version": version,
        "chat_template": checkpoint.description.get("chat_format", ""),
        "sampling_sha256": sampling.sha256,
        "seed": seed,
        "samples": samples,
    }
    # Of two callers at once, the later waits here for the earlier, whose run it then finds complete.
    defaults: dict[str, Any] = {"sampling": sampling.to_json(), "priority": priority, "created_by": actor}
    run, is_new = GenerationRun.objects.get_or_create(**key, defaults=defaults)
    if is_new:
        places = lay_out(run)
        chunks = cut_into_chunks(run, [place for place in places if place.response_id is None])
        detail = {"places": len(places), "existing": sum(place.response_id is not None for place in places)}
        audited.send(GenerationRun, actor=actor, action="run.planned", target=run, detail=detail)
        transaction.on_commit(lambda: wake([chunk.pk for chunk in chunks]), robust=True)
    elif run.priority < priority:
        GenerationRun.objects.filter(pk=run.pk, priority__lt=priority).update(priority=priority)
    return run


@transaction.atomic
def same_run_over(
    run: GenerationRun, version: PromptSetVersion, actor: AbstractBaseUser | None = None
) -> GenerationRun:
    """The run that asks the same of the same checkpoint over another version, such as a subset of its prompts.

    What exists is linked. Where responses were imported, the others stay missing: nobody here could generate them.
    """
    if run.prompt_set_version_id == version.pk:
        return run
    if run.checkpoint.source != Checkpoint.Source.IMPORTED:
        sampling = Sampling.from_json(run.sampling)
        return plan_run(run.checkpoint, version, sampling, seed=run.seed, samples=run.samples, actor=actor)
    key = {**run.response_key, "prompt_set_version": version, "samples": run.samples}
    defaults: dict[str, Any] = {"sampling": run.sampling, "created_by": actor}
    made, is_new = GenerationRun.objects.get_or_create(**key, defaults=defaults)
    if is_new:
        lay_out(made)
    return made


def lay_out(run: GenerationRun) -> list[RunResponse]:
    """Makes a place for each sample of each prompt, filled where the response exists. Freezes the version."""
    version = run.prompt_set_version
    prompts = list(version.prompts.order_by("position"))
    if not prompts:
        raise ValueError(f"{version} holds no prompts: there is nothing to answer")
    version.freeze()
    known = known_responses(run)
    return RunResponse.objects.bulk_create(
        [
            RunResponse(
                run=run, prompt=prompt, sample=sample, response_id=known.get((prompt.text_sha256, sample))
            )
            for prompt in prompts
            for sample in range(run.samples)
        ],
        batch_size=BATCH,
    )


def known_responses(run: GenerationRun) -> dict[tuple[str, int], int]:
    """Primary keys of the responses that exist under this run's key, by prompt text digest and sample."""
    texts = run.prompt_set_version.prompts.values("text_sha256")
    known = Response.objects.filter(**run.response_key, sample__lt=run.samples, prompt_sha256__in=texts)
    return {(sha256, sample): pk for sha256, sample, pk in known.values_list("prompt_sha256", "sample", "pk")}


def cut_into_chunks(run: GenerationRun, places: Sequence[RunResponse]) -> list[Chunk]:
    """Chunks of `prompts_of_chunk` keys each. Places of one key stay together: two prompts with one text are one work.

    The longest conversations come first: an engine then makes room for all of them before it compiles anything, and
    what is left for the end is short.
    """
    by_key: dict[tuple[str, int], list[int]] = {}
    for place in sorted(places, key=lambda place: length_of(place.prompt), reverse=True):
        by_key.setdefault((place.prompt.text_sha256, place.sample), []).append(place.pk)
    groups, turns = list(by_key.values()), [len(place.prompt.turns) for place in places]
    sampling = Sampling.from_json(run.sampling)
    size = prompts_of_chunk(run.checkpoint, sampling, mean(turns)) if turns else 1
    batches = [groups[start : start + size] for start in range(0, len(groups), size)]
    return Chunk.objects.bulk_create(
        Chunk(run=run, number=number, item_ids=[pk for group in batch for pk in group])
        for number, batch in enumerate(batches)
    )


def length_of(prompt: Prompt) -> tuple[int, int]:
    """Turns, each of which is answered at length, and characters."""
    return len(prompt.turns), sum(map(len, prompt.turns))


def check_can_be_generated(checkpoint: Checkpoint, sampling: Sampling, seed: Any, samples: Any) -> None:
    """Raises: ValueError for what nobody here could generate, before anything is made."""
    backend_for(checkpoint).check(sampling)  # loads nothing yet, but refuses what nobody here could answer
    if not isinstance(seed, int) or not 0 <= seed < SEEDS:
        raise ValueError(f"seed is {seed!r}; it must be a whole number from 0 to {SEEDS - 1}")
    if not isinstance(samples, int) or not 1 <= samples <= GenerationRun.MOST_SAMPLES:
        most = GenerationRun.MOST_SAMPLES
        raise ValueError(f"samples is {samples!r}; it must be a whole number from 1 to {most}")
    if sampling.is_greedy and samples > 1:
        raise ValueError(
            "at temperature 0 all samples of a prompt are the same text: ask for 1, or a temperature"
        )
