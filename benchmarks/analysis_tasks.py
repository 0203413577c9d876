"""What `benchmarks.analysis` measures: one task by one contender, run as a process of its own.

python -m benchmarks.analysis_tasks TASK CONTENDER ROUNDS      prints medians and peak as JSON
"""

import json
import resource
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Run = Callable[[], object]


@dataclass(frozen=True)
class Contender:
    """`prepare` makes the data, untimed, and returns what is timed. A peer needs an environment of its own."""

    prepare: Callable[[], Run]
    peer: bool = False


def judgments(n: int, ratings: int = 3, raters: int = 500) -> Any:
    """A judgment table of n judgments, already coded and in a table's own order."""
    from analysis.tables import JudgmentTable, Labelled

    rng, prompts = np.random.default_rng(0), n // ratings
    prompt = np.repeat(np.arange(prompts), ratings)
    rater = np.sort((np.arange(len(prompt)) * 7 % raters).reshape(prompts, ratings), axis=1).ravel()
    points = rng.integers(0, 3, len(prompt)).astype(np.int8)
    labels = [
        tuple(f"{letter}{i:08d}" for i in range(count)) for letter, count in (("p", prompts), ("r", raters))
    ]
    return JudgmentTable(Labelled(prompt, labels[0]), Labelled(rater, labels[1]), points)


def win_rate(n: int) -> Callable[[], Run]:
    def prepare() -> Run:
        from analysis.win_rate import win_rate as estimate

        table = judgments(n)

        def run() -> Any:
            table.__dict__.pop("digest", None)  # kept by the table: each time is a first time
            return estimate(table)

        return run

    return prepare


def one_pass() -> Run:
    table = judgments(100_000)
    y = table.points / 2
    return lambda: np.bincount(table.prompt.codes, y)


def scipy_bootstrap(method: str) -> Callable[[], Run]:
    """2,000 draws, clustered by prompt: a ratio of sums over resampled prompts."""

    def prepare() -> Run:
        from scipy.stats import bootstrap

        table = judgments(100_000)
        sums, counts = np.bincount(table.prompt.codes, table.points / 2), table.prompt.counts()

        def ratio(a: Any, b: Any, axis: int = -1) -> Any:
            return a.sum(axis=axis) / b.sum(axis=axis)

        return lambda: bootstrap(
            (sums, counts),
            ratio,
            paired=True,
            vectorized=True,
            n_resamples=2000,
            batch=50,
            method=method,
            rng=1,
        )

    return prepare


def battles(as_strings: bool) -> tuple[Any, ...]:
    """150 checkpoints, 2 million battles: names of both, points of the first, prompts and raters.

    Strings are pandas columns in its own storage, for every contender alike.
    """
    import pandas as pd

    rng, n = np.random.default_rng(0), 2_000_000
    strength = rng.normal(0, 1, 150)
    first = rng.integers(0, 150, n)
    second = (first + rng.integers(1, 150, n)) % 150
    latent = strength[first] - strength[second] + rng.logistic(size=n)
    points = np.where(latent > 0.5, 2, np.where(latent < -0.5, 0, 1))
    names = np.array([f"checkpoint-{i:03}" for i in range(150)], dtype=object)
    prompt, rater = rng.integers(0, 20_000, n), rng.integers(0, 2_000, n)
    if as_strings:
        prompt = pd.Series(
            np.array([f"prompt-{i:05}" for i in range(20_000)], dtype=object)[prompt], dtype=str
        )
        rater = pd.Series(np.array([f"rater-{i:04}" for i in range(2_000)], dtype=object)[rater], dtype=str)
    both = (pd.Series(names[codes], dtype=str) for codes in (first, second))
    return *both, points, prompt, rater


def leaderboard(as_strings: bool) -> Callable[[], Run]:
    def prepare() -> Run:
        from analysis.battles import Battles
        from analysis.leaderboard import rank_battles

        data = battles(as_strings)
        return lambda: rank_battles(Battles.of(*data))

    return prepare


