"""Where two checkpoints differ most, as those see it who judged: what the later one lost and the earlier one won."""

from collections import defaultdict
from dataclasses import dataclass

from assay.evaluations.models import EvaluationRun, RunStudy
from assay.evaluations.voices import deciding_columns
from raters.models import Comparison

POINTS = {"win": 1.0, "tie": 0.5, "loss": 0.0}
MOST = 30


@dataclass(frozen=True)
class Change:
    """One prompt: mean outcome against the baseline, 1 for a win, and the comparison it was judged in."""

    before: float
    after: float
    earlier: Comparison
    later: Comparison

    @property
    def drop(self) -> float:
        return self.before - self.after


def changed_most(old: EvaluationRun, new: EvaluationRun, most: int = MOST) -> list[Change]:
    """Won before by most who were asked, lost now: the largest drops first."""
    earlier, later = _judged(old), _judged(new)
    both = [
        Change(earlier[key][0], later[key][0], earlier[key][1], later[key][1])
        for key in earlier.keys() & later.keys()
    ]
    lost = [change for change in both if change.before > 0.5 > change.after]
    return sorted(lost, key=lambda change: (-change.drop, change.later.prompt.key))[:most]


def _judged(run: EvaluationRun) -> dict[tuple[int, str], tuple[float, Comparison]]:
    """By prompt set version and prompt: the mean outcome of the run's checkpoint against the baseline."""
    found = {}
    for asked in run.studies.filter(against=RunStudy.Against.BASELINE).select_related("study__rubric"):
        means = _means(asked)
        comparisons = asked.study.comparisons.regular().select_related("prompt", "response_a", "response_b")
        for comparison in comparisons:
            if (mean := means.get(comparison.prompt.key)) is not None:
                found[asked.prompt_set_version_id, comparison.prompt.key] = mean, comparison
    return found


def _means(asked: RunStudy) -> dict[str, float]:
    columns = deciding_columns(asked)
    points: dict[str, list[float]] = defaultdict(list)
    for prompt, outcome in zip(columns["prompt_id"], columns["outcome"], strict=True):
        points[str(prompt)].append(POINTS[str(outcome)])
    return {prompt: sum(all_of) / len(all_of) for prompt, all_of in points.items()}
