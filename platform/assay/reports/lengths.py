"""What the length of responses has to do with verdicts: the win rate at equal length, and what being longer does."""

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from assay.reports.counted import Counted
from assay.reports.judgments import arm_names
from assay.reports.models import Estimate
from raters.models import Comparison, Study

if TYPE_CHECKING:
    from analysis.adjusted import AdjustedWinRate
    from analysis.tables import JudgmentTable

LENGTH = ("win_rate_equal_length", "length_effect")
COVARIATE = "length_difference"
Differences = dict[str, int]  # by the prompt's key: the candidate's characters less the baseline's


def differences_of(counted: Counted) -> dict[tuple[str, str], Differences]:
    """For each pair by its names: over all turns of the two responses of each comparison that counts."""
    names = arm_names(counted.study)
    found: dict[tuple[str, str], Differences] = defaultdict(dict)
    for place in counted.places:
        pair = (names[place["candidate"]], names[place["baseline"]])
        found[pair][place["prompt_id"]] = place["longer_by"]
    for a, b, prompt, length_a, length_b in unjudged_lengths(counted.study):
        found[names[a], names[b]][prompt] = length_a - length_b
    return dict(found)


def unjudged_lengths(study: Study) -> QuerySet[Comparison, tuple[int, int, str, int, int]]:
    """Of comparisons that count without a judgment of their own, which no tally knows."""
    settled = study.comparisons.regular().settled().order_by()
    there = settled.filter(response_a__isnull=False, response_b__isnull=False)
    return there.values_list(
        "arm_a", "arm_b", "prompt__key", "response_a__characters", "response_b__characters"
    )


def length_estimates(row: Estimate, judged: "JudgmentTable", differences: Differences) -> Iterator[Estimate]:
    """Of one pair; nothing where prompts are too few, or lengths or outcomes so alike that no effect can be told."""
    import numpy as np

    from analysis.adjusted import adjusted_win_rate
    from analysis.slices import FEWEST_PROMPTS
    from analysis.tables import TableError

    if len(judged.prompt) < FEWEST_PROMPTS or not set(judged.prompt.labels) <= differences.keys():
        return
    of_prompt = np.array([differences[key] for key in judged.prompt.labels], np.float64)
    try:
        found = adjusted_win_rate(
            replace(judged, covariates={COVARIATE: of_prompt[judged.prompt.codes]}), [COVARIATE]
        )
    except TableError:
        return
    detail = {name: getattr(found, name) for name in ("wins", "ties", "losses", "prompts", "raters")}
    detail["scale"] = round(found.scales[COVARIATE])
    ends = {name: getattr(found, name) for name in ("value", "low", "high")}
    for name, shares in zip(LENGTH, (ends, of_the_longer(found)), strict=True):
        yield row.sibling(
            name=name, **shares, level=found.level, n=found.n, method=found.method, detail=detail
        )


def of_the_longer(found: "AdjustedWinRate") -> dict[str, float]:
    """The win rate of a response one standard deviation longer than another that is equal but for that.

    The same whichever of the two arms is called the candidate. The coefficient is per tanh(difference / sd).
    """
    from scipy.special import expit

    effect = found.coefficients[COVARIATE]
    return {name: float(expit(getattr(effect, name) * math.tanh(1))) for name in ("value", "low", "high")}
