"""The house stands as ARCHITECTURE.md draws it."""

import ast
import platform
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LIST = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
TRACKED = subprocess.run(LIST, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
CODE = [
    ROOT / name
    for name in TRACKED
    if name.endswith(".py") and "/migrations/" not in name and (ROOT / name).exists()
]


def test_the_top_level_is_the_one_that_was_agreed():
    for name in ("platform", "raters", "generation", "analysis", "promptsets", "tests"):
        assert (ROOT / name).is_dir()
    for name in (
        "manage.py",
        "docker-compose.yml",
        "README.md",
        "ARCHITECTURE.md",
        "CHANGELOG.md",
        "LICENSE",
    ):
        assert (ROOT / name).is_file()


def test_platform_is_a_source_root_and_shadows_nothing():
    assert not (ROOT / "platform" / "__init__.py").exists()
    assert platform.python_version()


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_is_longer_than_250_lines(path):
    assert len(path.read_text().splitlines()) <= 250


def test_no_module_is_named_for_leftovers():
    assert not {path.stem for path in CODE} & {"utils", "util", "helpers", "common", "misc"}


def test_every_module_of_ours_says_what_it_is():
    silent = [
        str(path.relative_to(ROOT))
        for path in CODE
        if path.parts[len(ROOT.parts)] != "tests"
        and not re.search(r"(__init__|apps|admin|urls|migrations)\.py$|/management/", str(path))
        and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


def test_the_locks_name_packages_by_digest_and_no_place_to_get_them():
    for lock in ROOT.glob("requirements*.lock"):
        text = lock.read_text()
        assert "--hash=sha256:" in text and "://" not in text


def test_the_readme_is_short_and_ends_where_it_should():
    assert len((ROOT / "README.md").read_text().splitlines()) <= 130
