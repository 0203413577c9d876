"""A series with a plan and checkpoints that went all the way to their verdicts, for tests of pages."""

from collections.abc import Sequence

from django.utils import timezone

from assay.evaluations.models import Evaluation, EvaluationStep, EvaluationVersion
from assay.evaluations.planning import make_plan
from assay.evaluations.ticking import tick
from generation.models import Checkpoint, CheckpointSeries, Sighting
from generation.sampling import Sampling
from raters.models import Study
from raters.simulation import Simulation, simulate
from tests import builders


def series_with_verdicts(
    win_rates: Sequence[float] = (0.7, 0.75, 0.05), prompts: int = 12, kind: str = "safety"
) -> Evaluation:
    """One checkpoint for each win rate, its responses imported, judged by simulated raters."""
    series = CheckpointSeries.objects.create(slug="herons", title="Herons", watch_uri="/checkpoints/herons")
    version = builders.prompt_set(prompts=prompts, slug="birds")
    type(version.prompt_set).objects.filter(pk=version.prompt_set_id).update(kind=kind)
    version.prompt_set.refresh_from_db()
    baseline = builders.run(version, "dunlin").checkpoint
    terms = EvaluationVersion(baseline=baseline, sampling=Sampling().to_json(), gate_margin=0.15)
    plan = make_plan("weekly", series, terms, [version], title="Every week")
    for number, win_rate in enumerate(win_rates, start=1):
        made = builders.run(version, f"heron-{number}00").checkpoint
        Checkpoint.objects.filter(pk=made.pk).update(series=series, step=100 * number)
        _to_verdict(win_rate)
    refused = {"uri": "/checkpoints/herons/step-400", "name": "step-400", "fingerprint": "0" * 64}
    told = {"status": "refused", "reason": "model.safetensors.tmp is half-written", "files": 3, "size": 4096}
    Sighting.objects.create(series=series, **refused, **told)
    return plan


def _to_verdict(win_rate: float) -> None:
    for _ in range(3):
        tick()
        for study in Study.objects.filter(status="collecting", of_evaluation_run__isnull=False):
            simulate(study, Simulation(raters=6, win_rate=win_rate, seed=3))
        EvaluationStep.objects.filter(status="waiting").update(not_before=timezone.now())
