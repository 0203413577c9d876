"""docs/statistics.md and the commands say the same of JSON fields, options and files."""

import argparse
import re
from pathlib import Path

import pytest

from analysis.commands import commands
from analysis.commands.results import PROMISED
from tests.analysis.judgment_files import answered

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "docs" / "statistics.md").read_text(encoding="utf-8")
FIELDS = DOCUMENT.split("## What the JSON holds")[1].split("\n## ")[0]


def fields():
    """Command -> the fields that the document gives it."""
    rows = re.findall(r"^\| `([\w-]+)` \| (`.+`) \|$", FIELDS, re.MULTILINE)
    return {command: set(re.findall(r"`(\w+)`", names)) for command, names in rows}


def test_the_document_names_every_field_that_every_result_begins_with():
    said = re.findall(r"`(\w+)`", FIELDS.split(", and ends with")[0])
    assert said == ["command", *PROMISED]


@pytest.mark.parametrize("command", [command.NAME for command in commands()])
def test_the_json_has_exactly_the_fields_that_the_document_gives(every, capsys, command):
    common = {"command", *PROMISED, "notes", "data_digest", "absent", "versions"}
    assert set(answered(capsys, command, *every[command])) - common == fields()[command]


@pytest.mark.parametrize(
    ("command", "options", "names"),
    [
        ("win-rate", ("--by", "category"), {"by_category"}),
        ("win-rate", ("--paper",), {"headline"}),
        ("power", ("--half-width", "3"), {"wanted", "prompts_needed"}),
    ],
)
def test_an_option_adds_the_fields_that_the_document_gives(every, capsys, command, options, names):
    plain, more = (answered(capsys, command, *every[command], *given) for given in ((), options))
    assert set(more) - set(plain) == names
    assert all(f"`{name}`" in FIELDS for name in names)


def test_every_option_that_the_document_names_is_there():
    known = set()
    for command in commands():
        parser = argparse.ArgumentParser()
        command.add_arguments(parser)
        known |= set(parser._option_string_actions)
    assert set(re.findall(r"`(--[\w-]+)", DOCUMENT)) - {"--data", "--peers"} <= known


def test_every_plain_file_name_of_the_document_is_a_module():
    for name in set(re.findall(r"`(?:analysis/)?(?:commands/)?(\w+\.py)`", DOCUMENT)):
        assert list((ROOT / "analysis").rglob(name)), name
