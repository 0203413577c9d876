from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binom
from scipy.stats import t as student

from analysis.gate import all_criteria, gate
from analysis.gate_change import compared
from analysis.linear import row_weights
from analysis.simulate import SimulatedTruth, simulate_table
from analysis.tables import TableError, read_judgments
from analysis.win_rate import win_rate

NAMES = ("loss", "tie", "win")


def rows_of(table, candidate, baseline="base"):
    return [
        (prompt, rater, NAMES[points], candidate, baseline)
        for prompt, rater, points in zip(
            table.prompt.values(), table.rater.values(), table.points, strict=True
        )
    ]


def judgments(*rows):
    names = ("prompt_id", "rater_id", "outcome", "candidate", "baseline")
    return read_judgments(dict(zip(names, zip(*rows, strict=True), strict=True)))


def study(seed, old, new, prompts=200):
    """Two checkpoints with these true win rates over one baseline, on the same prompts and raters."""
    tables = [
        simulate_table(np.random.default_rng((seed, side)), prompts, 3, 20, SimulatedTruth.from_rates(rate))
        for side, rate in enumerate((old, new))
    ]
    return judgments(*rows_of(tables[0], "old"), *rows_of(tables[1], "new"))


def test_the_change_is_the_difference_of_the_two_win_rates():
    table = study(1, 0.5, 0.6)
    result = gate(table, old="old", new="new")
    expected = win_rate(table.of_pair("new")).value - win_rate(table.of_pair("old")).value
    assert result.change.value == pytest.approx(expected)
    assert result.kind == "through a baseline"


def test_judgments_of_one_prompt_and_rater_for_both_count_as_one_cell():
    # The same verdicts for both: every cell cancels, so nothing can differ.
    table = simulate_table(np.random.default_rng(2), 60, 2, 8, SimulatedTruth.from_rates(0.6))
    result = gate(judgments(*rows_of(table, "old"), *rows_of(table, "new")), old="old", new="new")
    assert (result.change.value, result.change.se) == (0.0, 0.0)
    assert (
        -0.11 < result.lower_bound < 0 < result.upper_bound
    )  # as if each prompt were a trial without a change


def test_the_variance_is_that_of_outcome_differences_where_raters_judge_both():
    # One rater a prompt, who judges both: the change is a mean of differences, clustered by prompt and by rater.
    rng = np.random.default_rng(4)
    old, new = rng.integers(0, 3, 60), rng.integers(0, 3, 60)
    rows = [
        (f"p{i:02}", f"r{i % 6}", NAMES[outcome], name, "base")
        for name, outcomes in (("old", old), ("new", new))
        for i, outcome in enumerate(outcomes)
    ]
    change = gate(judgments(*rows), old="old", new="new").change
    d = (new - old) / 2
    v_prompt = d.var(ddof=1) / 60
    sums = np.array([(d - d.mean())[np.arange(60) % 6 == r].sum() / 60 for r in range(6)])
    v_rater = 6 / 5 * np.sum(sums**2)
    assert change.se**2 == pytest.approx(max(v_prompt, v_rater))  # each cell is a prompt, so V_p = V_i


@pytest.mark.parametrize(
    ("old", "new", "prompts", "verdict"),
    [
        (0.5, 0.65, 300, "improvement"),
        (0.5, 0.5, 1500, "pass"),
        (0.6, 0.4, 300, "fail"),
        (0.5, 0.46, 60, "inconclusive"),
    ],
)
def test_each_verdict_comes_where_it_should(old, new, prompts, verdict):
    assert gate(study(7, old, new, prompts), old="old", new="new").verdict == verdict


def test_the_verdict_follows_the_bounds():
    result = gate(study(7, 0.5, 0.5), old="old", new="new", margin=0.05)
    assert (
        result.change.low < result.lower_bound < result.change.value < result.upper_bound < result.change.high
    )
    just_enough = gate(study(7, 0.5, 0.5), old="old", new="new", margin=-result.lower_bound + 1e-9)
    not_enough = gate(study(7, 0.5, 0.5), old="old", new="new", margin=-result.lower_bound - 1e-9)
    assert (just_enough.verdict, not_enough.verdict) == ("pass", "inconclusive")


