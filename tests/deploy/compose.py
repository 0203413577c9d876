"""docker-compose.yml as data, and what its services run."""

import json
import re
from typing import Any

import jsonschema_rs
import yaml

from tests.processes import ROOT

FILE = ROOT / "docker-compose.yml"
SCHEMA = ROOT / "tests/fixtures/deploy/compose-spec.json"
DEPLOY = ROOT / "platform/deploy"


def services() -> dict[str, dict[str, Any]]:
    return yaml.safe_load(FILE.read_text())["services"]


def ours() -> dict[str, dict[str, Any]]:
    """The services that run our code."""
    return {name: service for name, service in services().items() if "build" in service}


def engines() -> dict[str, dict[str, Any]]:
    return {name: service for name, service in ours().items() if name.startswith("worker-engine")}


def schema_errors(text: str) -> list[str]:
    found = jsonschema_rs.validator_for(json.loads(SCHEMA.read_text())).iter_errors(yaml.safe_load(text))
    return [f"{'/'.join(map(str, error.instance_path))}: {error.message}" for error in found]


def entrypoint_commands() -> dict[str, list[str]]:
    """What each name of the entrypoint runs last, in words; shell defaults are filled in."""
    text = (DEPLOY / "entrypoint").read_text()
    cases = re.findall(r"^  ([a-z-]+)\)\n(.*?);;", text, re.MULTILINE | re.DOTALL)
    plain = {name: re.sub(r'"?\$\{\w+:-([^}]+)\}"?', r"\1", body) for name, body in cases}
    return {name: body.split("exec ")[-1].split() for name, body in plain.items()}
