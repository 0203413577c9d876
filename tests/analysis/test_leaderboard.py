from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import t as student

from analysis.battles import Battles, battles_of
from analysis.davidson import Pairs, fit
from analysis.leaderboard import leaderboard, rank_battles
from analysis.ranks import ranked
from analysis.sandwich import Covariance, sandwich
from analysis.tables import TableError, read_judgments
from tests.analysis.drawn_battles import NAMES, drawn, with_length

COLUMNS = ("prompt_id", "rater_id", "candidate", "baseline", "outcome", "side")


def test_rows_one_by_one_give_the_strengths_of_their_counts():
    battles = drawn(6)
    none = np.zeros((len(battles), 0))
    rows = Pairs.of_rows(battles.first, battles.second, battles.points, none, 4, "davidson")
    by_row, by_count = fit(battles.counts, rows=rows), fit(battles.counts)
    assert by_row.parameters == pytest.approx(by_count.parameters, abs=1e-9)


def test_a_covariate_that_moves_judgments_is_found_and_taken_out():
    board = rank_battles(with_length(7, 0.8, n=3000, prompts=800, raters=40))
    assert board.coefficients["length_difference"].low > 0.3
    useless = replace(drawn(7), covariates={"noise": np.random.default_rng(1).normal(size=400)})
    noise = rank_battles(useless).coefficients["noise"]
    assert noise.low < 0 < noise.high


def test_turning_a_pair_around_turns_its_covariate_too():
    rows = [
        (
            f"p{i:02}",
            f"r{i % 7}",
            NAMES[i % 4],
            NAMES[(i + 1 + i % 3) % 4],
            ("win", "tie", "loss")[i * i % 3],
            side,
        )
        for i, side in enumerate(["left", "right", "right", "left", "left"] * 12)
    ]
    columns = dict(zip(COLUMNS, zip(*rows, strict=True), strict=True)) | {
        "x": [f"{i % 9 - 4}" for i in range(60)]
    }
    turned = columns | {
        "candidate": columns["baseline"],
        "baseline": columns["candidate"],
        "outcome": [{"win": "loss", "tie": "tie", "loss": "win"}[one] for one in columns["outcome"]],
        "side": [{"left": "right", "right": "left"}[one] for one in columns["side"]],
        "x": [f"{-int(x)}" for x in columns["x"]],
    }
    board, other = (leaderboard(read_judgments(one, covariates=["x"])) for one in (columns, turned))
    assert other.coefficients["x"].value == pytest.approx(board.coefficients["x"].value)
    assert other.order_effect.value == pytest.approx(board.order_effect.value)


def test_a_covariate_that_is_always_the_same_is_refused():
    with pytest.raises(TableError, match="column x: the same in every row"):
        rank_battles(replace(drawn(1), covariates={"x": np.ones(400)}))


def test_the_order_is_found_and_every_interval_holds_the_truth():
    board = rank_battles(drawn(3, n=6000, prompts=1500, raters=40))
    assert [one.checkpoint for one in board.standings] == list(NAMES)
    assert [one.rank for one in board.standings] == [1, 2, 3, 4]
    assert all(one.best_rank == one.rank == one.worst_rank for one in board.standings)
    assert board.order_effect.low > 0


def test_equal_checkpoints_are_tied_with_each_other():
    board = rank_battles(drawn(4, strengths=(0, 0, 0, 0)))
    assert all((one.best_rank, one.worst_rank) == (1, 4) for one in board.standings)
    assert board.standings[0].tied_with == tuple(sorted(set(NAMES) - {board.standings[0].checkpoint}))


def test_ranks_follow_from_the_pairs_that_can_be_told_apart():
    # Strengths 3, 0, -0.1 with standard error 0.1 of each difference: the first beats both, the others tie.
    half = np.eye(5) * 0.005
    covariance = Covariance(half, half, half, 50.0, 50.0, 50.0)
    ranks = ranked(np.array([3.0, 0.0, -0.1]), covariance, 0.95)
    assert (ranks.rank, ranks.best, ranks.worst) == ((1, 2, 3), (1, 2, 2), (1, 3, 3))
    assert ranks.tied == ((), (2,), (1,))


def test_simultaneous_ranks_are_right_as_often_as_they_say():
    right = 0
    for seed in range(200):
        board = rank_battles(drawn(seed, n=300, prompts=300, raters=100, strengths=(0.6, 0.2, -0.2, -0.6)))
        right += all(
            one.best_rank <= place <= one.worst_rank
            for one in board.standings
            for place in [1 + NAMES.index(one.checkpoint)]
        )
    assert right >= 180  # of 200 at 95 %: fewer than 180 has a chance of 0.1 %


def judgments(*rows):
    return read_judgments(dict(zip(COLUMNS, zip(*rows, strict=True), strict=True)))


