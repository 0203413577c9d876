"""The steps that conclude: write the reports; pass the verdict and, with it, take the measures of the timeline."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from analysis.wording import counted
from assay.evaluations.deciding import decides, gate_of, verdict_over
from assay.evaluations.models import EvaluationRun, EvaluationStep, Measure, RunStudy
from assay.evaluations.violations import violation_rate
from assay.evaluations.voices import model_rate
from assay.reports.judgments import arm_names
from assay.reports.refresh import is_stale, refresh
from promptsets.audit import audited
from raters.models import StudyArm
from raters.studies.unblinding import unblind


def report(run: EvaluationRun, step: EvaluationStep) -> None:
    """Writes each study's report where it is missing or old. Its numbers stay under labels until the gate unblinds."""
    for asked in run.studies.select_related("study__rubric"):
        written = asked.study.reports.first()
        if written is None or is_stale(asked.study):
            written = refresh(asked.study)
        step.say(f"{asked.label}: {counted(written.judgments, 'judgment')}")


def gate(run: EvaluationRun, step: EvaluationStep) -> None:
    """Fixes the verdict, once: a later one would depend on who looked when. It names the checkpoint, so it unblinds."""
    asked_ones = list(
        run.studies.select_related(
            "run__version__baseline",
            "run__version__judge",
            "judging__checkpoint",
            "study__rubric",
            "prompt_set_version",
        )
    )
    gates = {asked.label: gate_of(asked) | {"decides": decides(run, asked)} for asked in asked_ones}
    verdict = verdict_over({label: one for label, one in gates.items() if one["decides"]})
    measures = [(asked, measures_of(asked)) for asked in asked_ones]
    fixed = {"verdict": verdict, "decision": gates, "decided_at": timezone.now()}
    undecided = EvaluationRun.objects.filter(pk=run.pk, verdict=None, status=EvaluationRun.Status.RUNNING)
    with transaction.atomic():  # whoever dies in here leaves no verdict, and the next one passes it whole
        if undecided.update(status=EvaluationRun.Status.DECIDED, **fixed):
            _make_known(run, asked_ones, verdict)
            for asked, found in measures:
                _keep(asked, found, step)
            for label, one in gates.items():
                step.say(f"{label}: {one['verdict']}" + ("" if one["decides"] else ", beside the verdict"))
    run.refresh_from_db()


def _make_known(run: EvaluationRun, asked_ones: Iterable[RunStudy], verdict: str) -> None:
    for asked in asked_ones:
        if asked.study.unblinded_at is None:
            unblind(asked.study, f"the verdict on {run.checkpoint} is fixed by its plan's rule")
    detail = {"verdict": verdict}
    audited.send(EvaluationRun, actor=None, action="evaluation.decided", target=run, detail=detail)


def _keep(asked: RunStudy, measures: dict[Measure.Name, dict[str, Any]], step: EvaluationStep) -> None:
    """Only in the transaction that unblinds: both name the checkpoint, to all who may read the run."""
    for name, values in measures.items():
        Measure.objects.update_or_create(of=asked, name=name, defaults=values)
        step.say(f"{asked.label}: {name.label} {values['value']:.1%} of {values['prompts']} prompts")


def measures_of(asked: RunStudy) -> dict[Measure.Name, dict[str, Any]]:
    """What the timeline shows of one question, of what there is enough for."""
    found = {
        Measure.Name.WIN_RATE: win_rate(asked),
        Measure.Name.JUDGE_WIN_RATE: model_rate(asked),
        Measure.Name.VIOLATION_RATE: violation_rate(asked),
    }
    return {name: values for name, values in found.items() if values}


def win_rate(asked: RunStudy) -> dict[str, Any] | None:
    arm = asked.study.arms.get(role=StudyArm.Role.CANDIDATE)
    written = asked.study.reports.first()
    if written is None:
        return None
    mine = written.estimates.filter(
        name="win_rate", slice="", candidate=arm_names(asked.study)[arm.pk], value__isnull=False
    ).first()
    if mine is None:
        return None
    fields = ("value", "low", "high", "level", "n", "method")
    return {name: getattr(mine, name) for name in fields} | {"prompts": mine.detail["prompts"]}
