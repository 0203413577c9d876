"""What a training pipeline is told of a checkpoint: one verdict over all its evaluations, as an exit code."""

from collections.abc import Sequence
from dataclasses import dataclass

from assay.evaluations.models import Evaluation, EvaluationRun
from assay.evaluations.starting import waiting_for
from generation.models import Checkpoint, Sighting

EXIT_CODES = {"pass": 0, "improvement": 0, "fail": 10, "inconclusive": 11, "not finished": 12}
WORST_FIRST = ("fail", "inconclusive", "pass", "improvement")


@dataclass(frozen=True)
class Standing:
    """`answer` is a verdict or "not finished"; `lines` say what it rests on."""

    answer: str
    lines: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        return EXIT_CODES[self.answer]


def standing_of(name: str, plan: str | None = None) -> Standing:
    """Of the checkpoint by that name, or of the folder of that name that was seen in a watched place.

    Raises: ValueError if there is none, or more than one such folder, if it was refused, if an evaluation of it failed
        or was cancelled, or if no plan takes it.
    """
    if plan is not None and not Evaluation.objects.filter(slug=plan).exists():
        raise ValueError(f"There is no plan {plan!r}.")
    checkpoint = Checkpoint.objects.filter(name=name).first()
    if checkpoint is None:
        return _of_sighting(name, plan)
    runs = checkpoint.evaluation_runs.select_related("evaluation", "version__judge")
    if plan is not None:
        runs = runs.filter(evaluation__slug=plan)
    found = list(runs.order_by("pk"))
    if not found:
        return _not_begun(checkpoint, plan)
    for run in found:
        if run.status in (EvaluationRun.Status.FAILED, EvaluationRun.Status.CANCELLED):
            raise ValueError(
                f"the evaluation {run.evaluation.slug} of {checkpoint} {run.status}: {run.reason}"
            )
    return Standing(_worst(found), tuple(map(_line, found)))


def _of_sighting(name: str, plan: str | None) -> Standing:
    seen = _sighting_named(name, plan)
    if seen.checkpoint:
        return standing_of(seen.checkpoint.name, plan)
    if seen.status == Sighting.Status.REFUSED:
        raise ValueError(f"{seen} was refused: {seen.reason}")
    return Standing("not finished", (f"{seen}: {seen.get_status_display()}",))


def _sighting_named(name: str, plan: str | None) -> Sighting:
    found = Sighting.objects.filter(name=name).select_related("series", "checkpoint")
    if plan is not None:
        found = found.filter(series__evaluations__slug=plan)
    if len(found) > 1:
        names = ", ".join(sorted(f"{seen.series}-{name}" for seen in found))
        raise ValueError(f"several series have a folder {name!r}; say which checkpoint is meant: {names}")
    if not found:
        known = (
            ", ".join(Checkpoint.objects.order_by("-pk").values_list("name", flat=True)[:10]) or "none yet"
        )
        raise ValueError(f"There is no checkpoint {name!r}. The newest: {known}.")
    return found[0]


def _not_begun(checkpoint: Checkpoint, plan: str | None) -> Standing:
    plans = Evaluation.objects.filter(enabled=True, series=checkpoint.series) if checkpoint.series else []
    waiting = [one.slug for one in plans if plan in (None, one.slug) and checkpoint in waiting_for(one)]
    if not waiting:
        of_plan = f" by {plan}" if plan else ""
        raise ValueError(
            f"nothing evaluates {checkpoint}{of_plan}: begin it by `evaluation start`, or make a plan for its series "
            "by plan_evaluation"
        )
    return Standing("not finished", (f"{', '.join(waiting)}: not begun",))


def _worst(runs: Sequence[EvaluationRun]) -> str:
    verdicts = {run.verdict for run in runs}
    if "fail" in verdicts:
        return "fail"
    if None in verdicts:
        return "not finished"
    return next(verdict for verdict in WORST_FIRST if verdict in verdicts)


def _line(run: EvaluationRun) -> str:
    if run.verdict:
        return f"{run.evaluation.slug}: {run.verdict}" + (f" ({run.caveat})" if run.caveat else "")
    step = run.steps.filter(status__in=["waiting", "running"]).order_by("number").first()
    newest = step.lines.order_by("-pk").first() if step else None
    return f"{run.evaluation.slug}: {step.name if step else 'running'}" + (f", {newest}" if newest else "")
