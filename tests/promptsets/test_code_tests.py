"""Tests of coding prompts run in a process that is short of time, memory and means."""

import pytest

from promptsets import code_tests
from promptsets.code_tests import code_in, run_tests

REFERENCE = {"entry_point": "double", "tests": "assert double(2) == 4\nassert double(-1) == -2"}


def test_right_code_passes_and_wrong_code_says_where():
    assert run_tests("def double(x):\n    return 2 * x", REFERENCE).passed
    failed = run_tests("def double(x):\n    return x * x", REFERENCE)
    assert not failed.passed and "assert double(-1) == -2" in failed.said


def test_code_that_does_not_end_is_stopped(monkeypatch):
    monkeypatch.setattr(code_tests, "TIME_S", 1)
    assert not run_tests("while True: pass", REFERENCE).passed


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("x = bytearray(2**30)", "MemoryError"),
        ("open('big', 'wb').write(b'x' * 2**22)", ""),
        (
            "import os\nassert os.listdir('.') == ['program.py'] and 'PATH' not in os.environ\nraise SystemExit('ok')",
            "ok",
        ),
        ("open('/proc/self/mem', 'wb')\n" * 2 + "[open('/dev/null') for _ in range(100)]", ""),
    ],
)
def test_code_cannot_take_more_than_it_is_given(code, said):
    run = run_tests(code, REFERENCE)
    assert not run.passed and said in run.said


def test_code_is_found_in_the_fences_of_a_response():
    assert code_in("Sure:\n```python\na = 1\n```\nand\n```\nb = 2\n```") == "a = 1\n\n\nb = 2\n"
    assert code_in("a = 1") == "a = 1"
