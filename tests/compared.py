"""Studies that compare several checkpoints over one prompt set, with reports: what leaderboards are made of."""

from assay.reports.refresh import refresh
from generation.models import GenerationRun
from promptsets.models import PromptSetVersion
from raters.comparisons.pairing import pair
from raters.models import Study, StudyArm
from raters.simulation import Simulation, simulate
from raters.studies.design import lock
from tests import builders


def compared(version: PromptSetVersion, candidate: str, baseline: str, **fields: object) -> Study:
    """A study of these two, not judged yet; its slug is their names."""
    usual = {"slug": f"{candidate}-{baseline}", "title": f"{candidate} against {baseline}"}
    made = Study.objects.create(
        **{**usual, "ratings_per_comparison": 3, "fast_floor_percent": 0, **fields},
        prompt_set_version=version,
        rubric=builders.rubric(),
    )
    for role, name in (("candidate", candidate), ("baseline", baseline)):
        StudyArm.objects.create(study=made, run=run_of(version, name), role=role)
    pair(made)
    lock(made)
    return made


def three_in_a_row(version: PromptSetVersion) -> PromptSetVersion:
    """owl beats wren, wren beats crow, and owl meets crow by way of wren alone."""
    simulated(version, "owl", "wren", win_rate=0.8, seed=1)
    simulated(version, "wren", "crow", win_rate=0.8, seed=2)
    return version


def run_of(version: PromptSetVersion, name: str) -> GenerationRun:
    return version.runs.filter(checkpoint__name=name).first() or builders.run(version, name)


def simulated(
    version: PromptSetVersion, candidate: str, baseline: str, slug: str = "", **options: float
) -> Study:
    """The same, judged by simulated raters and reported."""
    study = compared(version, candidate, baseline, **({"slug": slug} if slug else {}))
    simulate(study, Simulation(**{"raters": 6, **options}))
    refresh(study)
    return study
