import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import t as student

from analysis.adjusted import adjusted_win_rate
from analysis.tables import TableError, read_judgments
from analysis.win_rate import win_rate

NAMES = ("loss", "tie", "win")


def study(seed=0, effect=1.5, prompts=300):
    """Judgments that follow length alone: the candidate is usually longer, and no better."""
    rng = np.random.default_rng(seed)
    difference = rng.normal(300, 300, prompts)
    chance = 1 / (1 + np.exp(-effect * np.tanh(difference / difference.std())))
    wins = rng.random((prompts, 2)) < chance[:, None]
    rows = [
        (f"p{i:03}", f"r{(2 * i + j) % 9}", NAMES[2 * int(wins[i, j])], f"{difference[i]:.3f}")
        for i in range(prompts)
        for j in range(2)
    ]
    names = ("prompt_id", "rater_id", "outcome", "length_difference")
    columns = dict(zip(names, zip(*rows, strict=True), strict=True))
    return read_judgments(columns, covariates=("length_difference",))


def test_a_win_rate_that_is_all_length_goes_back_to_one_half():
    table = study()
    result = adjusted_win_rate(table, ["length_difference"])
    assert win_rate(table).low > 0.6
    assert result.low < 0.5 < result.high
    assert result.coefficients["length_difference"].low < 1.5 < result.coefficients["length_difference"].high


def test_the_fit_is_the_likeliest_logistic_curve():
    table = study(1, prompts=60)
    x = np.tanh(table.covariates["length_difference"] / table.covariates["length_difference"].std())
    y = table.points / 2

    def negative(beta):
        line = beta[0] + beta[1] * x
        return np.sum(np.log1p(np.exp(line)) - y * line)

    beta = minimize(negative, [0, 0], tol=1e-10).x
    result = adjusted_win_rate(table, ["length_difference"])
    assert result.value == pytest.approx(1 / (1 + np.exp(-beta[0])), abs=1e-5)
    assert result.coefficients["length_difference"].value == pytest.approx(beta[1], abs=1e-4)


def test_the_adjusted_rate_covers_the_truth_as_often_as_it_says():
    results = [adjusted_win_rate(study(seed), ["length_difference"]) for seed in range(200)]
    assert 179 <= sum(result.low <= 0.5 <= result.high for result in results) <= 199  # binomial, 99.8 %


def test_it_says_what_it_assumes_and_what_was_judged():
    result = adjusted_win_rate(study(), ["length_difference"]).to_dict()
    assert "no headline" in result["assumption"]
    assert result["unadjusted"]["value"] == pytest.approx(win_rate(study()).value)


def test_a_number_that_is_none_is_refused_by_row_and_column():
    columns = {
        "prompt_id": ["a", "b"],
        "rater_id": ["r", "r"],
        "outcome": ["win", "loss"],
        "extra": ["1", "nan"],
    }
    with pytest.raises(TableError, match="row 2, column extra: 'nan' is not a finite number"):
        read_judgments(columns, covariates=("extra",))


@pytest.mark.parametrize(
    ("values", "names", "message"),
    [
        (["5"] * 4, ["extra"], "same in every row"),
        (list("1234"), [], "needs a covariate"),
        (list("1234"), ["other"], "'other' was not read"),
        (["9", "8", "-9", "-8"], ["extra"], "no finite estimate"),
    ],
)
def test_what_cannot_be_adjusted_for_is_refused(values, names, message):
    columns = {
        "prompt_id": list("abcd"),
        "rater_id": ["r", "s", "t", "u"],
        "outcome": ["win", "win", "loss", "loss"],
        "extra": values,
    }
    table = read_judgments(columns, covariates=("extra",))
    with pytest.raises(TableError, match=message):
        adjusted_win_rate(table, names)


def test_covariates_are_part_of_the_digest():
    columns = {
        "prompt_id": ["a", "b"],
        "rater_id": ["r", "r"],
        "outcome": ["win", "loss"],
        "extra": ["1", "2"],
    }
    assert read_judgments(columns).digest != read_judgments(columns, covariates=("extra",)).digest


def test_six_raters_who_lean_give_the_interval_few_degrees_of_freedom():
    rng, rows = np.random.default_rng(2), []
    for i in range(240):
        wins = rng.random() < (0.15, 0.3, 0.45, 0.6, 0.75, 0.9)[i % 6]
        rows.append((f"p{i:03}", f"r{i % 6}", NAMES[2 * int(wins)], f"{rng.normal():.4f}"))
    names = ("prompt_id", "rater_id", "outcome", "noise")
    columns = dict(zip(names, zip(*rows, strict=True), strict=True))
    result = adjusted_win_rate(read_judgments(columns, covariates=("noise",)), ["noise"])
    headline = result.unadjusted
    assert headline.df < 7
    half = student.ppf(0.975, headline.df) * headline.se / (headline.value * (1 - headline.value))
    low, high = (np.log(end / (1 - end)) for end in (result.low, result.high))
    assert (high - low) / 2 == pytest.approx(half, rel=0.1)  # 2.5 errors to each side, not 1.96
