import json
from pathlib import Path

import pytest

from analysis.tables import JudgmentTable, read_judgments
from tests.analysis.judgment_files import EVERY, HEADER, line

FIXTURES = Path(__file__).parent.parent / "fixtures" / "analysis"


@pytest.fixture(scope="session")
def goldens():
    return json.loads((FIXTURES / "goldens.json").read_text())


@pytest.fixture(scope="session")
def simulated():
    """The shipped simulated judgments by file name."""

    def read(file: str) -> JudgmentTable:
        return read_judgments(FIXTURES / file, {"outcome": "outcome_a", "side": "model_a_side"})

    return read


@pytest.fixture(scope="session")
def rater_quality(simulated):
    """25 raters of whom r00 to r02 answer at random and r03 always for the left side."""
    return simulated("rater_quality.csv")


@pytest.fixture(scope="session")
def rater_quality_truth():
    return json.loads((FIXTURES / "rater_quality_truth.json").read_text())


@pytest.fixture
def table_of():
    """A table from outcomes, one prompt after the other, each judged by raters 0, 1, ... in turn."""

    def build(
        outcomes: list[str], raters: int = 6, ratings: int = 1, **columns: list[object]
    ) -> JudgmentTable:
        rows = range(len(outcomes))
        return read_judgments(
            {
                "prompt_id": [f"p{row // ratings}" for row in rows],
                "rater_id": [f"r{row % raters}" for row in rows],
                "outcome": outcomes,
                **columns,
            }
        )

    return build


@pytest.fixture
def judgments_csv(tmp_path):
    """Writes the given lines to a CSV file and returns its path."""

    def write(*lines: str) -> Path:
        path = tmp_path / "judgments.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write


@pytest.fixture
def labels(tmp_path):
    path = tmp_path / "labels.csv"
    rows = [
        f"p{i},ann,{name},full_compliance,{'yes' if i % step == 0 else 'no'},refuse"
        for name, step in (("x", 3), ("y", 9))
        for i in range(45)
    ]
    path.write_text("prompt_id,rater_id,checkpoint,answer_type,violation,expected\n" + "\n".join(rows) + "\n")
    return path


@pytest.fixture
def every(tmp_path, labels):
    """The arguments with which each command answers."""
    pair, three, judge = tmp_path / "pair.csv", tmp_path / "three.csv", tmp_path / "judge.csv"
    pair.write_text("\n".join([HEADER, *(line(row) for row in range(210))]))
    met = [("new", "base"), ("old", "base"), ("old", "new")]
    rows = [line(row, *names, shift) for shift, names in enumerate(met) for row in range(210)]
    three.write_text("\n".join([HEADER, *rows]))
    judge.write_text("prompt_id,verdict\n" + "".join(f"p{i:03},{i % 2}\n" for i in range(100)))
    files = {"PAIR": pair, "THREE": three, "JUDGE": judge, "LABELS": labels}
    return {name: [files.get(word, word) for word in words] for name, words in EVERY.items()}
