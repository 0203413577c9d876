"""The subcommands of `python -m analysis`, one module each.

A command module has `NAME`, `HELP`, `add_arguments(parser)` and `run(arguments) -> exit code`, keeps heavy
imports inside `run`, and is named in `MODULES`.
"""

from importlib import import_module
from types import ModuleType

MODULES = (
    "win_rate",
    "ties",
    "position",
    "agreement",
    "raters",
    "safety",
    "gate",
    "power",
    "stop",
    "leaderboard",
    "adjusted",
    "prediction",
)


def commands() -> list[ModuleType]:
    return [import_module(f"analysis.commands.{module}") for module in MODULES]
