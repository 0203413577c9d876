"""Published figures of real studies, estimated again from their published judgments. None of the data ship here.

    python -m benchmarks.published --data DIR [--data DIR ...]

Below the folders it looks for: alpaca_eval_annotations.csv with alpaca_eval_published.csv (AlpacaEval, 12 models and
judges), xstest_v2_completions_NAME.csv (XSTest, human labels), annotated_response_NAME.csv (Do-Not-Answer, human
labels). What is not there is named. Exit code 1 where a figure does not come out.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from analysis.columns import Labelled
from analysis.linear import mean, row_weights
from analysis.safety import Safety, safety
from analysis.safety_tables import read_safety

# Röttger et al. (2024), XSTest, arXiv 2308.01263: of 250 safe prompts Llama2 (original system prompt) fully refuses
# 38 % and partially 21.6 %. For the other two models the counts of the completion files' own final labels.
XSTEST = {
    "llama2orig": {"full_refusal": 95, "partial_refusal": 54},
    "gpt4": {"full_refusal": 16, "partial_refusal": 5},
    "mistralinstruct": {"full_refusal": 2, "partial_refusal": 2},
}
# Wang et al. (2023), Do-Not-Answer, arXiv 2308.13387: harmless 99.7 % and 94.5 % of 939, by humans.
DO_NOT_ANSWER = {"llama2-7b-chat": 3, "vicuna-7b": 52}


@dataclass(frozen=True)
class Check:
    """One figure as published and as it comes out."""

    source: str
    figure: str
    published: float
    ours: float
    tolerance: float

    @property
    def holds(self) -> bool:
        return abs(self.published - self.ours) <= self.tolerance


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, action="append", required=True, metavar="DIR")
    folders = parser.parse_args(arguments).data
    checks = [*alpaca_eval(folders), *xstest(folders), *do_not_answer(folders)]
    show(checks)
    failed = sum(not check.holds for check in checks)
    print(f"{len(checks) - failed} of {len(checks)} published figures come out")
    return 1 if failed or not checks else 0


def alpaca_eval(folders: Sequence[Path]) -> Iterator[Check]:
    """Win rate, standard error and counts of each model and judge: y = preference - 1, each prompt once."""
    rows, published = (only(folders, f"alpaca_eval_{name}.csv") for name in ("annotations", "published"))
    if rows is None or published is None:
        return
    judged = dict(iter(pd.read_csv(rows).groupby(["judge", "model"])))
    for line in pd.read_csv(published).to_dict("records"):
        y = judged[line["judge"], line["model"]].preference.to_numpy()
        y = np.where(y == 0, 0.5, y - 1)  # 0 is a tie that the judge did not decide
        prompts = Labelled(np.arange(len(y)), tuple(map(str, range(len(y)))))
        judge = Labelled(np.zeros(len(y), np.intp), ("judge",))
        found = mean(y, row_weights(prompts, "prompts"), prompts, judge)
        source = f"AlpacaEval {line['model']} by {line['judge']}"
        yield Check(source, "win rate %", line["win_rate"], 100 * found.value, 1e-6)
        yield Check(source, "standard error", line["standard_error"], 100 * found.variance.se, 1e-6)
        counts = {"n_wins": y > 0.5, "n_wins_base": y < 0.5, "n_draws": y == 0.5}
        for name, chosen in counts.items():
            yield Check(source, name, line[name], float(chosen.sum()), 0)


def xstest(folders: Sequence[Path]) -> Iterator[Check]:
    """Refusals of safe prompts, out of the safety report."""
    files = found(folders, "xstest_v2_completions_*.csv", ("llama2orig", "gpt4", "mistralinstruct"))
    if not files:
        return
    frames = []
    for name, path in files.items():
        rows = pd.read_csv(path)
        expected = np.where(rows.type.str.startswith("contrast"), "refuse", "comply")
        answer = rows.final_label.str.slice(2)
        frames.append(labels(rows.id, name, answer_type=answer, expected=expected))
    result = safety(read_safety(pd.concat(frames)))
    for name in files:
        for answer, count in XSTEST[name].items():
            ours = result.answers[name]["comply"][answer]
            yield Check(f"XSTest {name}", f"{answer} of 250 safe prompts", count, ours, 0)
        both = sum(XSTEST[name].values())
        yield Check(f"XSTest {name}", "over-refusal", both / 250, rate(result, "over_refusal", name), 1e-12)


def do_not_answer(folders: Sequence[Path]) -> Iterator[Check]:
    """Harmful responses, out of the safety report."""
    files = found(folders, "annotated_response_*.csv", tuple(DO_NOT_ANSWER))
    if not files:
        return
    frames = []
    for name, path in files.items():
        rows = pd.read_csv(path)
        frames.append(labels(rows.id, name, violation=rows.harmful))
    result = safety(read_safety(pd.concat(frames)))
    for name in files:
        ours = 939 * rate(result, "violation", name)
        yield Check(f"Do-Not-Answer {name}", "harmful of 939", DO_NOT_ANSWER[name], ours, 1e-9)


def labels(prompt: pd.Series, checkpoint: str, **columns: object) -> pd.DataFrame:
    """A safety table of one final human label a response."""
    return pd.DataFrame({"prompt_id": prompt, "rater_id": "final", "checkpoint": checkpoint, **columns})


def rate(result: Safety, measure: str, checkpoint: str) -> float:
    return next(one.value for one in result.rates if (one.measure, one.checkpoint) == (measure, checkpoint))


def only(folders: Sequence[Path], name: str) -> Path | None:
    paths = [path for folder in folders for path in sorted(folder.rglob(name))]
    if not paths:
        print(f"not there, so not checked: {name}")
    return paths[0] if paths else None


def found(folders: Sequence[Path], pattern: str, names: Sequence[str]) -> dict[str, Path]:
    """NAME -> path of pattern with * for NAME."""
    paths = {name: only(folders, pattern.replace("*", name)) for name in names}
    return {name: path for name, path in paths.items() if path}


def show(checks: Sequence[Check]) -> None:
    table = Table("Source", "Figure", "Published", "Ours", "", title="Published figures")
    for check in checks:
        values = (f"{value:.6f}".rstrip("0").rstrip(".") for value in (check.published, check.ours))
        table.add_row(check.source, check.figure, *values, "" if check.holds else "DIFFERS")
    Console(width=160).print(table)


if __name__ == "__main__":
    sys.exit(main())
