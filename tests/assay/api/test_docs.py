"""docs/api.md says what is there: scopes, commands, settings, addresses."""

import re

from django.core.management import get_commands

from assay.api.client_commands import COMMANDS, parser
from assay.api.scopes import SCOPES
from assay.api.site import api
from tests.processes import ROOT

TEXT = (ROOT / "docs/api.md").read_text()
OPERATING = (ROOT / "docs/operations.md").read_text()


def test_the_scopes_are_all_of_them_in_order():
    assert re.findall(r"^\| `([a-z:]+)` \|", TEXT, re.MULTILINE) == list(SCOPES)


def test_its_commands_are_there_and_all_of_the_clients_stand_in_it():
    assert set(re.findall(r"manage\.py (\w+)", TEXT)) <= get_commands().keys()
    lines = re.findall(r"python -m assay\.api\.client (.+)", TEXT)
    assert {line.split()[0] for line in lines} == set(COMMANDS)
    for line in lines:
        parser().parse_args(line.split())


def test_its_addresses_are_in_the_schema():
    paths = set(api.get_openapi_schema()["paths"])
    named = {path for path in re.findall(r"(/api/v1/[\w{}/.-]+)", TEXT) if not path.endswith("openapi.json")}
    assert named and named <= paths


def test_its_settings_stand_in_the_table_of_settings():
    for name in ("API_REQUESTS_A_MINUTE", "STAFF_MFA"):
        assert f"`{name}`" in OPERATING and f'"{name}"' in (ROOT / "platform/assay/settings.py").read_text()
