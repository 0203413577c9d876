"""The demo's standing evaluation: a plan for the series of tiny checkpoints, and each of them led to its verdict.

Simulated raters judge, by a truth that is written here: they show how verdicts and the timeline look, and nothing else.
"""

import time

from assay.evaluations.demo import SAMPLING
from assay.evaluations.generating import generate_here
from assay.evaluations.making import fix_opponents, generation_runs
from assay.evaluations.models import Evaluation, EvaluationRun, EvaluationVersion
from assay.evaluations.planning import make_plan
from assay.evaluations.starting import start
from assay.evaluations.ticking import advance_as_far_as_it_goes
from generation.models import Checkpoint
from promptsets.models import PromptSetVersion
from raters.models import Study
from raters.simulation import Simulation, simulate

SLUG, MARGIN = "demo-every-checkpoint", 0.15
TRUTH = {"recurrentgemma-early": 0.15, "recurrentgemma-late": 0.65}  # win rates over the baseline, by step
LOOK_EVERY_S = 0.2


def evaluate_each(prompts: PromptSetVersion, checkpoints: dict[str, Checkpoint]) -> list[EvaluationRun]:
    """The runs with their verdicts, by step; those of an earlier demo as they were."""
    plan = plan_for(prompts, checkpoints["mistral"], checkpoints["recurrentgemma-late"])
    return [lead_to_verdict(plan, checkpoints[name], win_rate) for name, win_rate in TRUTH.items()]


def plan_for(prompts: PromptSetVersion, baseline: Checkpoint, newest: Checkpoint) -> Evaluation:
    if found := Evaluation.objects.filter(slug=SLUG).first():
        return found
    assert newest.series
    terms = EvaluationVersion(baseline=baseline, sampling=SAMPLING.to_json(), gate_margin=MARGIN)
    return make_plan(SLUG, newest.series, terms, [prompts], title="Demo: every checkpoint")


def lead_to_verdict(plan: Evaluation, checkpoint: Checkpoint, win_rate: float) -> EvaluationRun:
    run = start(plan, checkpoint) or plan.runs.get(checkpoint=checkpoint)
    if run.finished_at is None:
        fix_opponents(run)
        generate_here(generation_runs(run))
    while run.finished_at is None:
        advance_as_far_as_it_goes(run)
        for asked in run.studies.filter(
            study__status=Study.Status.COLLECTING, study__simulation__isnull=True
        ):
            simulate(asked.study, Simulation(raters=12, win_rate=win_rate, seed=7))
        time.sleep(LOOK_EVERY_S)
        run.refresh_from_db()
    return run
