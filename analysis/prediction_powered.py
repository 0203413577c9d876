"""A win rate by raters on some prompts, tightened by a language model's verdicts on more, without trusting them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np

from analysis.caveats import side_notes
from analysis.columns import Labelled
from analysis.digests import digest
from analysis.estimates import Estimate, effective_n, effective_wilson
from analysis.linear import PROMPT_ONLY, TWO_WAY, Linear, rater_notes, row_weights
from analysis.proportions import checked_level
from analysis.record import Record, facts
from analysis.tables import JudgmentTable, TableError, one_pair
from analysis.variance import NOTHING, Floats, Variance
from analysis.win_rate import estimated
from analysis.wording import counted

METHOD = "prediction-powered (PPI++), {clusters}"
FEWEST_UNLABELLED = 20


@dataclass(frozen=True)
class PredictionPowered(Record):
    """`power` is how far the judge's verdicts are used: 0 not at all, 1 as if they were the raters' own.

    `correlation` is between the judge and the raters' mean over the prompts that both saw; `width_ratio` is this
    interval's width beside that of the raters alone.
    """

    win_rate: Estimate
    raters_alone: Estimate
    power: float
    correlation: float
    width_ratio: float
    judge_alone: float
    judged_prompts: int
    notes: tuple[str, ...]
    data_digest: str
    judge_digest: str

    def to_dict(self) -> dict[str, object]:
        """For JSON, with the estimate's own numbers in front."""
        return asdict(self.win_rate) | asdict(self)


def prediction_powered(
    table: JudgmentTable, judge: Mapping[str, float], *, level: float = 0.95
) -> PredictionPowered:
    """θ = θ_raters + λ (mean judge verdict on prompts without raters - on prompts with them).

    A judge that is biased alike on both kinds of prompts moves nothing; a useless one gets λ near 0. Valid where
    the prompts that raters saw were drawn at random from all.

    Args: judge: prompt -> verdict, 1 for the candidate, 0 for the baseline, for every prompt of the table and at
        least twenty more.
    Raises: TableError where a verdict is missing, or is no share.
    Sources: Angelopoulos, Bates, Fannjiang, Jordan and Zrnic (2023), Science 382, 669-674; the choice of λ:
        Angelopoulos, Duchi and Zrnic (2023), arXiv 2311.01453.
    """
    checked_level(level)
    one_pair(table)
    here, elsewhere = _verdicts(table, judge)
    raters = estimated(table, "prompts")
    weights = row_weights(table.prompt, "prompts")
    means = np.bincount(table.prompt.codes, table.points / 2) / table.prompt.counts()
    power = _power(means, here, elsewhere)
    corrected = Linear(
        raters.value - power * float(here.mean()),
        raters.influence - power * weights * (here - here.mean())[table.prompt.codes],
        weights,
        table.prompt,
        table.rater,
    )
    value = min(max(corrected.value + power * float(elsewhere.mean()), 0.0), 1.0)
    variance = _sum(
        corrected.variance, power**2 * float(elsewhere.var(ddof=1)) / len(elsewhere), len(elsewhere)
    )
    method = METHOD.format(clusters=TWO_WAY if corrected.new_raters else PROMPT_ONLY)
    n_eff = effective_n(value, variance.value, len(table), len(table.prompt))
    estimate = effective_wilson(value, variance, n_eff, level=level, method=method, weighting="prompts")
    alone = raters.share("prompts", level)
    return PredictionPowered(
        **facts(table),
        win_rate=estimate,
        raters_alone=alone,
        power=power,
        correlation=_correlation(means, here),
        width_ratio=(estimate.high - estimate.low) / (alone.high - alone.low),
        judge_alone=float(np.concatenate([here, elsewhere]).mean()),
        judged_prompts=len(here) + len(elsewhere),
        notes=(*table.notes, *rater_notes(corrected), *side_notes(table)),
        data_digest=table.digest,
        judge_digest=digest(
            {"prompt_id": Labelled.of(list(judge)), "verdict": np.array(list(judge.values()))}, ("prompt_id",)
        ),
    )


def _verdicts(table: JudgmentTable, judge: Mapping[str, float]) -> tuple[Floats, Floats]:
    """The judge's verdicts on the table's prompts, in their order, and on the others, by name."""
    for prompt, verdict in judge.items():
        if not 0 <= verdict <= 1:
            raise TableError(
                f"the judge's verdict on prompt {prompt!r} is a share from 0 to 1, not {verdict!r}"
            )
    missing = [prompt for prompt in table.prompt.labels if prompt not in judge]
    if missing:
        raise TableError(
            f"the judge has no verdict on {counted(len(missing), 'prompt')} that raters judged, such as {missing[0]!r}"
        )
    others = sorted(set(judge) - set(table.prompt.labels))
    if len(others) < FEWEST_UNLABELLED:
        raise TableError(
            f"the judge has verdicts on {counted(len(others), 'prompt')} beyond the raters'; "
            f"{FEWEST_UNLABELLED} or more are needed"
        )
    return np.array([judge[one] for one in table.prompt.labels]), np.array([judge[one] for one in others])


def _power(means: Floats, here: Floats, elsewhere: Floats) -> float:
    """λ with the least variance over prompts, cut to [0, 1]."""
    spread = float(np.concatenate([here, elsewhere]).var(ddof=1)) * (1 + len(here) / len(elsewhere))
    if spread <= NOTHING:
        return 0.0
    return min(max(float(np.cov(means, here)[0, 1]) / spread, 0.0), 1.0)


def _sum(first: Variance, second: float, n: int) -> Variance:
    """Of two independent parts, with Satterthwaite's degrees of freedom."""
    total = first.value + second
    scale = first.value**2 / first.df + second**2 / (n - 1)
    return Variance(total, first.df if scale <= 0 else total**2 / scale, first.lopsided)


def _correlation(a: Floats, b: Floats) -> float:
    spread = float(a.std() * b.std())
    return float(np.mean((a - a.mean()) * (b - b.mean()))) / spread if spread else 0.0
