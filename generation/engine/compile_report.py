"""Compiling for an accelerator that is not here: does a checkpoint fit, and how fast could it be at best?

A TPU's compiler runs on any machine (`make tpu-check` brings it). It really compiles the programs that would run, from
shapes alone: nothing is allocated. No step is timed: the tokens a second are what the memory's bandwidth would allow.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import jax

from generation.engine.engine import STEPS
from generation.engine.hbm_traffic import hbm_bytes, kept_on_chip
from generation.engine.presets import preset
from generation.engine.program_shapes import ProgramShapes
from generation.engine.targets import TARGETS, Target, devices_of

MOST_SLOTS = 1024
EIGHT = 8  # rows of a tile: a part of one takes a whole
ROUNDING = 1e-3  # of the compiler's layouts; whoever counts less than must be touched counts wrongly


@dataclass(frozen=True)
class CompileReport:
    """What compiling told; bytes are of one device.

    asked_slots: where these do not fit, `slots` are as many as do, and the rest of the report is about them.
    too_large_by: what the asked slots lack at least: temporaries are counted where the rest alone fits.
    row: the prompt that is being read.  temporaries: of the steps.  extend_temporaries: of a piece of a prompt, which
    takes its turn with the steps, so that the larger of both is held against the memory.
    must_touch: weights and states, each once; of a table that is only gathered from, a row for each slot.
    moved: by `hbm_traffic`, of one greedy step in a call of `steps`.  compiler_count: the compiler's own, of what comes
    before and after the steps and of one; it counts prefetched weights more than once.  most_slots: the most, in
    eights, that fit beside the weights if states and temporaries grow with the slots.
    """

    preset: str
    target: str
    dtype: str
    asked_slots: int
    too_large_by: int
    slots: int
    capacity: int
    steps: int
    weights: int
    states: int
    row: int
    temporaries: int
    extend_temporaries: int
    spare: int
    must_touch: int
    moved: int
    compiler_count: int
    decode_compile_s: float
    extend_compile_s: float
    most_slots: int
    tokens_a_second_at_most: float

    @property
    def ratio(self) -> float:
        return self.moved / self.must_touch

    @property
    def lack(self) -> str:
        """Why the asked slots do not fit; nothing if they do."""
        lack = f"too large by at least {_gigabytes(self.too_large_by)} for each device"
        return lack if self.too_large_by else ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"moved_over_must_touch": self.ratio}


def compile_report(
    name: str, target: str, slots: int = 64, capacity: int = 2048, dtype: str | None = None
) -> CompileReport:
    """Compiles a call of STEPS of decoding and a piece of a prompt. `dtype`: of loading.DTYPES, if not the preset's.

    Raises: ValueError if it cannot be done here, or if not even eight slots fit.
    """
    if target not in TARGETS:
        raise ValueError(f"target is {target!r}; expected one of: {', '.join(TARGETS)}")
    found, onto = preset(name), TARGETS[target]
    dtype, devices = dtype or found.dtype, devices_of(onto)
    asked = tried = _tried(ProgramShapes.of(found, dtype, devices, slots, capacity), onto)
    extend_s = asked.extend_compile_s
    while tried.spare < 0:
        if not tried.most_slots:
            raise ValueError(f"{name} on {target}: {tried.told_lack}")
        tried = _tried(ProgramShapes.of(found, dtype, devices, tried.most_slots, capacity), onto)
        extend_s = max(extend_s, tried.extend_compile_s)  # the compiler may remember it the second time
    moved = _moved(tried)
    return CompileReport(
        preset=name,
        target=target,
        dtype=dtype,
        asked_slots=slots,
        too_large_by=max(0, -asked.spare),
        slots=tried.shapes.count,
        capacity=capacity,
        steps=STEPS,
        weights=tried.shapes.weights,
        states=tried.shapes.states,
        row=tried.shapes.prompt_row,
        temporaries=tried.temporaries,
        extend_temporaries=tried.extend_temporaries,
        spare=tried.spare,
        must_touch=tried.shapes.must_touch,
        moved=moved,
        compiler_count=int(tried.decode.cost_analysis()["bytes accessed"]),
        decode_compile_s=tried.compile_s,
        extend_compile_s=extend_s,
        most_slots=max(tried.shapes.count, tried.most_slots),
        tokens_a_second_at_most=tried.shapes.count / (moved / onto.bandwidth),
    )


def told(report: CompileReport) -> Iterator[tuple[str, str]]:
    """The report for people, line by line."""
    if report.lack:
        yield f"{report.asked_slots} slots", f"{report.lack}; what follows is of fewer"
    ratio = report.compiler_count / report.must_touch
    work = f"{report.slots} slots of {report.capacity} tokens, {report.steps} steps a call"
    yield "compiled", f"{report.preset} in {report.dtype} for {report.target}, {work}"
    yield (
        "weights, states, prompt's row",
        ", ".join(map(_gigabytes, (report.weights, report.states, report.row))),
    )
    yield (
        "temporaries",
        f"{_gigabytes(report.temporaries)} the steps, {_gigabytes(report.extend_temporaries)} a piece of a prompt",
    )
    yield "memory of each device", f"fits, {_gigabytes(report.spare)} to spare"
    yield (
        "slots that fit",
        f"{report.most_slots} at least" if report.most_slots == MOST_SLOTS else f"about {report.most_slots}",
    )
    yield (
        "bytes of a step",
        f"{_gigabytes(report.moved)}, {report.ratio:.2f} times the {_gigabytes(report.must_touch)} it must touch",
    )
    yield "by the compiler's count", f"{_gigabytes(report.compiler_count)}, {ratio:.2f} times"
    yield (
        "compile time",
        f"{report.decode_compile_s:.1f} s the steps, {report.extend_compile_s:.1f} s a piece of a prompt",
    )
    yield (
        "tokens a second at most",
        f"{report.tokens_a_second_at_most:,.0f}",
    )


@dataclass(frozen=True)
class _Tried:
    """A number of slots on a device. Where not even weights and states fit, nothing is compiled: `decode` is None."""

    shapes: ProgramShapes
    room: int
    decode: Any = None
    compile_s: float = 0.0
    temporaries: int = 0
    extend_compile_s: float = 0.0
    extend_temporaries: int = 0

    @property
    def each(self) -> float:
        """Bytes of a slot."""
        return (self.shapes.states + self.temporaries) / self.shapes.count

    @property
    def fixed(self) -> int:
        """Bytes that lie there whatever the number of slots."""
        return self.shapes.weights + self.shapes.prompt_row

    @property
    def spare(self) -> int:
        return self.room - self.fixed - self.shapes.states - max(self.temporaries, self.extend_temporaries)

    @property
    def most_slots(self) -> int:
        states = self.shapes.states / self.shapes.count
        beside_a_piece = (self.room - self.fixed - self.extend_temporaries) / states
        fit = int(min((self.room - self.fixed) / self.each, beside_a_piece))
        return max(0, min(MOST_SLOTS, fit // EIGHT * EIGHT))

    @property
    def told_lack(self) -> str:
        least = min(EIGHT, self.shapes.count)
        states = self.shapes.states / self.shapes.count
        needed = max(least * self.each, least * states + self.extend_temporaries)
        lack = self.fixed + needed - self.room
        return (
            f"with {least} slots too large by at least {_gigabytes(lack)} for each device: "
            f"weights take {_gigabytes(self.shapes.weights)} of {_gigabytes(self.room)}"
        )


def _tried(shapes: ProgramShapes, onto: Target) -> _Tried:
    room = int(onto.bytes)
    if (bare := _Tried(shapes, room)).spare < 0:
        return bare
    decode, seconds = _compiled(shapes.decode)
    extend, extend_s = _compiled(shapes.extend)
    temporaries = [int(one.memory_analysis().temp_size_in_bytes) for one in (decode, extend)]
    return _Tried(shapes, room, decode, seconds, temporaries[0], extend_s, temporaries[1])


def _moved(tried: _Tried) -> int:
    """Bytes of a step. Raises: ValueError if they are fewer than there can be."""
    text, must_touch = tried.decode.as_text(), tried.shapes.must_touch
    moved = hbm_bytes(text, STEPS) // STEPS
    if moved < must_touch * (1 - ROUNDING) - kept_on_chip(text):
        raise ValueError(
            f"{moved:,} bytes were counted where {must_touch:,} must be touched: the count is wrong"
        )
    return moved


def _compiled(lower: Callable[[], Any]) -> tuple[Any, float]:
    lowered, start = lower(), time.perf_counter()
    try:
        return lowered.compile(), time.perf_counter() - start
    except jax.errors.JaxRuntimeError as error:
        reason = str(error).partition("\n")[0]
        raise ValueError(
            f"it does not fit, and the compiler says by how much: {reason}; try fewer slots"
        ) from error


def _gigabytes(size: float) -> str:
    return f"{size / 1e9:.2f} GB"
