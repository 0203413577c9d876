import numpy as np
import pytest

from analysis.agreement import unit_counts
from analysis.dawid_skene import dawid_skene, weighted_win_rate
from analysis.win_rate import win_rate

POINTS = {"loss": 0, "tie": 1, "win": 2}


@pytest.fixture
def truth(rater_quality_truth):
    return np.array([POINTS[outcome] for outcome in rater_quality_truth["truth"]])


def test_inferred_verdicts_are_as_often_right_as_crowd_kits(rater_quality, truth, rater_quality_truth):
    table = rater_quality
    classes = dawid_skene(table.prompt.codes, table.rater.codes, table.points)
    accuracy = np.mean(classes.posterior.argmax(axis=1) == truth)
    assert accuracy == pytest.approx(rater_quality_truth["dawid_skene_crowdkit_accuracy"], abs=1e-9)
    assert classes.converged


def test_raters_who_guess_are_found_out(rater_quality, rater_quality_truth):
    classes = dawid_skene(rater_quality.prompt.codes, rater_quality.rater.codes, rater_quality.points)
    ability = dict(zip(rater_quality.rater.labels, classes.ability, strict=True))
    guessing = {"r00", "r01", "r02", "r03"}
    assert max(ability[one] for one in guessing) < min(a for one, a in ability.items() if one not in guessing)


def test_each_step_of_em_raises_the_likelihood(rater_quality):
    table = rater_quality
    unit, rater, label = table.prompt.codes, table.rater.codes, table.points
    classes = dawid_skene(unit, rater, label)
    said = classes.confusion[rater, :, label]
    likelihood = np.ones((len(table.prompt), 3)) * classes.prior
    np.multiply.at(likelihood, unit, said)
    posterior = likelihood / likelihood.sum(axis=1, keepdims=True)
    assert posterior == pytest.approx(classes.posterior, abs=1e-4)  # a fixed point of the E step, done slowly


def test_where_all_raters_agree_the_weighted_rate_is_the_plain_one(table_of):
    table = table_of(
        [outcome for outcome in ["win", "loss", "win", "tie"] * 5 for _ in range(3)], 3, ratings=3
    )
    assert weighted_win_rate(table).win_rate.value == pytest.approx(win_rate(table).value, abs=1e-3)


def test_the_weighted_rate_is_nearer_the_truth_where_some_raters_guess(rater_quality, truth):
    weighted, plain = weighted_win_rate(rater_quality), win_rate(rater_quality)
    right = truth.mean() / 2
    assert abs(weighted.win_rate.value - right) < abs(plain.value - right)
    assert weighted.change == pytest.approx(weighted.win_rate.value - plain.value, abs=1e-12)
    assert weighted.win_rate.low < right < weighted.win_rate.high


def test_a_class_that_nobody_chose_stays_out(rater_quality):
    decided = rater_quality.rows(rater_quality.points != 1)
    classes = dawid_skene(decided.prompt.codes, decided.rater.codes, decided.points)
    assert np.all(classes.posterior[:, 1] == 0)
    assert unit_counts(decided)[:, 1].sum() == 0
