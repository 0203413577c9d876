"""Which variables of the environment the code reads, from the source: what documents name is held against it."""

import re

from tests.processes import ROOT

SETTINGS = ROOT / "platform/assay/settings.py"
DEPLOY = ROOT / "platform/deploy"


def settings_read() -> set[str]:
    """Those of settings.py and of the scripts and configurations that start services."""
    return settings_of_the_site() | settings_of_services()


def settings_of_the_site() -> set[str]:
    return set(re.findall(r'env\.\w+\(\s*"([A-Z][A-Z0-9_]+)"', SETTINGS.read_text()))


def settings_of_services() -> set[str]:
    text = "".join(
        path.read_text() for path in DEPLOY.iterdir() if path.name not in {"Dockerfile", "nginx.conf"}
    )
    in_python = re.findall(r'os\.environ(?:\.get\(|\[)"([A-Z][A-Z0-9_]+)"', text)
    in_shell = re.findall(r"\$\{([A-Z][A-Z0-9_]+):-", text)
    return set(in_python) | set(in_shell)
