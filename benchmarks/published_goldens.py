"""What independent libraries say of real studies, estimated again: PandaLM, WMT23 and LLMFAO.

    python -m benchmarks.published_goldens --data DIR

Below DIR it looks for goldens.json (statsmodels, krippendorff, irrCAC, evalica, an independent Davidson fit) and for
the CSV files of these studies. Tolerances: 1e-6, for AC1 1e-5, for strengths 1e-4, for
arena-rank's standard errors half a percent. Exit code 1 where a figure does not
come out.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.agreement import INTERVAL, gwet_ac1, krippendorff_alpha, unit_counts
from analysis.battles import Battles
from analysis.columns import Labelled
from analysis.davidson import fit
from analysis.differences import difference
from analysis.leaderboard import ELO
from analysis.linear import Linear, mean, row_weights
from analysis.sandwich import sandwich
from analysis.tables import JudgmentTable, read_judgments
from analysis.variance import Variance, clustered, max_rule
from analysis.win_rate import estimated, win_rate
from benchmarks.published import Check, only, show

POINTS = {"left": 2, "tie": 1, "right": 0}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, action="append", required=True, metavar="DIR")
    folders = parser.parse_args(arguments).data
    path = only(folders, "goldens.json")
    if path is None:
        return 1
    goldens = json.loads(path.read_text(encoding="utf-8"))
    checks = [*pandalm(folders, goldens["pandalm"]), *wmt(folders, goldens["wmt"])]
    checks += llmfao(folders, goldens["llmfao"])
    show(checks)
    failed = sum(not check.holds for check in checks)
    print(f"{len(checks) - failed} of {len(checks)} golden figures come out")
    return 1 if failed or not checks else 0


def pandalm(folders: Sequence[Path], goldens: dict[str, Any]) -> Iterator[Check]:
    path = only(folders, "pandalm_human.csv")
    if path is None:
        return
    rows = pd.read_csv(path)
    for pair, golden in goldens.items():
        a, b = pair.split("|")
        own = rows[(rows.model_a == a) & (rows.model_b == b)]
        yield from study(f"PandaLM {pair}", golden, table(own.item_id, own.rater_id, own.outcome_a))


def wmt(folders: Sequence[Path], goldens: dict[str, Any]) -> Iterator[Check]:
    """Two systems of one rater on one segment: fewer points win."""
    path = only(folders, "wmt23_sxs_mqm_ende.csv")
    if path is None:
        return
    rows = pd.read_csv(path)
    for pair, golden in goldens.items():
        a, b = (rows[rows.system == name] for name in pair.split("|"))
        both = a.merge(b, on=["segment_id", "rater"], suffixes=("_a", "_b"))
        outcome = np.sign(both.points_b - both.points_a).map({1.0: "win", 0.0: "tie", -1.0: "loss"})
        yield from study(f"WMT23 {pair}", golden, table(both.segment_id, both.rater, outcome))


def study(source: str, golden: dict[str, Any], judged: JudgmentTable) -> Iterator[Check]:
    """Every figure of one golden study, those that hold for its number of raters."""
    found, counts = win_rate(judged), unit_counts(judged)
    ours = {
        "n": found.n,
        "prompts": found.prompts,
        "raters": found.raters,
        "wins": found.wins,
        "ties": found.ties,
        "losses": found.losses,
        "win_rate_prompt_weighted": found.value,
        "se_prompt_cluster_statsmodels": found.prompt_only.se,
        "alpha_nominal": krippendorff_alpha(counts),
        "alpha_interval": krippendorff_alpha(counts, INTERVAL),
        "gwet_ac1": gwet_ac1(counts),
    }
    linear = estimated(judged, "prompts")
    by_prompt = difference(linear.value, linear.prompt_only, 0.95, "plain")
    ends: dict[str, Any] = {"ci_wilson_pooled": found.paper, "ci_prompt_cluster_t": by_prompt}
    if found.new_raters:
        ours |= {"se_two_way_max_rule": found.se, "satterthwaite_df": found.df}
        ends |= {"ci_two_way_effective_wilson": found, "ci_two_way_satt": linear.difference(0.95)}
    for name in ours.keys() & golden.keys():
        yield Check(source, name, golden[name], float(ours[name] or 0), 1e-5 if name == "gwet_ac1" else 1e-6)
    for name, estimate in ends.items():
        for end, golden_end in zip(("low", "high"), golden[name], strict=True):
            yield Check(source, f"{name} {end}", golden_end, getattr(estimate, end), 1e-6)


def llmfao(folders: Sequence[Path], golden: dict[str, Any]) -> Iterator[Check]:
    path = only(folders, "llmfao_crowd.csv")
    if path is None:
        return
    rows = pd.read_csv(path)
    points = rows.winner.map(POINTS).to_numpy()
    columns = (rows.model_left, rows.model_right, points, rows.prompt_id.to_numpy(), rows.rater_id.to_numpy())
    counts = Battles.of(*columns).counts
    fits = {
        "bt_log_strength": fit(counts, model="bradley-terry", ordered=False),
        "davidson_log_strength": fit(counts, ordered=False),
    }
    for name, fitted in fits.items():
        furthest = int(np.argmax(np.abs(fitted.strengths - golden[name])))
        published, ours = golden[name][furthest], float(fitted.strengths[furthest])
        yield Check("LLMFAO", f"{name}, the furthest of {len(golden[name])}", published, ours, 1e-4)
    ordered, position = fit(counts), golden["davidson_position"]
    yield Check(
        "LLMFAO", "Davidson, order effect", position["first_position_log_odds"], ordered.order or 0, 1e-4
    )
    yield Check("LLMFAO", "Davidson with order, log nu", position["log_nu"], ordered.log_tie or 0, 1e-4)
    log_nu = fits["davidson_log_strength"].log_tie
    yield Check("LLMFAO", "Davidson without order, log nu", golden["davidson_log_nu"], log_nu or 0, 1e-4)
    yield from arena_rank(rows, points, golden["arena_rank_se_elo"])
    yield from pooled(rows, points, golden)


def arena_rank(rows: pd.DataFrame, points: np.ndarray[Any, Any], golden: Sequence[float]) -> Iterator[Check]:
    """Each judgment a cluster of its own, as arena-rank has it; theirs lie up to 0.4 % lower."""
    alone = np.arange(len(rows))
    battles = Battles.of(rows.model_left, rows.model_right, points, alone, alone)
    errors = ELO * np.sqrt(
        np.diag(sandwich(fit(battles.counts, model="bradley-terry", ordered=False), battles).p)
    )
    ratios = errors[: len(golden)] / np.array(golden)
    furthest = int(np.argmax(np.abs(ratios - 1)))
    name = f"arena-rank's standard error in Elo, the furthest of {len(golden)}"
    yield Check("LLMFAO", name, golden[furthest], float(errors[furthest]), 0.005 * golden[furthest])


def pooled(rows: pd.DataFrame, points: np.ndarray[Any, Any], golden: dict[str, Any]) -> Iterator[Check]:
    """Agreement on the pairs, and how often the left side won."""
    unit, times = pd.factorize(rows.pair_id)[0], np.eye(3)[points]
    counts = np.stack([np.bincount(unit, times[:, k]) for k in range(3)], axis=1)
    yield Check("LLMFAO", "alpha_nominal", golden["alpha_nominal"], krippendorff_alpha(counts) or 0, 1e-6)
    yield Check("LLMFAO", "left share", golden["left_share"], float(points.mean() / 2), 1e-6)
    pairs, raters = (Labelled.of(rows[name].astype(str).tolist()) for name in ("pair_id", "rater_id"))
    left = mean(points / 2, row_weights(pairs, "judgments"), pairs, raters)
    low, high = plain_interval(left)
    for end, ours, published in zip(
        ("low", "high"), (low, high), golden["left_share_ci_two_way"], strict=True
    ):
        yield Check("LLMFAO", f"left share, two-way {end} (without the lopsided rule)", published, ours, 1e-6)


def plain_interval(of: Linear) -> tuple[float, float]:
    """Without the lopsided rule, which the golden figure does not know: 124 raters here count as fewer than 62."""
    sizes = [len(of.prompt), len(of.rater), len(of.influence)]
    cells = sizes[2] / (sizes[2] - 1) * float(np.sum(of.influence**2))
    parts = [clustered(of.influence, of.prompt), clustered(of.influence, of.rater), cells]
    variance, df = max_rule(*(np.array([part]) for part in parts), *(size - 1.0 for size in sizes))
    ends = difference(of.value, Variance(float(variance[0]), float(df[0])), 0.95, "plain")
    return ends.low, ends.high


def table(prompt: Any, rater: Any, outcome: Any) -> JudgmentTable:
    columns = {"prompt_id": prompt, "rater_id": rater, "outcome": outcome}
    return read_judgments({name: column.tolist() for name, column in columns.items()})


if __name__ == "__main__":
    sys.exit(main())
