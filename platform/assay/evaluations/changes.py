"""Where two checkpoints differ most, as those see it who judged: what the later one lost and the earlier one won."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from assay.evaluations.models import EvaluationRun, RunStudy
from assay.evaluations.voices import deciding_columns
from generation.models import Response, RunResponse
from raters.models import Comparison
from raters.studies.unblinding import blind_runs

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
    def responses(self) -> tuple[Response | None, ...]:
        """The old checkpoint's, the new one's, the baseline's."""
        return self.earlier.response_a, self.later.response_a, self.later.response_b

    @property
    def drop(self) -> float:
        return self.before - self.after


def changed_most(old: EvaluationRun, new: EvaluationRun, reader: Any, most: int = MOST) -> list[Change]:
    """Won before by most who were asked, lost now: the largest drops first, of studies that the reader may know of."""
    earlier, later = _judged(old, reader), _judged(new, reader)
    both = [
        Change(earlier[key][0], later[key][0], earlier[key][1], later[key][1])
        for key in earlier.keys() & later.keys()
    ]
    lost = [change for change in both if change.before > 0.5 > change.after]
    return sorted(lost, key=lambda change: (-change.drop, change.later.prompt.key))[:most]


def hidden_from(reader: Any, changes: Iterable[Change], *, names_allowed: bool = True) -> set[int]:
    """Which of their responses a study still shows this reader without their names, by key: whoever read one under
    its name would know it again there. names_allowed: as for `sees_arms`."""
    shown = [response for change in changes for response in change.responses if response]
    blind = blind_runs(reader, names_allowed=names_allowed)
    held = RunResponse.objects.filter(run__in=blind, response__in=shown)
    return set(held.values_list("response_id", flat=True))


def _judged(run: EvaluationRun, reader: Any) -> dict[tuple[int, str], tuple[float, Comparison]]:
    """By prompt set version and prompt: the mean outcome of the run's checkpoint against the baseline."""
    found = {}
    against_baseline = run.studies_of(reader).filter(against=RunStudy.Against.BASELINE)
    for asked in against_baseline.select_related("study__rubric"):
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
