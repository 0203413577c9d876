import pytest
from scipy.stats import binomtest

from analysis.outliers import Count, exact_p, flagged
from analysis.raters import raters_table
from analysis.tables import TableError, read_judgments


def rows(*judgments, **columns):
    prompt, rater, outcome = zip(*judgments, strict=True)
    return read_judgments({"prompt_id": prompt, "rater_id": rater, "outcome": outcome, **columns})


def test_exactly_the_raters_who_guess_are_flagged(rater_quality):
    result = raters_table(rater_quality)
    assert result.flagged == ("r00", "r01", "r02", "r03")


def test_the_one_who_always_chooses_left_is_flagged_for_that(rater_quality):
    result = raters_table(rater_quality)
    always = next(rater for rater in result.of_each if rater.rater == "r03")
    assert always.left.share == 1.0
    assert "chooses the left side unlike the others" in always.flags
    assert not any("left" in flag for rater in result.of_each if rater is not always for flag in rater.flags)


def test_agreement_is_with_the_majority_of_the_others():
    table = rows(
        ("p", "a", "win"),
        ("p", "b", "win"),
        ("p", "c", "loss"),
        ("q", "a", "tie"),
        ("q", "b", "tie"),
    )
    agreed = {rater.rater: rater.agreed for rater in raters_table(table).of_each}
    # Of p: to a the others are split, to b too; to c they say win. Of q: each has one other.
    assert agreed == {"a": Count(1, 1), "b": Count(1, 1), "c": Count(0, 1)}


def test_gold_prompts_count_for_gold_alone():
    table = rows(("p", "a", "win"), ("p", "b", "loss"), ("q", "a", "tie"), ("q", "b", "win"))
    result = raters_table(table, gold={"p": "win"})
    a, b = result.of_each
    assert (a.gold_right, b.gold_right) == (Count(1, 1), Count(0, 1))
    assert (a.tied, b.tied) == (Count(1, 1), Count(0, 1))
    assert result.gold_prompts == 1


@pytest.mark.parametrize(("gold", "message"), [({"x": "win"}, "not judged"), ({"p": "won"}, "not win, tie")])
def test_gold_that_does_not_fit_is_refused(gold, message):
    with pytest.raises(TableError, match=message):
        raters_table(rows(("p", "a", "win"), ("q", "b", "loss")), gold=gold)


def test_times_are_medians_and_unknown_ones_stay_unknown():
    judgments = [("p", "a", "win"), ("q", "a", "win"), ("r", "a", "win"), ("p", "b", "win")]
    a, b = raters_table(rows(*judgments, active_ms=["1000", "9000", "2000", ""])).of_each
    assert (a.median_ms, b.median_ms) == (2000, None)


def test_the_lower_tail_equals_scipy_and_two_sides_double_the_smaller():
    less = binomtest(3, 20, 0.4, alternative="less").pvalue
    assert exact_p(Count(3, 20), 0.4, "less") == pytest.approx(less, abs=1e-12)
    assert exact_p(Count(3, 20), 0.4, "two-sided") == pytest.approx(2 * less, abs=1e-12)
    more = binomtest(15, 20, 0.4, alternative="greater").pvalue
    assert exact_p(Count(15, 20), 0.4, "two-sided") == pytest.approx(2 * more, abs=1e-12)


def test_one_in_thirty_equal_raters_is_not_flagged_by_looking_thirty_times():
    counts = [Count(24, 30)] * 29 + [Count(17, 30)]
    assert exact_p(counts[-1], 0.8, "less") < 0.05
    assert flagged(counts, "less", 0.05) == []


def test_a_single_rater_has_no_others_to_stand_out_from():
    assert raters_table(rows(("p", "a", "win"), ("q", "a", "loss"))).flagged == ()


def test_right_answers_have_a_digest_of_their_own():
    table = rows(("p", "a", "win"), ("q", "a", "tie"), ("p", "b", "win"), ("q", "b", "loss"))
    answers = {"p": "win", "q": "tie"}
    one, same, other = (
        raters_table(table, gold=gold)
        for gold in (answers, dict(reversed(answers.items())), answers | {"q": "loss"})
    )
    assert one.gold_digest == same.gold_digest != other.gold_digest
    assert raters_table(table).gold_digest is None