def arena_rank() -> Run:
    import pandas as pd
    from arena_rank.models.bradley_terry import BradleyTerry
    from arena_rank.utils.data_utils import PairDataset

    first, second, points, *_ = battles(as_strings=False)
    winner = pd.Series(np.array(["model_b", "tie", "model_a"], dtype=object)[points], dtype=str)
    frame = pd.DataFrame({"model_a": first, "model_b": second, "winner": winner})

    def run() -> object:
        data = PairDataset.from_pandas(frame)
        model = BradleyTerry(n_competitors=len(data.competitors))
        return model.compute_ratings_and_cis(data, significance_level=0.05)

    return run


def evalica_strengths() -> Run:
    from evalica import Winner, bradley_terry

    first, second, points, *_ = battles(as_strings=False)
    winners = [(Winner.Y, Winner.Draw, Winner.X)[i] for i in points.tolist()]
    xs, ys = first.tolist(), second.tolist()
    return lambda: bradley_terry(xs, ys, winners)


def units() -> Any:
    """5,000 units by 50 raters, all of whom judged all."""
    rng = np.random.default_rng(0)
    right = rng.integers(0, 3, 5000)
    said = np.where(rng.random((5000, 50)) < 0.6, right[:, None], rng.integers(0, 3, (5000, 50)))
    return said.astype(np.int8)


def alpha() -> Run:
    from analysis.agreement import krippendorff_alpha

    said = units()
    unit = np.repeat(np.arange(5000), 50)

    def run() -> object:
        counts = np.bincount(3 * unit + said.ravel(), minlength=15_000).reshape(5000, 3).astype(np.float64)
        return krippendorff_alpha(counts)

    return run


def krippendorff() -> Run:
    from krippendorff import alpha as their_alpha

    said = units().T
    return lambda: their_alpha(reliability_data=said, level_of_measurement="nominal")


def dawid_skene() -> Run:
    from analysis.dawid_skene import dawid_skene as fit

    rng = np.random.default_rng(0)
    unit, rater = np.repeat(np.arange(20_000), 5), rng.integers(0, 200, 100_000)
    right = rng.integers(0, 3, 20_000)[unit]
    said = np.where(
        rng.random(100_000) < rng.uniform(0.5, 0.95, 200)[rater], right, rng.integers(0, 3, 100_000)
    )
    return lambda: fit(unit, rater, said)


TASKS: dict[str, dict[str, Contender]] = {
    "win rate, 100,000 judgments": {
        "ours, all intervals and tests": Contender(win_rate(100_000)),
        "floor: one pass": Contender(one_pass),
        "scipy bootstrap, percentile": Contender(scipy_bootstrap("percentile")),
    },
    "win rate, 1,000,000 judgments": {"ours, all intervals and tests": Contender(win_rate(1_000_000))},
    "win rate, 10,000,000 judgments": {"ours, all intervals and tests": Contender(win_rate(10_000_000))},
    "leaderboard, 150 x 2 million": {
        "ours, prompts and raters as integers": Contender(leaderboard(False)),
        "ours, all as strings": Contender(leaderboard(True)),
        "arena-rank, sandwich": Contender(arena_rank, peer=True),
        "evalica, strengths alone": Contender(evalica_strengths, peer=True),
    },
    "alpha, 5,000 units x 50 raters": {
        "ours": Contender(alpha),
        "krippendorff": Contender(krippendorff, peer=True),
    },
    "Dawid-Skene, 100,000 labels": {"ours": Contender(dawid_skene)},
}


def main(task: str, contender: str, rounds: int) -> None:
    run = TASKS[task][contender].prepare()
    run()  # imports and first calls are not what is compared
    times, work = [], []
    for _ in range(rounds):
        start, busy = time.perf_counter(), time.process_time()
        run()
        times.append(time.perf_counter() - start)
        work.append(time.process_time() - busy)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    medians = {"median_s": statistics.median(times), "median_cpu_s": statistics.median(work)}
    print(json.dumps(medians | {"peak_mb": peak}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
