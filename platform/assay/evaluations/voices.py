"""Whose judgments a verdict is made of: people's, or a language model's where the plan lets it judge alone.

Beside people, what a model says stands in numbers of its own and is in none of theirs.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from assay.evaluations.models import RunStudy
from assay.reports.judges import reading_of, verdicts_of
from assay.reports.judgments import arm_names, columns_of
from assay.reports.settled import equal_places
from raters.judging import OUTCOMES
from raters.models import Comparison, JudgeRun, Judgment

FEWEST_READ = 0.9  # of the comparisons that a model judges alone; with fewer, what it could read decided
FEWEST_PROMPTS = 2
Columns = Mapping[str, Sequence[object]]


def deciding_columns(asked: RunStudy) -> Columns:
    """The table that the gate reads, with a row for each judgment that counts."""
    if asked.run.version.judged_alone_by is None:
        return columns_of(asked.study)
    return model_columns(asked)


def model_columns(asked: RunStudy) -> Columns:
    """One row for each comparison that the model judged in both orders, and a tie for each of equal texts."""
    study, judging = asked.study, asked.judging
    rows = _said(judging) if judging else []
    rows += [place | {"preference": Judgment.Preference.TIE.value} for place in equal_places(study)]
    names = arm_names(study)
    return {
        "prompt_id": [row["prompt_id"] for row in rows],
        "rater_id": [judging.rater.code if judging else "by definition"] * len(rows),
        "outcome": [OUTCOMES[row["preference"]] for row in rows],
        "candidate": [names[row["candidate"]] for row in rows],
        "baseline": [names[row["baseline"]] for row in rows],
    }


def _said(judging: JudgeRun) -> list[dict[str, Any]]:
    return [
        {
            "prompt_id": one.prompt,
            "candidate": one.arms[0],
            "baseline": one.arms[1],
            "preference": one.verdict,
        }
        for one in verdicts_of(judging).values()
        if one.is_whole
    ]


def read_share(asked: RunStudy) -> float:
    """The share of the comparisons shown to the model of which a verdict could be read in both orders."""
    shown = asked.study.comparisons.regular().filter(status=Comparison.Status.OPEN).count()
    read = len(_said(asked.judging)) if asked.judging else 0
    return read / shown if shown else 1.0


def notes_on_model(asked: RunStudy) -> list[str]:
    """What must be read with a verdict that a model passed alone."""
    if asked.judging is None:
        return []
    counts = reading_of(asked.judging)
    return [
        asked.run.caveat,
        f"asked in both orders, a tie where they differ; {counts['unreadable']} of {counts['asked']} replies could "
        "not be read",
    ]


def model_rate(asked: RunStudy) -> dict[str, Any] | None:
    """The model's own win rate over the same comparisons; None where it is not asked, or said too little."""
    if asked.judging is None:
        return None
    from analysis.tables import read_judgments
    from analysis.win_rate import win_rate

    columns = model_columns(asked)
    if len(set(columns["prompt_id"])) < FEWEST_PROMPTS:
        return None
    rate = win_rate(read_judgments(columns))
    fields = ("value", "low", "high", "level", "n", "prompts")
    method = f"{rate.method}; by the language model {asked.judging.checkpoint}"
    return {name: getattr(rate, name) for name in fields} | {"method": method[:200]}
