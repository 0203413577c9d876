"""How gates become one verdict, and what a confidence sequence may say."""

from types import SimpleNamespace

import pytest

from assay.evaluations.deciding import _of_bounds, decides, verdict_over


def gate(verdict: str, value: float = 0.0, p: float = 1.0) -> dict[str, object]:
    return {"verdict": verdict, "value": value, "p": p, "level": 0.95}


@pytest.mark.parametrize(
    ("verdicts", "whole"),
    [
        (["pass"], "pass"),
        (["improvement"], "improvement"),
        (["pass", "fail"], "fail"),
        (["inconclusive", "fail"], "fail"),
        (["inconclusive", "pass"], "inconclusive"),
        ([], "inconclusive"),
    ],
)
def test_all_gates_must_pass(verdicts, whole):
    assert verdict_over({str(n): gate(verdict) for n, verdict in enumerate(verdicts)}) == whole


def test_an_improvement_among_several_is_held_to_holm():
    both = {"a": gate("improvement", 0.1, p=0.02), "b": gate("pass", 0.0, p=0.9)}
    assert verdict_over(both) == "improvement"
    assert verdict_over({**both, "a": gate("improvement", 0.1, p=0.04)}) == "pass"


def sequence(lows, highs, stopped_at=None):
    return SimpleNamespace(lows=lows, highs=highs, stopped_at=stopped_at, prompts=len(lows))


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [(0.51, 0.9, "improvement"), (0.36, 0.9, "pass"), (0.1, 0.34, "fail"), (0.2, 0.6, "inconclusive")],
)
def test_a_sequence_decides_by_which_side_of_the_margin_it_lies_on(low, high, verdict):
    assert _of_bounds(sequence([low], [high]), margin=0.15) == verdict


def test_what_was_decided_first_stays_decided():
    assert _of_bounds(sequence([0.0, 0.4, 0.2], [1.0, 0.9, 0.3], stopped_at=2), margin=0.15) == "pass"


def test_where_too_few_prompts_differ_to_lose_by_the_margin_it_is_a_pass():
    assert _of_bounds(sequence([0.0], [0.1]), margin=0.75) == "pass"


def test_the_baseline_decides_until_something_has_passed():
    alone = SimpleNamespace(version=SimpleNamespace(decided_by="previous"), opponents={"baseline": 1})
    assert decides(alone, SimpleNamespace(against="baseline"))
    later = SimpleNamespace(version=alone.version, opponents={"baseline": 1, "previous": 2})
    assert not decides(later, SimpleNamespace(against="baseline"))
    assert decides(later, SimpleNamespace(against="previous"))
