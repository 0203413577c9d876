"""docs/statistics.md and the code say the same: files, commands, constants, sources, methods and figures."""

import ast
import doctest
import importlib
import re
from pathlib import Path

import pytest

from analysis.commands import commands

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "docs" / "statistics.md").read_text(encoding="utf-8")
FLAT = " ".join(DOCUMENT.split())
MODULES = {path.name: path for path in (ROOT / "analysis").glob("*.py") if not path.name.startswith("__")}
NO_ESTIMATORS = {"wording.py"}
AUTHORS = r"\b([A-ZÖ][\w'-]+)(?:, [A-Z][\w'-]+)*(?: and [A-Z][\w'-]+| et al\.)?"
CITATION = re.compile(AUTHORS + r" \(?(19\d\d|20[0-2]\d)\b")


def docstrings():
    for path in MODULES.values():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                yield path, " ".join((ast.get_docstring(node) or "").split())


def cited(text):
    """First author and year of every citation."""
    return {(match[1], match[2]) for match in CITATION.finditer(text)}


def headings():
    return [line for line in DOCUMENT.splitlines() if line.startswith("## ")]


def test_every_module_is_named_in_a_heading_or_holds_no_estimator():
    named = {name for line in headings() for name in re.findall(r"(\w+\.py)", line)}
    assert set(MODULES) - named - NO_ESTIMATORS - {"differences.py"} == set()
    assert named <= set(MODULES)


def test_every_file_that_the_document_names_is_there():
    for name in set(re.findall(r"`?((?:analysis|tests|benchmarks)/[\w/]+\.(?:py|md))", DOCUMENT)):
        assert (ROOT / name).is_file(), name


def test_the_document_lists_exactly_the_commands_there_are():
    table = DOCUMENT[: DOCUMENT.index("## Judgment tables")]
    assert set(re.findall(r"^\| `([\w-]+)` \|", table, re.MULTILINE)) == {
        command.NAME for command in commands()
    }


def test_the_section_that_a_command_points_to_is_there():
    table = DOCUMENT[: DOCUMENT.index("## Judgment tables")]
    for section in re.findall(r"^\| `[\w-]+` \|.*\| ([^|]+) \|$", table, re.MULTILINE):
        assert any(line.removeprefix("## ").startswith(section) for line in headings()), section


DRAWING = {
    "charts",
    "forest_rows",
    "heat_map",
    "power_chart",
    "steps",
    "svg",
    "timeline",
}  # measures of pictures decide no number
NO_CHOICE = {("safety_tables", "UNKNOWN"), ("leaderboard", "ELO")}  # a code, and a unit


def constants():
    """Every number with a name at the top of a module that computes."""
    for path in MODULES.values():
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if (
                isinstance(node, ast.Assign)
                and isinstance(node.targets[0], ast.Name)
                and path.stem not in DRAWING
            ):
                name = node.targets[0].id
                value = getattr(importlib.import_module(f"analysis.{path.stem}"), name)
                if isinstance(value, int | float) and (path.stem, name) not in NO_CHOICE:
                    yield path.stem, name


def test_every_constant_has_the_value_that_the_document_gives():
    rows = re.findall(r"^\| `(\w+)\.(\w+)` \| ([\d.e-]+) \|", DOCUMENT, re.MULTILINE)
    assert {(module, name) for module, name, _ in rows} == set(constants())
    for module, name, value in rows:
        assert getattr(importlib.import_module(f"analysis.{module}"), name) == float(value), name


def test_every_source_named_in_the_code_stands_in_the_document():
    missing = {(path.name, *source) for path, text in docstrings() for source in cited(text) - cited(FLAT)}
    assert missing == set()


def test_every_source_of_the_document_stands_in_the_code():
    in_code = set().union(*(cited(text) for _, text in docstrings()))
    assert cited(FLAT) - in_code == set()


@pytest.mark.parametrize(
    ("module", "words"),
    [
        ("linear", ["two-way", "prompt-only"]),
        ("sequential", ["asymptotic confidence sequence", "empirical-Bernstein confidence sequence"]),
        ("gate", ["improvement", "pass", "inconclusive", "fail"]),
        ("rate_differences", ["Tango", "Newcombe", "McNemar"]),
        ("proportions", ["Wilson", "Clopper"]),
    ],
)
def test_the_methods_carry_the_names_that_the_document_explains(module, words):
    source = MODULES[f"{module}.py"].read_text(encoding="utf-8")
    assert [word for word in words if word not in FLAT] == []
    assert [word for word in words if word not in source and word != "prompt-only"] == []


