"""How many programs a prompt set compiles: counted in a process of its own, in which nothing was compiled before."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
FIXTURES = ROOT / "tests" / "fixtures" / "generation"
COUNTED = """
import json, sys
import jax
from generation.engine import Engine, GenerationRequest, SamplingParams, load_checkpoint

compiled, counts = [], []
def count(event, duration, **details):
    if event.endswith("backend_compile_duration"):
        compiled.append(event)
jax.monitoring.register_event_duration_secs_listener(count)

def ask(requests):
    compiled.clear()
    assert len(list(engine.generate(requests))) == len(requests)
    counts.append(len(compiled))

def asked(most):
    return [
        GenerationRequest(str(n), [2] * (1 + 37 * n % most), 1 + n % 9, SamplingParams(n / 10, n))
        for n in range(24)
    ]

engine = Engine(load_checkpoint(sys.argv[1]), slots=5)
ask(asked(400))
ask(asked(400)[::-1])
ask(asked(1000))
ask(asked(900))
print(json.dumps(counts))
"""


@pytest.mark.parametrize("family", ["recurrentgemma", "gemma", "mistral_window"])
def test_programs_do_not_grow_with_the_requests(family):
    """At most twelve for a whole prompt set, whatever is asked and in whatever order; more only for more room."""
    done = subprocess.run(
        [sys.executable, "-c", COUNTED, str(FIXTURES / family)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    first, again, longer, shorter = json.loads(done.stdout)
    assert 0 < first <= 7
    assert again == 0 and 0 < longer <= 6 and shorter == 0
