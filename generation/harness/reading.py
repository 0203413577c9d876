"""Reads a results_*.json of lm-evaluation-harness 0.4: strictly, since whoever sends it may have made it up.

`results` holds, for each task, metrics as `acc,none` (metric and filter) with `acc_stderr,none` beside them; number of
examples, versions and sample counts stand in lists of their own (`n-shot`, `versions`, `n-samples`).
"""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from promptsets.formats.problems import Problem, PromptFileError, printable, shown
from promptsets.formats.source import Source, source_of

LARGEST, MOST_NUMBERS = 16 * 1024 * 1024, 20_000
LONGEST_TASK, LONGEST_METRIC = 200, 100
MOST_COUNTED = 2**31 - 1
STDERR = "_stderr"


class HarnessFileError(PromptFileError):
    """A file that is no file of results, or holds something that no harness writes."""


@dataclass(frozen=True)
class Number:
    """One metric of one task."""

    task: str
    metric: str
    filter: str
    value: float
    stderr: float | None
    shots: int | None
    samples: int | None
    task_version: str
    higher_is_better: bool | None


@dataclass(frozen=True)
class HarnessFile:
    """What a file holds. `left_out`: metrics without a finite number, which are told and not kept."""

    name: str
    sha256: str
    version: str
    model: str
    measured_at: datetime | None
    numbers: tuple[Number, ...]
    left_out: tuple[str, ...]
    notes: tuple[str, ...]


class Fault(Exception):  # noqa: N818  it becomes the error of a file
    """Where something is wrong, and what."""


def results_in(name: str, content: bytes) -> HarnessFile:
    """Raises: HarnessFileError saying where and why; there is one message, for the first thing that is wrong."""
    try:
        source = _source(name, content)
        whole = _parsed(source)
        numbers, left_out = _numbers(whole)
    except Fault as fault:
        raise HarnessFileError(printable(name), [Problem(None, "", str(fault))]) from fault
    found = whole.get("config")
    config: dict[str, Any] = found if isinstance(found, dict) else {}
    return HarnessFile(
        name=name,
        sha256=source.sha256,
        version=_words(whole.get("lm_eval_version") or whole.get("git_hash"), 100),
        model=_words(whole.get("model_name") or config.get("model_args") or config.get("model"), 1000),
        measured_at=_time(whole.get("date")),
        numbers=tuple(numbers),
        left_out=tuple(left_out),
        notes=tuple(_notes(config)),
    )


def _source(name: str, content: bytes) -> Source:
    if len(content) > LARGEST:
        raise Fault(f"holds more than {LARGEST // 1024**2} MB: give results_*.json, not the samples")
    if not content.strip():
        raise Fault("is empty: give a results_*.json")
    source = source_of(name, content)
    if source.parquet or len(source.text) > LARGEST:
        raise Fault("is no JSON of a usual size: give a results_*.json")
    return source


def _parsed(source: Source) -> dict[str, Any]:
    try:
        whole = json.loads(source.text, object_pairs_hook=_once)
    except RecursionError:
        raise Fault("is nested too deeply for a results_*.json") from None
    except ValueError as error:
        raise Fault(f"is no JSON: {error}") from error
    if not isinstance(whole, dict) or not isinstance(whole.get("results"), dict) or not whole["results"]:
        raise Fault("is no results_*.json of lm-evaluation-harness 0.4: it has no `results` by task")
    return whole


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise Fault(
            f"{shown(next(name for name in names if names.count(name) > 1))} stands twice in one object"
        )
    return found


def _numbers(whole: dict[str, Any]) -> tuple[list[Number], list[str]]:
    numbers, left_out = [], []
    for task, metrics in whole["results"].items():
        _check_name(task, LONGEST_TASK)
        if not isinstance(metrics, dict):
            raise Fault(f"results, {shown(task)}: holds {shown(metrics)}, not metrics by name")
        for key, value in metrics.items():
            metric, comma, filter_ = key.partition(",")
            if not comma or metric.endswith(STDERR):
                continue  # alias, sample_len and the like; standard errors go with their metric
            _check_name(metric, LONGEST_METRIC)
            _check_name(filter_, LONGEST_METRIC)
            if (number := _finite(value)) is None:
                left_out.append(f"{task} {key}")
                continue
            stderr = _stderr(task, metrics.get(f"{metric}{STDERR},{filter_}"))
            numbers.append(Number(task, metric, filter_, number, stderr, **_beside(whole, task, metric)))
            if len(numbers) > MOST_NUMBERS:
                raise Fault(f"holds more than {MOST_NUMBERS:,} numbers: split it by tasks")
    if not numbers:
        raise Fault("holds no number: harness 0.4 writes each metric with its filter, such as acc,none")
    return numbers, left_out


def _check_name(name: str, longest: int) -> None:
    if not name.strip() or not name.isprintable() or len(name) > longest:
        raise Fault(f"results, {shown(name)}: a name is 1 to {longest} printable characters")


def _finite(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None


def _stderr(task: str, value: Any) -> float | None:
    """None for what the harness writes where there is none: N/A, null, NaN."""
    number = _finite(value)
    if number is not None and number < 0:
        raise Fault(f"results, {shown(task)}: a standard error of {number:g}; it is 0 or more")
    return number


def _beside(whole: dict[str, Any], task: str, metric: str) -> dict[str, Any]:
    version = _of(whole, "versions", task)
    samples = _of(whole, "n-samples", task)
    better = _of(whole, "higher_is_better", task)
    better = better.get(metric) if isinstance(better, dict) else None
    return {
        "shots": _counted(_of(whole, "n-shot", task)),
        "samples": _counted(samples.get("effective") if isinstance(samples, dict) else None),
        "task_version": _words(version, 50) if isinstance(version, str | int | float) else "",
        "higher_is_better": better if isinstance(better, bool) else None,
    }


def _of(whole: dict[str, Any], part: str, task: str) -> Any:
    found = whole.get(part)
    return found.get(task) if isinstance(found, dict) else None


def _counted(value: Any) -> int | None:
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_COUNTED
    return value if is_count else None


def _words(value: Any, longest: int) -> str:
    """As a line of text; a mapping, as newer files have it of the model's arguments, as name=value."""
    if isinstance(value, Mapping):
        value = ",".join(f"{name}={one}" for name, one in value.items())
    return printable(str(value))[:longest] if value not in (None, "") else ""


def _time(value: Any) -> datetime | None:
    seconds = _finite(value)
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def _notes(config: Mapping[str, Any]) -> Iterator[str]:
    if config.get("limit") is not None:
        yield f"only part of each task was asked: limit {shown(config['limit'])}"
