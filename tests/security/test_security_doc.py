"""docs/security.md names tests: each exists, and each threat and each item of ASVS has one or says why not."""

import re

import pytest

from tests.processes import ROOT

TEXT = (ROOT / "docs" / "security.md").read_text()
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py(?:::\w+)?)`", TEXT)))


def rows(heading: str) -> list[list[str]]:
    """Of the table under that heading, without its head."""
    part = TEXT.split(f"## {heading}\n")[1].split("\n## ")[0]
    return [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("| ")][1:]


@pytest.mark.parametrize("name", NAMED)
def test_every_test_that_is_named_exists(name):
    path, _, test = name.partition("::")
    assert (ROOT / path).is_file()
    assert f"def {test}" in (ROOT / path).read_text()


def test_each_threat_has_its_control_and_its_test():
    threats = rows("Threat model")
    assert len(threats) == 12
    assert [row for row in threats if len(row) != 3 or "tests/" not in row[2]] == []


def test_each_item_is_tested_or_says_why_not():
    untested = [row[0] for row in rows("ASVS 5, level 2") if "tests/" not in row[2]]
    assert untested == ["1.2.4", "3.4.2", "5.4.3"]


def test_the_limits_are_those_of_the_code(settings):
    from assay.policy_reports import LARGEST_BODY
    from generation.engine.checkpoints.config_fields import MOST_LAYERS
    from promptsets.formats.records import MOST_RECORDS, MOST_VALUES
    from promptsets.formats.source import LARGEST_FILE

    told = f"{LARGEST_FILE >> 20} MB unfolded, {MOST_RECORDS:,} records, {MOST_VALUES:,} values"
    assert told in TEXT and f"{MOST_LAYERS:,} layers" in TEXT and f"{LARGEST_BODY >> 10} kB each" in TEXT
    rate = settings.ACCOUNT_RATE_LIMITS
    assert (rate["come_back"], rate["policy_reports"]) == ("20/5m/ip", "60/m/ip")
