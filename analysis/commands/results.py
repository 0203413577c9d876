"""How every command gives its result: as a plot in a file, then as JSON or as text."""

import argparse
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from analysis.commands.judgments import print_json
from analysis.commands.plots import save


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
        print_json({"command": name} | result.to_dict())
    else:
        text(result)
    return 0
