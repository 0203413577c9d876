import numpy as np
import pytest

from analysis.davidson import Pairs, fit
from analysis.sandwich import sandwich
from tests.analysis.drawn_battles import drawn, with_length


def slow_meat(found, battles, clusters):
    """Sum over clusters of the outer product of their summed scores, by loops and numeric derivatives."""
    totals = {}

    q = len(found.parameters) - 6
    covariates = found.pairs.covariates if q else np.zeros((len(battles), 0))

    def log_chance(parameters, row):
        tie, order, *effects = parameters[4:]
        a = parameters[battles.first[row]] + order + covariates[row] @ effects
        b = parameters[battles.second[row]]
        odds = np.exp([b, tie + (a + b) / 2, a])
        return np.log(odds[battles.points[row]] / odds.sum())

    for row, cluster in enumerate(clusters):
        steps = np.eye(len(found.parameters)) * 1e-5
        score = [
            (log_chance(found.parameters + step, row) - log_chance(found.parameters - step, row)) / 2e-5
            for step in steps
        ]
        totals[cluster] = totals.get(cluster, 0) + np.array(score)
    return sum(np.outer(total, total) for total in totals.values()), len(totals)


@pytest.mark.parametrize("kind", ["p", "r", "i"])
def test_the_sandwich_equals_a_slow_plain_one(kind):
    battles = drawn(1)
    found = fit(battles.counts)
    cells = list(zip(battles.prompt.tolist(), battles.rater.tolist(), strict=True))
    clusters = {"p": battles.prompt.tolist(), "r": battles.rater.tolist(), "i": cells}[kind]
    meat, groups = slow_meat(found, battles, clusters)
    expected = groups / (groups - 1) * found.bread @ meat @ found.bread
    assert getattr(sandwich(found, battles), kind) == pytest.approx(expected, rel=1e-5, abs=1e-8)


@pytest.mark.parametrize("kind", ["p", "r", "i"])
def test_the_sandwich_holds_with_covariates_too(kind):
    battles = with_length(5, 0.5)
    x = np.tanh(battles.covariates["length_difference"][:, None] / 200)
    rows = Pairs.of_rows(battles.first, battles.second, battles.points, x, 4, "davidson")
    found = fit(battles.counts, rows=rows)
    cells = list(zip(battles.prompt.tolist(), battles.rater.tolist(), strict=True))
    clusters = {"p": battles.prompt.tolist(), "r": battles.rater.tolist(), "i": cells}[kind]
    meat, groups = slow_meat(found, battles, clusters)
    expected = groups / (groups - 1) * found.bread @ meat @ found.bread
    assert getattr(sandwich(found, battles), kind) == pytest.approx(expected, rel=1e-5, abs=1e-8)


def test_a_sparse_table_of_clusters_gives_the_same(monkeypatch):
    battles = drawn(2)
    found = fit(battles.counts)
    dense = sandwich(found, battles)
    monkeypatch.setattr("analysis.sandwich.MOST_DENSE", 0)
    sparse = sandwich(found, battles)
    for kind in ("p", "r", "i"):
        assert getattr(sparse, kind) == pytest.approx(getattr(dense, kind), abs=1e-12)
