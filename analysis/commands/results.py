"""How every command gives its result: as a plot in a file, then as JSON or as text."""

import argparse
import json
import platform
import sys
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Protocol, TypeVar

from analysis.commands.plots import save

PROMISED = (
    *("value", "low", "high", "level", "method"),
    *("wins", "ties", "losses", "n", "prompts", "raters", "candidate", "baseline"),
)
NUMBERS = PROMISED[:5]
OUTCOMES = ("wins", "ties", "losses")
# Why a command's result has none of these; any other that is null is not known from the data.
ABSENT: dict[str, Mapping[str, str]] = {
    "agreement": dict.fromkeys(NUMBERS[:3], "not defined where all judgments are alike; see ac1"),
    "raters": dict.fromkeys(NUMBERS, "one of each rater's in of_each, and one of all in dawid_skene"),
    "safety": dict.fromkeys(NUMBERS, "one of each checkpoint and measure in rates")
    | dict.fromkeys((*OUTCOMES, "baseline"), "labels are of single responses")
    | {"candidate": "each checkpoint has its own rates"},
    "gate": dict.fromkeys(PROMISED, "of each criterion in gates"),
    "power": dict.fromkeys(NUMBERS[:3], "nothing was judged yet; half_width is what the interval will have")
    | dict.fromkeys((*OUTCOMES, "candidate", "baseline"), "nothing was judged yet")
    | {"n": "nothing was judged yet; judgments is how many there will be"},
    "leaderboard": dict.fromkeys(NUMBERS[:3], "of each checkpoint in standings")
    | dict.fromkeys((*OUTCOMES, "candidate", "baseline"), "of each checkpoint in standings"),
}


class Result(Protocol):
    def to_dict(self) -> dict[str, Any]: ...


R = TypeVar("R", bound=Result)


def tell(
    arguments: argparse.Namespace,
    name: str,
    result: R,
    text: Callable[[R], None],
    picture: Callable[[R], str] | None = None,
) -> int:
    """The exit code. `text` prints the result for people, `picture` draws it as SVG where --plot asks for it."""
    if picture and arguments.plot:
        save(arguments.plot, picture(result))
    if arguments.json:
        print_json(name, result.to_dict())
    else:
        text(result)
    return 0


def print_json(command: str, result: Mapping[str, Any]) -> None:
    """One JSON object with every promised name in front, null where there is no such thing, and `absent` says why.

    It ends with the versions of what computed it. NaN would be a bug and is refused.
    """
    promised = {name: result.get(name) for name in PROMISED}
    why = ABSENT.get(command, {})
    absent = {name: why[name] for name, value in promised.items() if value is None and name in why}
    whole = {"command": command} | promised | dict(result) | {"absent": absent, "versions": _versions()}
    json.dump(whole, sys.stdout, indent=2, allow_nan=False, ensure_ascii=False)
    sys.stdout.write("\n")


def _versions() -> dict[str, str]:
    """Of Python, of the libraries that compute, and of this package where it is installed."""
    found = {"python": platform.python_version()}
    for name in ("assay", "numpy", "scipy", "pandas"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found
