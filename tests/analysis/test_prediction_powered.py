import json

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from analysis.__main__ import main
from analysis.commands.prediction import read_judge
from analysis.linear import mean, row_weights
from analysis.prediction_powered import prediction_powered
from analysis.tables import JudgmentTable, Labelled, TableError
from analysis.win_rate import win_rate

RUNS = 200
TRUTH, RATED, ALL = 0.6, 150, 1200
JUDGES = {"good": (0.6, 0.0), "biased": (0.6, 0.8), "useless": (0.0, 0.0)}


def study(seed, judge):
    """150 of 1,200 prompts by 3 of 20 raters each, and a judge's verdict on all.

    A rater prefers the candidate with chance Φ(μ + u_p + v_r); the judge, biased or not, sees u_p as well as it can.
    """
    rng = np.random.default_rng((seed, 11))
    sight, bias = JUDGES[judge]
    u, v = rng.normal(0, 0.9, ALL), rng.normal(0, 0.15, 20)
    mean = 0.2533471 * np.sqrt(1 + 0.81 + 0.0225)  # Φ⁻¹(0.6), over all spread
    rater = np.argsort(rng.random((RATED, 20)), axis=1)[:, :3]
    wins = mean + u[:RATED, None] + v[rater] + rng.normal(size=(RATED, 3)) > 0
    latent = bias + (mean + u if sight else 0) + (1 - sight) * rng.normal(size=ALL)
    names = tuple(f"p{i:04}" for i in range(ALL))
    table = JudgmentTable(
        Labelled(np.repeat(np.arange(RATED), 3), names[:RATED]),
        Labelled.of([f"r{i:02}" for i in rater.ravel()]),
        (2 * wins.ravel()).astype(np.int8),
    )
    return table, dict(zip(names, (latent > 0).astype(float).tolist(), strict=True))


@pytest.fixture(scope="module")
def results():
    return {judge: [prediction_powered(*study(seed, judge)) for seed in range(RUNS)] for judge in JUDGES}


@pytest.mark.parametrize("judge", JUDGES)
def test_the_interval_holds_the_truth_whatever_the_judge(results, judge):
    held = sum(one.win_rate.low <= TRUTH <= one.win_rate.high for one in results[judge])
    assert binom.ppf(0.001, RUNS, 0.94) <= held <= binom.ppf(0.999, RUNS, 0.98)


def test_a_biased_judge_alone_is_far_from_the_truth(results):
    assert np.mean([one.judge_alone for one in results["biased"]]) > TRUTH + 0.1


@pytest.mark.parametrize(
    ("judge", "least", "most"), [("good", 0.7, 0.9), ("biased", 0.75, 0.95), ("useless", 0.98, 1.02)]
)
def test_the_interval_is_tighter_by_what_the_judge_knows(results, judge, least, most):
    assert least < np.mean([one.width_ratio for one in results[judge]]) < most


def test_a_judge_without_any_spread_leaves_the_raters_estimate():
    table, judge = study(0, "good")
    result = prediction_powered(table, dict.fromkeys(judge, 0.5))
    headline = win_rate(table)
    assert result.power == 0.0
    assert (result.win_rate.value, result.win_rate.se) == pytest.approx((headline.value, headline.se))


def test_the_correction_is_the_published_formula():
    table, judge = study(1, "good")
    result = prediction_powered(table, judge)
    f = np.array([judge[name] for name in sorted(judge)])
    y = np.bincount(table.prompt.codes, table.points / 2) / 3
    power = np.cov(y, f[:RATED])[0, 1] / (f.var(ddof=1) * (1 + RATED / (ALL - RATED)))
    assert result.power == pytest.approx(power)
    assert result.win_rate.value == pytest.approx(y.mean() + power * (f[RATED:].mean() - f[:RATED].mean()))


def test_the_variance_is_of_what_the_judge_leaves_and_of_the_judges_own_mean():
    table, judge = study(1, "good")
    few = {name: verdict for name, verdict in judge.items() if name < f"p{2 * RATED:04}"}
    result = prediction_powered(table, few)
    f = np.array([few[name] for name in sorted(few)])
    left = table.points / 2 - result.power * f[table.prompt.codes]
    of_raters = mean(left, row_weights(table.prompt, "prompts"), table.prompt, table.rater).variance
    of_judge = result.power**2 * f[RATED:].var(ddof=1) / RATED
    assert result.win_rate.se**2 == pytest.approx(of_raters.value + of_judge)
    df = (of_raters.value + of_judge) ** 2 / (of_raters.value**2 / of_raters.df + of_judge**2 / (RATED - 1))
    assert result.win_rate.df == pytest.approx(df)
    assert of_judge > 0.05 * of_raters.value  # else nothing was tested


