"""The arms that a plan can choose from: runs over a prompt set, and checkpoints whose runs would be made."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser

from generation.estimating import RunEstimate, estimate
from generation.models import Checkpoint, GenerationRun
from generation.runs import plan_run, same_run_over
from generation.sampling import Sampling
from promptsets.models import PromptSetVersion
from promptsets.refusals import FieldError

RUN, CHECKPOINT = "run", "checkpoint"


def offered(version: PromptSetVersion) -> list[tuple[str, str]]:
    """Choices by what a form sends: every run over the version, then what can still answer it."""
    runs = GenerationRun.objects.filter(
        prompt_set_version=version, judge_runs=None, archived_at=None
    ).with_progress()
    of_runs = [(f"{RUN}-{run.pk}", called(run)) for run in runs.select_related("checkpoint").order_by("-pk")]
    can_answer = Checkpoint.objects.exclude(source=Checkpoint.Source.IMPORTED).filter(archived_at=None)
    new = can_answer.exclude(runs__in=runs)
    return [*of_runs, *((f"{CHECKPOINT}-{one.pk}", f"{one}: its run will be made") for one in new)]


def called(run: GenerationRun) -> str:
    """The run in one line: who, how, how many responses of how many."""
    how = "imported" if not run.sampling else f"temperature {run.sampling.get('temperature', 0):g}"
    there: str = f"{run.present} of {run.wanted} responses"  # type: ignore[attr-defined]  # annotated
    return f"{run.checkpoint}: run {run.pk}, {how}, {there}"


def to_make(
    choices: Iterable[str], version: PromptSetVersion, sampling: Sampling, seed: int
) -> list[tuple[Checkpoint, RunEstimate]]:
    """What the runs that would be made will take, over all prompts of the version."""
    pks = {choice.rpartition("-")[2] for choice in choices if choice.startswith(f"{CHECKPOINT}-")}
    asked = Checkpoint.objects.filter(pk__in=pks).order_by("name")
    return [(one, estimate(one, version, sampling, seed=seed)) for one in asked]


@dataclass(frozen=True)
class Making:
    """How runs that are not there yet are made, over these prompts (which may be a part of the set chosen from)."""

    prompts: PromptSetVersion
    sampling: Sampling
    seed: int
    actor: AbstractBaseUser

    def run_of(self, choice: str, field: str) -> GenerationRun:
        """The run of that choice. Raises: FieldError where nothing here can generate it."""
        kind, _, pk = choice.rpartition("-")
        try:
            if kind == RUN:
                return same_run_over(GenerationRun.objects.get(pk=pk), self.prompts, self.actor)
            checkpoint = Checkpoint.objects.get(pk=pk)
            return plan_run(checkpoint, self.prompts, self.sampling, seed=self.seed, actor=self.actor)
        except ValueError as error:
            raise FieldError(field, str(error)) from error
