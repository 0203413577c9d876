"""One weighting, named, in every number beside a win rate, whichever command gives it."""

import numpy as np
import pytest
from scipy.stats import t as student

from analysis.adjusted import adjusted_win_rate
from analysis.tables import read_judgments
from analysis.ties import ties
from analysis.win_rate import win_rate

NAMES = ("loss", "tie", "win")


def uneven(left=0.5):
    """60 prompts with one to five ratings, more of them where the candidate loses; the left side is favoured."""
    rng, rows = np.random.default_rng(3), []
    for prompt in range(60):
        for rater in rng.permutation(9)[: 1 + prompt % 5]:
            side = "left" if rng.random() < left else "right"
            lean = 1 if side == "left" else -1
            points = int(np.clip(rng.integers(0, 3) + lean - (prompt % 5 > 2) * rng.integers(0, 2), 0, 2))
            bad = "true" if points == 1 and rng.random() < 0.4 else "false"
            rows.append((f"p{prompt:02}", f"r{rater}", NAMES[points], side, bad, f"{rng.normal():.6f}"))
    names = ("prompt_id", "rater_id", "outcome", "side", "both_bad", "noise")
    return read_judgments(dict(zip(names, zip(*rows, strict=True), strict=True)), covariates=["noise"])


CASES = [(0.5, "prompts"), (0.5, "judgments"), (0.75, "prompts"), (0.75, "judgments")]


@pytest.mark.parametrize(("left", "weighting"), CASES)
def test_the_value_is_the_share_of_wins_and_half_of_that_of_ties(left, weighting):
    result = win_rate(uneven(left), weighting=weighting)
    assert result.order_balanced == (left > 0.6)
    assert result.value == pytest.approx(result.win_share + result.tie_share / 2)
    assert result.win_share + result.tie_share + result.loss_share == pytest.approx(1)
    assert result.net_win_rate == pytest.approx(result.win_share - result.loss_share)


@pytest.mark.parametrize(("left", "weighting"), CASES)
def test_every_command_gives_the_same_shares(left, weighting):
    table = uneven(left)
    rate, apart = win_rate(table, weighting=weighting), ties(table, weighting=weighting)
    adjusted = adjusted_win_rate(table, ["noise"], weighting=weighting)
    assert apart.win_rate.value == adjusted.unadjusted.value == rate.value
    assert apart.tie_share.value == pytest.approx(rate.tie_share)
    assert apart.both_bad.value == pytest.approx(rate.both_bad_share)
    assert apart.decisive.value == pytest.approx(rate.decisive_win_rate)
    assert apart.order_balanced == adjusted.order_balanced == rate.order_balanced
    assert apart.weighting == adjusted.weighting == rate.weighting == weighting


def test_prompts_that_were_judged_often_do_not_decide_the_share_of_ties():
    columns = {
        "prompt_id": ["a"] * 4 + ["b"],
        "rater_id": list("vwxyz"),
        "outcome": ["tie"] * 4 + ["win"],
    }
    table = read_judgments(columns)
    assert win_rate(table).tie_share == pytest.approx(1 / 2)
    assert win_rate(table, weighting="judgments").tie_share == pytest.approx(4 / 5)


@pytest.mark.parametrize("weighting", ["prompts", "judgments"])
def test_a_covariate_that_says_nothing_leaves_the_headline_and_its_error(weighting):
    # Without the balance in the variance the error would be half as large again.
    adjusted = adjusted_win_rate(uneven(0.75), ["noise"], weighting=weighting)
    headline = adjusted.unadjusted
    assert adjusted.value == pytest.approx(headline.value, abs=0.02)
    width = 2 * student.ppf(0.975, headline.df) * headline.se
    assert adjusted.high - adjusted.low == pytest.approx(width, rel=0.1)


@pytest.mark.parametrize("left", [0.5, 0.75])
def test_paper_mode_is_by_judgments_in_every_field(left):
    result = win_rate(uneven(left))
    shown = result.to_dict(paper=True)
    assert (shown["weighting"], shown["order_balanced"], shown["new_raters"]) == ("judgments", False, False)
    counts = {"win_share": "wins", "tie_share": "ties", "loss_share": "losses", "both_bad_share": "both_bad"}
    assert {share: shown[share] for share in counts} == {
        share: shown[count] / shown["n"] for share, count in counts.items()
    }
    assert shown["value"] == pytest.approx(shown["win_share"] + shown["tie_share"] / 2)
    assert shown["net_win_rate"] == pytest.approx(shown["win_share"] - shown["loss_share"])
    assert shown["decisive_win_rate"] == shown["wins"] / (shown["wins"] + shown["losses"])
    assert (shown["p_value"] < 0.05) == (not shown["low"] <= 0.5 <= shown["high"])
    assert "too narrow" in shown["notes"][0]


def test_paper_mode_keeps_the_whole_headline_beside():
    result = win_rate(uneven(0.75))
    plain, shown = result.to_dict(), result.to_dict(paper=True)
    assert shown["headline"] == {name: plain[name] for name in shown["headline"]}
    changed = {name for name in plain if plain[name] != shown[name]}
    assert changed <= set(shown["headline"])
