"""The documents name what there is, all of it: settings, commands, metrics, addresses, make's targets, links.

Where one of these fails after a change, its message says which row to write and where.
"""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from assay.api.site import api
from assay.operations.measures import measures
from tests.processes import ROOT
from tests.settings_read import settings_read

DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "ARCHITECTURE.md",
    ROOT / "CHANGELOG.md",
    *(ROOT / "docs").rglob("*.md"),
]
OPERATIONS = (ROOT / "docs/operations.md").read_text()
API = (ROOT / "docs/api.md").read_text()
OURS = ("assay", "raters", "generation", "promptsets")
OUTSIDE = {"DEBUG", "SECRET_KEY"}  # of other programs too
NOT_OF_THE_SITE = {  # variables that documents name and other programs read
    *("ASSAY_URL", "ASSAY_TOKEN", "JAX_PLATFORMS", "CUDA_VISIBLE_DEVICES", "HF_TOKEN", "PYTHONPATH"),
    *(
        "TPU_VISIBLE_CHIPS",
        "TPU_PROCESS_BOUNDS",
        "TPU_CHIPS_PER_PROCESS_BOUNDS",
        "XLA_PYTHON_CLIENT_MEM_FRACTION",
    ),
    *("POSTGRES_PASSWORD", "CHECKPOINTS", "TLS_CERTIFICATES", "HTTP_PORT", "HTTPS_PORT"),
    *("ENGINE_CPUS", "ENGINE_MEMORY", "CUDA_DEVICE"),
}


def told(where: str, missing: set[str], extra: set[str]) -> str:
    return f"{where}: write a row for {sorted(missing) or 'none'}; take out {sorted(extra) or 'none'}."


def section(text: str, heading: str) -> str:
    return re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)[1]


def first_cells(text: str, pattern: str) -> set[str]:
    """What stands between back-quotes in the first cells of a text's tables."""
    cells = re.findall(r"^\| (.+?) \|", text, re.MULTILINE)
    return {word for cell in cells for word in re.findall(rf"`({pattern})`", cell)}


def test_every_setting_stands_in_the_table_and_no_other():
    named = first_cells(section(OPERATIONS, "Settings"), "[A-Z][A-Z0-9_]+")
    missing, extra = settings_read() - named, named - settings_read() - {"_KEY", "_TOKEN"}
    assert not missing and not extra, told('docs/operations.md, "Settings"', missing, extra)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_settings_that_documents_assign_exist(path):
    shell = re.findall(r"^ *(?:export )?((?:[A-Z][A-Z0-9_]+=\S* ?)+)", path.read_text(), re.MULTILINE)
    assigned = {name for line in shell for name in re.findall(r"([A-Z][A-Z0-9_]+)=", line)}
    unknown = {
        name for name in assigned - NOT_OF_THE_SITE - settings_read() if not name.endswith(("_KEY", "_TOKEN"))
    }
    assert unknown <= {"SERVE"}, f"{path.name} sets what nothing reads: {sorted(unknown)}"


def our_commands() -> set[str]:
    return {name for name, application in get_commands().items() if application.startswith(OURS)}


def test_every_command_stands_in_the_table_and_no_other():
    named = first_cells(section(OPERATIONS, "Commands"), "[a-z_]+")
    missing, extra = our_commands() - named, named - our_commands()
    assert not missing and not extra, told('docs/operations.md, "Commands"', missing, extra)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_commands_that_documents_type_exist(path):
    text = path.read_text()
    assert set(re.findall(r"manage\.py ([a-z_]+)", text)) <= set(get_commands())
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)", text)) <= targets


def test_every_metric_stands_in_the_table_and_no_other(db):
    measured = {metric.name for metric in measures()}
    named = first_cells(section(OPERATIONS, "Probes and metrics"), "assay_[a-z_]+")
    missing, extra = measured - named, named - measured
    assert not missing and not extra, told('docs/operations.md, "Probes and metrics"', missing, extra)


def test_every_address_of_the_api_stands_in_the_table_and_no_other():
    paths = api.get_openapi_schema()["paths"]
    there = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    named = first_cells(section(API, "All operations"), r"[A-Z]+ /\S+")
    missing, extra = there - named, named - there
    assert not missing and not extra, told('docs/api.md, "All operations"', missing, extra)


def anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(path):
    for target in re.findall(r"\]\((?!https?://|mailto:)([^)\s]+)\)", path.read_text()):
        name, _, anchor = target.partition("#")
        linked = (path.parent / name).resolve() if name else path
        assert linked.exists(), f"{path.name} links to {target}"
        assert not anchor or anchor in anchors(linked), f"{path.name} links to {target}"