def test_the_side_says_who_was_shown_first():
    table = judgments(
        ("p", "a", "x", "y", "win", "right"),
        ("q", "a", "y", "z", "loss", "left"),
        ("r", "a", "z", "x", "tie", "left"),
    )
    battles = battles_of(table)
    shown = [
        (battles.checkpoints[f], battles.checkpoints[s], int(p))
        for f, s, p in zip(battles.first, battles.second, battles.points, strict=True)
    ]
    assert shown == [("y", "x", 0), ("y", "z", 0), ("z", "x", 1)]


def test_checkpoints_that_never_met_have_no_common_order():
    rows = [
        (f"p{i}", "a", c, b, o, "left")
        for i, (c, b, o) in enumerate(
            [("x", "y", "win"), ("y", "x", "win"), ("u", "v", "win"), ("v", "u", "tie")]
        )
    ]
    with pytest.raises(TableError, match=r"2 groups .*\(u, v\); \(x, y\)"):
        leaderboard(judgments(*rows))


def test_two_checkpoints_are_no_leaderboard():
    with pytest.raises(TableError, match="2 checkpoints: a leaderboard needs three or more"):
        leaderboard(judgments(("p", "a", "x", "y", "win", "left"), ("q", "a", "x", "y", "loss", "left")))


def test_a_checkpoint_is_not_compared_with_itself():
    with pytest.raises(TableError, match="row 2: 'b' is compared with itself"):
        Battles.of(["a", "b"], ["b", "b"], np.array([2, 0]), ["p", "q"], ["r", "r"])


def test_order_of_rows_changes_no_digit():
    rng = np.random.default_rng(0)
    rows = [
        (
            f"p{i % 20}",
            f"r{i % 7}",
            NAMES[i % 4],
            NAMES[(i + 1 + i % 3) % 4],
            ("win", "tie", "loss")[rng.integers(3)],
            ("left", "right")[rng.integers(2)],
        )
        for i in range(120)
    ]
    rows = list({row[:4]: row for row in rows}.values())
    shuffled = [rows[i] for i in rng.permutation(len(rows))]
    assert leaderboard(judgments(*rows)) == leaderboard(judgments(*shuffled))


@pytest.mark.parametrize("raters", [1, 2, 4])
def test_fewer_than_five_raters_leave_the_covariance_to_prompts(raters):
    battles = drawn(5, raters=raters)
    board = rank_battles(battles)
    strength, covariance = board.standings[0].strength, sandwich(fit(battles.counts), battles)
    place = battles.checkpoints.index(board.standings[0].checkpoint)
    assert board.method == "Davidson with ties, prompt cluster-robust, Student's t"
    assert strength.df == battles.prompts - 1
    assert strength.se == pytest.approx(np.sqrt(covariance.p[place, place]))
    assert any("rater sampling not estimable" in note for note in board.notes)


def test_five_raters_are_enough_for_the_two_way_covariance():
    assert "two-way" in rank_battles(drawn(5, raters=5)).method


def test_an_interval_is_wider_where_raters_lean_than_prompts_alone_would_have_it():
    battles = drawn(8, n=2000, prompts=1000, raters=10)
    leaning = np.where((battles.rater < 5) & (battles.first == 0), 2, battles.points).astype(np.int8)
    leaning = np.where((battles.rater < 5) & (battles.second == 0), 0, leaning).astype(np.int8)
    battles = replace(battles, points=leaning)
    covariance, board = sandwich(fit(battles.counts), battles), rank_battles(battles)
    ada = next(one for one in board.standings if one.checkpoint == "ada").strength
    p, r, i = (getattr(covariance, kind)[0, 0] for kind in ("p", "r", "i"))
    assert r > 3 * p
    assert ada.se == pytest.approx(np.sqrt(max(p + r - i, r)))
    assert ada.high - ada.value == pytest.approx(student.ppf(0.975, ada.df) * ada.se)
    assert ada.df < 30


def test_few_raters_who_did_most_are_told():
    battles = drawn(9, raters=20)
    busy = replace(battles, rater=np.where(battles.prompt % 5 > 0, battles.rater % 3, battles.rater))
    assert any("few raters did most: 20 raters count as" in note for note in rank_battles(busy).notes)
    assert not any("few raters did most" in note for note in rank_battles(battles).notes)


def test_looking_at_every_pair_needs_more_than_one_pair_would():
    # Three differences of 2.2 errors at most: each alone has p = .03, and one of three is no proof.
    half = np.eye(5) * 0.005
    covariance = Covariance(half, half, half, 1e6, 1e6, 1e6)
    ranks = ranked(np.array([0.22, 0.0, 0.1]), covariance, 0.95)
    assert ranks.tied == ((1, 2), (0, 2), (0, 1))
    assert ranked(np.array([0.25, 0.0, 0.1]), covariance, 0.95).tied == ((2,), (2,), (0, 1))


def test_elo_gives_ten_to_one_for_four_hundred_points():
    board = rank_battles(drawn(3))
    for one in board.standings:
        ends = (one.strength.low, one.strength.value, one.strength.high)
        elo = [1000 + 400 * np.log10(np.exp(end)) for end in ends]
        assert (one.elo_low, one.elo, one.elo_high) == pytest.approx(elo)
