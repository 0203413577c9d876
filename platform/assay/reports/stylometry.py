"""How well a simple classifier tells two arms apart by style alone, which no blinding can hide.

Of each pair it guesses which response is the candidate's, from the differences of a few counts (length, lines, lists,
headings, emphasis, openers). Logistic regression without intercept, so that order tells nothing; each pair is guessed
by a fit that has not seen it. Half right is chance; 97% have been seen for a real pair.
"""

import hashlib
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from assay.reports.judgments import arm_names
from assay.reports.models import Estimate, Report
from raters.models import Comparison, Study, StudyArm

if TYPE_CHECKING:
    import numpy as np

FOLDS, RIDGE, STEPS = 5, 1.0, 30
FEWEST = 20  # pairs
SHOWN = Q(status=Comparison.Status.OPEN)  # whose texts arms are told apart by
COUNTED = (
    r"\n",
    r"^\s*[-*+] ",
    r"^\s*\d+[.)] ",
    r"^#{1,6} ",
    r"\*\*",
    r"`",
    r"[!?]",
    r",",
    r"\bI\b",
    r"[A-Z]",
    r":\s*$",
)
OPENERS = re.compile(
    r"^\W*(sure|certainly|of course|great|absolutely|here(?:'s| is| are)|okay|i )\b", re.IGNORECASE
)
METHOD = f"paired logistic regression on {len(COUNTED) + 3} style counts, {FOLDS}-fold by prompt, Wilson"


def style_estimates(report: Report) -> Iterator[Estimate]:
    """How well style alone tells the arms apart: what blinding cannot hide is measured.

    It is a matter of the responses alone: where they are those of an earlier report, its number stands.
    """
    names = arm_names(report.study)
    for candidate, baseline in arms_compared(report.study):
        shown = shown_pairs(report.study, candidate, baseline)
        row = Estimate(
            report=report,
            name="style_told_apart",
            candidate=names[candidate.pk],
            baseline=names[baseline.pk],
            inputs_sha256=digest_of(shown),
        )
        if found := told_before(row) or told(row, shown):
            yield found


def told_before(row: Estimate) -> Estimate | None:
    asked = {name: getattr(row, name) for name in ("name", "candidate", "baseline", "inputs_sha256", "slice")}
    found = Estimate.objects.filter(report__study=row.report.study, method=METHOD, **asked).first()
    if found:
        found.pk, found.report = None, row.report
    return found


def told(row: Estimate, shown: QuerySet[Comparison]) -> Estimate | None:
    from analysis.proportions import wilson

    guesses = guesses_of(
        [(row.response_a.text, row.response_b.text) for row in shown if row.response_a and row.response_b]
    )
    if guesses is None:
        return None
    ends = wilson(guesses.right, guesses.n)
    row.value, row.low, row.high, row.n = guesses.right / guesses.n, ends.low, ends.high, guesses.n
    row.method, row.detail = METHOD, {"prompts": guesses.n}
    return row


def digest_of(shown: QuerySet[Comparison]) -> str:
    """Of the texts, by the comparisons that show them: a comparison's responses never change."""
    keys = shown.values_list("pk", flat=True)
    return hashlib.sha256(",".join(map(str, keys)).encode()).hexdigest()


@dataclass(frozen=True)
class Guesses:
    """How many of n pairs were guessed right."""

    right: int
    n: int


def shown_pairs(study: Study, candidate: StudyArm, baseline: StudyArm) -> QuerySet[Comparison]:
    of_pair = study.comparisons.regular().filter(SHOWN, arm_a=candidate, arm_b=baseline)
    return of_pair.select_related("response_a", "response_b").order_by("pk")


def is_enough(study: Study) -> bool:
    """Whether the study may have a pair of arms with enough texts."""
    return study.comparisons.regular().filter(SHOWN).order_by()[:FEWEST].count() == FEWEST


def guesses_of(texts: Sequence[tuple[str, str]]) -> Guesses | None:
    """The guesses for these pairs of texts, the same arm's first in all; None where they are too few."""
    import numpy as np

    if len(texts) < FEWEST:
        return None
    differences = np.array([np.subtract(features(a), features(b)) for a, b in texts])
    return Guesses(int(sum(right(differences, fold) for fold in range(FOLDS))), len(texts))


def features(text: str) -> list[float]:
    counts = [len(re.findall(pattern, text, re.MULTILINE)) for pattern in COUNTED]
    words = len(text.split())
    scaled = [math.log1p(count) for count in (len(text), words, *counts)]
    return [*scaled, float(bool(OPENERS.match(text)))]


def right(differences: "np.ndarray", fold: int) -> float:
    """How many pairs of this fold are guessed right by a fit on the others; a draw is half right."""
    import numpy as np

    held_out = np.arange(len(differences)) % FOLDS == fold
    scale = np.sqrt(np.mean(differences[~held_out] ** 2, axis=0))
    scale[scale == 0] = 1.0
    weights = fit(differences[~held_out] / scale)
    margins = (differences[held_out] / scale) @ weights
    return float(np.sum(margins > 0) + np.sum(margins == 0) / 2)


def fit(x: "np.ndarray") -> "np.ndarray":
    """Weights of a ridge-penalised logistic regression in which every row is a success, by Newton's method."""
    import numpy as np

    weights = np.zeros(x.shape[1])
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        gradient = x.T @ (1 - p) - RIDGE * weights
        hessian = (x * (p * (1 - p))[:, None]).T @ x + RIDGE * np.eye(x.shape[1])
        weights = weights + np.linalg.solve(hessian, gradient)
    return weights


def arms_compared(study: Study) -> Iterator[tuple[StudyArm, StudyArm]]:
    arms = list(study.arms.select_related("run__checkpoint"))
    for baseline in (arm for arm in arms if arm.role == StudyArm.Role.BASELINE):
        yield from ((arm, baseline) for arm in arms if arm.role == StudyArm.Role.CANDIDATE)