def test_a_checkpoint_that_is_just_the_margin_worse_passes_once_in_twenty():
    passed = sum(
        gate(study(seed, 0.55, 0.50, 100), old="old", new="new", margin=0.05).verdict
        in ("pass", "improvement")
        for seed in range(300)
    )
    assert passed <= binom.ppf(0.999, 300, 0.05)


def test_a_direct_comparison_is_preferred_and_read_in_both_directions():
    table = simulate_table(np.random.default_rng(3), 100, 3, 20, SimulatedTruth.from_rates(0.6))
    swapped = [(p, r, NAMES[2 - NAMES.index(o)], b, c) for p, r, o, c, b in rows_of(table, "new", "old")]
    forward = gate(judgments(*rows_of(table, "new", "old")), old="old", new="new")
    backward = gate(judgments(*swapped), old="old", new="new")
    assert forward.kind == "direct"
    assert forward.change.value == pytest.approx(win_rate(table).value - 0.5)
    assert (backward.change.low, backward.change.high) == pytest.approx(
        (forward.change.low, forward.change.high)
    )


def test_prompts_that_only_one_has_are_left_out_and_counted():
    rows = [(f"p{i}", f"r{i % 6}", NAMES[i % 3], "old", "base") for i in range(40)]
    rows += [(f"p{i}", f"r{i % 5}", NAMES[i % 3], "new", "base") for i in range(10, 50)]
    result = gate(judgments(*rows), old="old", new="new")
    assert (result.prompts, result.left_out, result.n) == (30, 20, 60)
    assert any("20 judgments" in note for note in result.notes)


def test_all_criteria_must_pass_and_improvements_are_adjusted():
    base = gate(study(7, 0.5, 0.5, 1500), old="old", new="new")
    better = replace(base, verdict="improvement", change=replace(base.change, value=0.04, p=0.03))
    assert all_criteria({"a": better}).verdict == "improvement"
    two = all_criteria({"a": better, "b": base})
    assert (two.verdict, two.improved) == ("pass", ())  # 0.03 of two is 0.06
    assert all_criteria({"a": better, "b": replace(base, verdict="inconclusive")}).verdict == "inconclusive"
    assert all_criteria({"a": replace(base, verdict="fail"), "b": better}).verdict == "fail"


def test_a_gate_with_too_little_power_says_so():
    result = gate(study(7, 0.5, 0.5, 60), old="old", new="new", margin=0.02)
    assert result.power_at_no_change < 0.6
    assert any("just as good" in note for note in result.notes)


@pytest.mark.parametrize(
    ("old", "new", "options", "message"),
    [
        ("old", "old", {}, "both 'old'"),
        ("old", "nobody", {}, "no common baseline"),
        ("old", "new", {"through": "direct"}, "no judgment shows 'new' beside 'old'"),
        ("old", "new", {"baseline": "other"}, "baseline 'other'"),
    ],
)
def test_what_cannot_be_compared_is_refused(old, new, options, message):
    with pytest.raises(TableError, match=message):
        gate(study(1, 0.5, 0.5, 20), old=old, new=new, **options)


@pytest.mark.parametrize("margin", [0, -0.05, 5])
def test_a_margin_is_a_share(margin):
    with pytest.raises(ValueError, match="margin is a share"):
        gate(study(1, 0.5, 0.5, 20), old="old", new="new", margin=margin)


def sided(old_sides, new_sides):
    names = ("prompt_id", "rater_id", "outcome", "candidate", "baseline", "side")
    rows = [
        (f"p{i:02}", f"r{i % 6}", NAMES[i % 3], name, "base", sides[i % len(sides)])
        for name, sides in (("old", old_sides), ("new", new_sides))
        for i in range(60)
    ]
    return read_judgments(dict(zip(names, zip(*rows, strict=True), strict=True)))


def test_a_candidate_that_always_stood_left_is_refused_unless_accepted():
    table = sided(["left", "right"], ["left"])
    with pytest.raises(TableError, match="'new' stood left in every row"):
        gate(table, old="old", new="new")
    result = gate(table, old="old", new="new", one_sided=True)
    assert any("new against base: the candidate stood left in 100.0%" in note for note in result.notes)


