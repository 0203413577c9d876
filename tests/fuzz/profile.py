"""How many cases each target tries, and how many it has tried: FUZZ=long is `make fuzz`, else a few for the suite."""

import functools
import os
from collections import Counter
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

LONG = os.environ.get("FUZZ") == "long"
BUDGETS = {
    "Markdown": 22_000,
    "word differences": 5_000,
    "files of prompts": 12_000,
    "files of responses": 10_000,
    "sheets of judgments": 8_000,
    "headers of safetensors": 26_000,
    "folders of checkpoints": 6_000,
    "Orbax trees": 2_000,
    "the answer's form": 5_000,
    "pages of raters": 4_000,
    "addresses of endpoints": 14_000,
    "reports against the policy": 6_000,
}
LEDGER_RUNS = 150 if LONG else 3  # each of up to fifty steps
API_EXAMPLES = 60 if LONG else 4  # of each operation
CASES: Counter[str] = Counter()


def fuzz(target: str, **drawn: st.SearchStrategy[Any]) -> Callable[[Any], Any]:
    """Calls the test with that many draws, each counted. The suite's are the same each time; `make fuzz` draws anew."""

    def around(test: Any) -> Any:
        @functools.wraps(test)
        def counted(**arguments: Any) -> None:
            CASES[target] += 1
            test(**arguments)

        return settings(
            max_examples=BUDGETS[target] if LONG else max(10, BUDGETS[target] // 400),
            derandomize=not LONG,
            database=None,
            deadline=None,  # a hang ends with pytest's own time limit, which says where it hung
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        )(given(**drawn)(counted))

    return around


def damaged(sound: list[bytes], tokens: list[bytes]) -> st.SearchStrategy[bytes]:
    """One of the sound files with a few places cut, doubled or overwritten, or with a token put in."""
    place = st.floats(0, 1)
    put = st.tuples(st.just("put"), place, st.sampled_from(tokens) | st.binary(max_size=6))
    cut = st.tuples(st.just("cut"), place, st.integers(1, 40))
    again = st.tuples(st.just("again"), place, st.integers(1, 40))
    over = st.tuples(st.just("over"), place, st.sampled_from(tokens) | st.binary(min_size=1, max_size=4))
    edits = st.lists(put | cut | again | over, min_size=1, max_size=6)
    return st.builds(_edited, st.sampled_from(sound), edits)


def _edited(content: bytes, edits: list[tuple[str, float, Any]]) -> bytes:
    for act, share, what in edits:
        at = int(share * len(content))
        before, after = content[:at], content[at:]
        if act == "put":
            content = before + what + after
        elif act == "over":
            content = before + what + after[len(what) :]
        elif act == "cut":
            content = before + after[what:]
        else:
            content = before + after[:what] + after
    return content