def test_the_judges_verdicts_have_a_digest_of_their_own():
    table, judge = study(1, "good")
    turned = dict(reversed(judge.items()))
    changed = {**judge, "p0900": 1 - judge["p0900"]}
    one, same, other = (prediction_powered(table, verdicts) for verdicts in (judge, turned, changed))
    assert one.judge_digest == same.judge_digest != other.judge_digest
    assert one.data_digest == other.data_digest


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda judge: {**judge, "p0900": 1.2}, "'p0900' is a share from 0 to 1"),
        (lambda judge: {k: v for k, v in judge.items() if k != "p0003"}, "no verdict on 1 prompt .*'p0003'"),
        (lambda judge: dict(list(judge.items())[: RATED + 5]), "on 5 prompts beyond the raters'"),
    ],
)
def test_verdicts_that_do_not_fit_are_refused(change, message):
    table, judge = study(0, "good")
    with pytest.raises(TableError, match=message):
        prediction_powered(table, change(judge))


def test_the_command_reads_words_and_numbers(judgments_csv, tmp_path, capsys):
    outcomes = ("win", "tie", "loss", "win")
    path = judgments_csv(
        "prompt_id,rater_id,outcome", *(f"p{i // 2},r{i % 6},{outcomes[i % 4]}" for i in range(80))
    )
    judge = tmp_path / "judge.csv"
    judge.write_text(
        "prompt_id,verdict\n" + "".join(f"p{i},{('win', '0.3', 'tie')[i % 3]}\n" for i in range(100))
    )
    assert main(["prediction", str(path), "--judge", str(judge), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["prompts"], result["judged_prompts"]) == (40, 100)
    assert result["judge_alone"] == pytest.approx((34 * 1 + 33 * 0.3 + 33 * 0.5) / 100)
    assert main(["prediction", str(path), "--judge", str(judge)]) == 0
    assert "drawn at random" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("p1,won\n", "row 1 (line 2), column verdict: 'won' is not"),
        ("p1,win\np1,win\n", "row 2 (line 3), column prompt_id"),
        ("p1,\n", "row 1 (line 2), column verdict: is empty, not"),
        ("p1,1.7\n", "row 1 (line 2), column verdict: '1.7' is not win, tie, loss or a number from 0 to 1"),
        ("p1,nan\n", "row 1 (line 2), column verdict: 'nan' is not"),
    ],
)
def test_a_bad_file_of_verdicts_is_refused_by_row(judgments_csv, tmp_path, capsys, text, message):
    path = judgments_csv("prompt_id,rater_id,outcome", "p1,a,win", "p2,a,loss")
    judge = tmp_path / "judge.csv"
    judge.write_text("prompt_id,verdict\n" + text)
    assert main(["prediction", str(path), "--judge", str(judge)]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("end", ["jsonl", "parquet"])
def test_verdicts_are_read_from_the_other_kinds_of_files_too(tmp_path, end):
    verdicts = pd.DataFrame({"prompt_id": ["p1", "p2"], "verdict": ["win", "0.25"]})
    path = tmp_path / f"judge.{end}"
    verdicts.to_parquet(path) if end == "parquet" else verdicts.to_json(path, orient="records", lines=True)
    assert read_judge(path) == {"p1": 1.0, "p2": 0.25}


def test_an_empty_file_of_verdicts_is_called_empty(tmp_path):
    (tmp_path / "judge.csv").write_text("")
    (tmp_path / "judge.jsonl").write_text("\n")
    for end in ("csv", "jsonl"):
        with pytest.raises(TableError, match="the file is empty"):
            read_judge(tmp_path / f"judge.{end}")


def test_three_raters_are_told_and_the_method_claims_prompts_alone():
    table, judge = study(2, "good")
    few = table.rows(table.rater.codes < 3)
    result = prediction_powered(few, judge)
    assert result.win_rate.method == "prediction-powered (PPI++), prompt-clustered, effective-n Wilson"
    assert any("3 raters: rater sampling not estimable" in note for note in result.notes)
