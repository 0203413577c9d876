"""What a series' page shows of a plan: its runs in the order of their steps, with the numbers of each."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from assay.evaluations.models import Evaluation, EvaluationRun, Measure, RunStudy


@dataclass(frozen=True)
class TimelineRow:
    """One run. `numbers` are its measures against the baseline, by name and prompt set."""

    place: int
    run: EvaluationRun
    numbers: dict[tuple[str, str], Measure]
    before: EvaluationRun | None

    @property
    def measures(self) -> list[Measure]:
        return list(self.numbers.values())


@dataclass(frozen=True)
class Track:
    """One measure over one prompt set, for all runs that have it."""

    name: str
    prompt_set: str
    rows: list[tuple[TimelineRow, Measure]] = field(default_factory=list)

    @property
    def is_win_rate(self) -> bool:
        return self.name in (Measure.Name.WIN_RATE, Measure.Name.JUDGE_WIN_RATE)


def timeline_of(plan: Evaluation) -> list[TimelineRow]:
    """By step, or by the order of registration where there are none."""
    runs = plan.runs.select_related("checkpoint", "previous", "version__judge").order_by(
        "checkpoint__step", "checkpoint__pk"
    )
    numbers = numbers_by_run(plan)
    rows: list[TimelineRow] = []
    before: EvaluationRun | None = None
    for place, run in enumerate(runs, start=1):
        step = run.checkpoint.step if run.checkpoint.step is not None else place
        rows.append(TimelineRow(step, run, numbers.get(run.pk, {}), before))
        before = run if run.verdict else before
    return rows


def numbers_by_run(plan: Evaluation) -> dict[int, dict[tuple[str, str], Measure]]:
    found: dict[int, dict[tuple[str, str], Measure]] = {}
    measures = Measure.objects.filter(of__run__evaluation=plan, of__against=RunStudy.Against.BASELINE)
    for measure in measures.select_related(
        "of__prompt_set_version__prompt_set", "of__study", "of__run__evaluation"
    ):
        key = (measure.name, measure.of.prompt_set_version.prompt_set.slug)
        found.setdefault(measure.of.run_id, {})[key] = measure
    return found


def tracks_of(rows: Iterable[TimelineRow]) -> list[Track]:
    """Win rates first, people's before those by a language model, then violation rates; prompt set by prompt set."""
    tracks: dict[tuple[str, str], Track] = {}
    for row in rows:
        for key, measure in row.numbers.items():
            tracks.setdefault(key, Track(*key)).rows.append((row, measure))
    order = list(Measure.Name)
    return sorted(
        tracks.values(), key=lambda track: (order.index(Measure.Name(track.name)), track.prompt_set)
    )