def test_the_coverage_that_the_document_quotes_is_that_of_the_table():
    table = (ROOT / "benchmarks" / "coverage.md").read_text(encoding="utf-8").splitlines()
    table = table[: table.index("", 2)]  # the one of designs comes first
    rows = [line.split(" | ") for line in table if line.startswith("| ") and "design" not in line]
    for column, quoted in (
        (-1, r"headline interval holds the truth in"),
        (2, r"published interval holds it in"),
    ):
        shares = [float(row[column].split()[0]) for row in rows]
        said = re.search(quoted + r" ([\d.]+) to ([\d.]+) %", FLAT)
        assert (float(said[1]), float(said[2])) == (min(shares), max(shares))


RESULTS = re.compile(
    r"Agreement|AdjustedWinRate|Classes|Covariance|Criteria|Difference|Estimate|Fit|Gate|Interval|Leaderboard|Linear|"
    r"Moments|Plan|PositionBias|PredictionPowered|Raters|Ranks|RateDifference|Safety|Sequence|Shrunk|SignTest|Slice|"
    r"Ties|Variance|WeightedWinRate|WinRate"
)


def estimators():
    """Every public function that gives an estimate, with its docstring."""
    for path in MODULES.values():
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_") or path.stem == "svg":
                continue
            given = {name.id for name in ast.walk(node.returns) if isinstance(name, ast.Name)}
            text = " ".join((ast.get_docstring(node) or "").split())
            if any(map(RESULTS.fullmatch, given)) or "Source:" in text or "Sources:" in text:
                yield f"{path.stem}.{node.name}", text


def source_rows():
    return dict(
        re.findall(r"^\| `(\w+\.\w+)` \| (.+) \|$", section("Estimators and their sources"), re.MULTILINE)
    )


def section(start):
    begin = next(i for i, line in enumerate(DOCUMENT.splitlines()) if line.startswith(f"## {start}"))
    lines = DOCUMENT.splitlines()[begin + 1 :]
    end = next((i for i, line in enumerate(lines) if line.startswith("## ")), len(lines))
    return "\n".join(lines[:end])


def test_every_estimator_names_its_source_and_stands_in_the_document_with_it():
    found, rows = dict(estimators()), source_rows()
    assert set(found) == set(rows)
    for name, text in found.items():
        assert "Source" in text, name
        source = text[text.index("Source") :]
        assert cited(source) == cited(rows[name]), name
        assert re.findall(r'docs/statistics.md, "([^"]+)"', source) == re.findall(
            "“(.+?)” above", rows[name]
        ), name
        assert set(re.findall(r"arXiv [\d.]+\d", source)) <= set(re.findall(r"arXiv [\d.]+\d", rows[name])), (
            name
        )


def test_no_estimator_is_without_a_paper():
    for name, row in source_rows().items():
        above = " ".join(section(each) for each in re.findall("“(.+?)” above", row))
        assert cited(row + " " + above) or "arXiv" in row, name


def test_every_section_of_estimators_says_when_it_fails():
    for name in source_rows():
        file = f"`analysis/{name.split('.')[0]}.py`"
        texts = [section(line.removeprefix("## ")) for line in headings() if file in line]
        assert all(re.search(r"\b[Ff]ails?\b|\| case \|", text) for text in texts), name


def test_every_section_that_the_code_points_to_is_there_and_names_its_file():
    for path, text in docstrings():
        for name in re.findall(r'docs/statistics.md, "([^"]+)"', text):
            heading = next((line for line in headings() if line.startswith(f"## {name}")), "")
            assert path.name in heading or name in ("Power", "Tests", "Win rate"), (path.name, name)


def test_the_source_of_an_estimator_stands_in_the_section_of_its_file():
    for name, row in source_rows().items():
        file = name.split(".")[0] + ".py"
        of_file = [line for line in headings() if file in line]
        text = " ".join(" ".join(section(line.removeprefix("## ")) for line in of_file).split())
        missing = {author for author, _ in cited(row) if author not in text}
        assert not missing or name in SHARED, (name, missing)


# Whose source is told in the section of what is built on it.
SHARED = {"proportions.score_interval", "rate_differences.tango"}


def test_the_worked_examples_come_out():
    examples = doctest.DocTestParser().get_doctest(
        section("Worked examples").replace("```", ""), {}, "docs", None, 0
    )
    assert len(examples.examples) > 30
    told = []
    doctest.DocTestRunner(verbose=False).run(examples, out=told.append)
    assert told == []
