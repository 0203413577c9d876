"""What one unit of each kind of work costs this code: seconds of processor time, database included, on SQLite.

Processor time changes little with what else a machine does. A series' new checkpoint goes its whole way in this
process: its responses are written by a stand-in for the engine, raters are simulated. `benchmarks.scale` reckons with
what this prints.

    python -m benchmarks.unit_costs [--prompts 200]
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.claims import start_django


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--prompts", type=int, default=200)
    prompts = parser.parse_args(arguments).prompts
    with tempfile.TemporaryDirectory() as folder:
        start_django(Path(folder))
        for name, (seconds, units) in measured(prompts).items():
            print(f"{name:44} {1000 * seconds / units:9.2f} ms  ({units:,} measured)")


def measured(prompts: int) -> dict[str, tuple[float, int]]:
    """Seconds of processor time and how many units they were spent on, by the kind of work."""
    from assay.evaluations.models import EvaluationRun
    from assay.evaluations.ticking import advance_as_far_as_it_goes
    from assay.reports.live import fold
    from assay.reports.refresh import refresh
    from generation.worker import work_off
    from raters.models import Judgment, Study
    from raters.simulation import Simulation, simulate
    from tests.assay.evaluations.conftest import hurry

    begin(prompts)
    run, costs = EvaluationRun.objects.get(), {}

    def step() -> None:
        hurry()
        advance_as_far_as_it_goes(run)

    step()  # plans the run of generation
    costs["a response, claimed and stored"] = (
        cpu_s(lambda: work_off("bench", lambda: False, until_idle=True)),
        prompts,
    )
    costs["a comparison, scanned, paired and locked"] = cpu_s(step), prompts
    costs["a look at a run that collects"] = cpu_s(lambda: [step() for _ in range(10)]), 10
    study = Study.objects.get(status="collecting")
    simulation = Simulation(raters=12, win_rate=0.5, seed=1)
    spent = cpu_s(lambda: simulate(study, simulation))
    judgments = Judgment.objects.count()
    costs["a rating, claimed and recorded"] = spent, judgments
    costs["a judgment, folded into tallies"] = cpu_s(lambda: fold(study)), judgments
    refresh(study)  # loads the libraries
    costs["a report of one study"] = cpu_s(lambda: [refresh(study) for _ in range(3)]), 3
    costs["report, gate and telling of one run"] = cpu_s(step), 1
    run.refresh_from_db()
    assert run.verdict, "the run came to no verdict: not all of its way was measured"
    return costs


def begin(prompts: int) -> None:
    """A series with a plan, and a checkpoint that the plan has taken."""
    from assay.evaluations.planning import make_plan
    from assay.evaluations.ticking import tick
    from generation.backends import BACKENDS
    from generation.models import CheckpointSeries
    from tests import builders
    from tests.assay.evaluations.conftest import checkpoint, version_with
    from tests.assay.evaluations.writing import WritingBackend

    BACKENDS["engine"] = WritingBackend().of
    version = builders.prompt_set(prompts=prompts)
    series = CheckpointSeries.objects.create(slug="herons", title="Herons")
    terms = version_with(builders.run(version, "plover").checkpoint, ratings_per_comparison=3)
    make_plan("weekly", series, terms, [version])
    checkpoint(series, 100)
    tick()


def cpu_s(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


if __name__ == "__main__":
    main(sys.argv[1:])
