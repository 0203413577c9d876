"""docs/statistics.md and the code say the same: files, commands, constants, sources, methods and figures."""

import ast
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
CITATION = re.compile(AUTHORS + r" \(?((?:19|20[0-2])\d\d)\b")


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


def test_every_constant_has_the_value_that_the_document_gives():
    rows = re.findall(r"^\| `(\w+)\.(\w+)` \| ([\d.]+) \|", DOCUMENT, re.MULTILINE)
    assert len(rows) >= 9
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
    rows = [line.split(" | ") for line in table if line.startswith("| ") and "design" not in line]
    for column, quoted in (
        (-1, r"headline interval holds the truth in"),
        (2, r"published interval holds it in"),
    ):
        shares = [float(row[column].split()[0]) for row in rows]
        said = re.search(quoted + r" ([\d.]+) to ([\d.]+) %", FLAT)
        assert (float(said[1]), float(said[2])) == (min(shares), max(shares))