def test_sides_that_were_not_balanced_are_told_beside_the_change():
    result = gate(sided(["left", "right"], ["left", "left", "right"]), old="old", new="new")
    assert any("new against base" in note and "averages its win rates" in note for note in result.notes)


def test_a_rater_is_left_out_of_each_win_rate_by_their_own_share():
    # Three raters did most of the new one's judgments, three others most of the old one's.
    rng, rows = np.random.default_rng(0), {}
    for name, most in (("old", range(20, 23)), ("new", range(3))):
        for i in range(100):
            for _ in range(3):
                rater = rng.choice(list(most)) if rng.random() < 0.8 else rng.integers(3, 20)
                rows[f"p{i:02}", f"r{rater:02}", name] = NAMES[rng.integers(0, 3)]
    table = judgments(*((p, r, outcome, name, "base") for (p, r, name), outcome in rows.items()))
    change = compared(table, "old", "new", None, "auto").change

    def value(name, without):
        part = table.of_pair(name)
        weights = row_weights(part.prompt, "prompts") * (np.array(part.rater.values()) != without)
        return np.sum(weights * part.points / 2) / weights.sum()

    expected = [value("new", r) - value("old", r) - change.value for r in change.rater.labels]
    assert change.variance.lopsided
    assert -change.left_out == pytest.approx(np.array(expected))
    assert change.variance.value >= 22 / 23 * np.sum(np.square(expected))


def test_the_bounds_are_one_sided():
    result = gate(study(7, 0.5, 0.5), old="old", new="new", level=0.9)
    half = student.ppf(0.9, result.change.df) * result.change.se
    assert (result.lower_bound, result.upper_bound) == pytest.approx(
        (result.change.value - half, result.change.value + half)
    )


def busy(name, most, seed):
    """100 prompts x 3 ratings by 20 raters, of whom these gave 80 %."""
    rng, rows = np.random.default_rng(seed), []
    share = np.full(20, 1.0)
    share[list(most)] = 12.0  # 4 of 5 where five of 20 are busy
    share /= share.sum()
    for i in range(100):
        raters = rng.choice(20, 3, replace=False, p=share)
        rows += [(f"p{i:02}", f"r{r:02}", NAMES[rng.integers(0, 3)], name, "base") for r in raters]
    return rows


def test_few_raters_of_either_checkpoint_are_enough_to_be_lopsided():
    # Five did most for the old one, five others for the new one: of both together no few did most.
    table = judgments(*busy("old", range(5), 0), *busy("new", range(10, 15), 1))
    result = gate(table, old="old", new="new")
    assert any("few raters did most: 20 raters count as" in note for note in result.notes)
    one_sided = judgments(*busy("old", range(20), 0), *busy("new", range(10, 15), 1))
    assert any("few raters did most" in note for note in gate(one_sided, old="old", new="new").notes)
    evener = judgments(*busy("old", range(20), 0), *busy("new", range(20), 1))
    assert not any("few raters" in note for note in gate(evener, old="old", new="new").notes)


def test_outcomes_are_told_of_both_checkpoints():
    rows = [(f"p{i}", f"r{i % 6}", NAMES[min(i % 4, 2)], "old", "base") for i in range(40)]
    rows += [(f"p{i}", f"r{i % 5}", "win", "new", "base") for i in range(40)]
    result = gate(judgments(*rows), old="old", new="new")
    assert (result.candidate, result.baseline) == ("new", "base")
    assert (result.wins, result.ties, result.losses) == (40, 0, 0)
    assert (result.old_outcomes.wins, result.old_outcomes.ties, result.old_outcomes.losses) == (20, 10, 10)
    turned = gate(judgments(*[(p, r, o, "old", "new") for p, r, o, *_ in rows[:40]]), old="old", new="new")
    assert (turned.candidate, turned.baseline, turned.old_outcomes) == ("new", "old", None)
    assert (turned.wins, turned.ties, turned.losses) == (10, 10, 20)
