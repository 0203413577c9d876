"""Compiling for an accelerator that is not here: does a checkpoint fit, and how fast could it be at best?

A TPU's compiler runs on any machine (`make tpu-check` brings it). It really compiles the programs that would run, from
shapes alone: nothing is allocated. No step is timed: the tokens a second are what the memory's bandwidth would allow.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import jax
import jax.numpy as jnp
from jax.sharding import NamedSharding
from jax.sharding import PartitionSpec as Spec

from generation.engine import programs
from generation.engine.checkpoints.families import family_named
from generation.engine.hbm_traffic import hbm_bytes
from generation.engine.presets import Preset, preset
from generation.engine.requests import MOST_STOPS
from generation.engine.sharding import mesh_of, network_over, parameter_shardings, state_shardings
from generation.engine.targets import TARGETS, devices_of
from generation.engine.waiting import PIECES

MOST_SLOTS = 1024
EIGHT = 8  # rows of a tile: a part of one takes a whole


@dataclass(frozen=True)
class CompileReport:
    """What compiling told; bytes are of one device.

    asked_slots: where these do not fit, `slots` are as many as do, and the rest of the report is about them.
    too_large_by: what the asked slots lack.  must_touch: weights and states, each once.
    moved: by `hbm_traffic`, of one greedy step.  compiler_count: the compiler's own, which counts prefetched weights
    more than once.  most_slots: the most, in eights, whose states and temporaries fit beside the weights.
    """

    preset: str
    target: str
    asked_slots: int
    too_large_by: int
    slots: int
    capacity: int
    weights: int
    states: int
    temporaries: int
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

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"moved_over_must_touch": self.ratio}


def compile_report(name: str, target: str, slots: int = 64, capacity: int = 2048) -> CompileReport:
    """Compiles one step of decoding and one piece of a prompt. Raises: ValueError if it cannot be done here."""
    if target not in TARGETS:
        raise ValueError(f"target is {target!r}; expected one of: {', '.join(TARGETS)}")
    found, onto, asked = preset(name), TARGETS[target], slots
    shapes = _Shapes.of(found, devices_of(onto), asked, capacity)
    too_large_by = max(0, shapes.weights + shapes.states - int(onto.bytes))
    if too_large_by:
        slots = _most_slots(onto.bytes - shapes.weights, shapes.states / asked)
        if not slots:
            raise ValueError(f"{name} on {target}: the weights alone leave no room for {EIGHT} slots")
        shapes = _Shapes.of(found, devices_of(onto), slots, capacity)
    decode, decode_s = _compiled(shapes.decode)
    _, extend_s = _compiled(shapes.extend)
    weights, states = shapes.weights, shapes.states
    temporaries = int(decode.memory_analysis().temp_size_in_bytes)
    moved, must_touch = hbm_bytes(decode.as_text()), weights + states
    if moved < must_touch * 0.98:  # norms' weights and the like may be kept on chip
        raise ValueError(
            f"{moved:,} bytes were counted where {must_touch:,} must be touched: the count is wrong"
        )
    spare = int(onto.bytes) - weights - states - temporaries
    return CompileReport(
        preset=name,
        target=target,
        asked_slots=asked,
        too_large_by=too_large_by,
        slots=slots,
        capacity=capacity,
        weights=weights,
        states=states,
        temporaries=temporaries,
        spare=spare,
        must_touch=must_touch,
        moved=moved,
        compiler_count=int(decode.cost_analysis()["bytes accessed"]),
        decode_compile_s=decode_s,
        extend_compile_s=extend_s,
        most_slots=_most_slots(onto.bytes - weights, (states + temporaries) / slots),
        tokens_a_second_at_most=slots / (moved / onto.bandwidth),
    )


def told(report: CompileReport) -> Iterator[tuple[str, str]]:
    """The report for people, line by line."""

    def gigabytes(size: float) -> str:
        return f"{size / 1e9:.2f} GB"

    if report.too_large_by:
        lack = gigabytes(report.too_large_by)
        yield f"{report.asked_slots} slots", f"too large by {lack} for each device; what follows is of fewer"
    ratio = report.compiler_count / report.must_touch
    yield "compiled", f"{report.preset} for {report.target}, {report.slots} slots of {report.capacity} tokens"
    yield (
        "weights, states, temporaries",
        ", ".join(map(gigabytes, (report.weights, report.states, report.temporaries))),
    )
    yield "memory of each device", f"fits, {gigabytes(report.spare)} to spare"
    yield (
        "slots that fit",
        f"{report.most_slots} at least" if report.most_slots == MOST_SLOTS else str(report.most_slots),
    )
    yield (
        "bytes of a step",
        f"{gigabytes(report.moved)}, {report.ratio:.2f} times the {gigabytes(report.must_touch)} it must touch",
    )
    yield "by the compiler's count", f"{gigabytes(report.compiler_count)}, {ratio:.2f} times"
    yield (
        "compile time",
        f"{report.decode_compile_s:.1f} s a step, {report.extend_compile_s:.1f} s a piece of a prompt",
    )
    yield (
        "tokens a second at most",
        f"{report.tokens_a_second_at_most:,.0f}",
    )


@dataclass(frozen=True)
class _Shapes:
    """The programs' arguments as shapes that know where they would lie."""

    network: Any
    params: Any
    slots: Any
    row: Any
    whole: NamedSharding

    @property
    def weights(self) -> int:
        return _bytes_each(self.params)

    @property
    def states(self) -> int:
        return _bytes_each(self.slots)

    @staticmethod
    def of(found: Preset, devices: list[Any], slots: int, capacity: int) -> "_Shapes":
        family, dtype = family_named(found.family), jnp.dtype(found.dtype)
        mesh = mesh_of(1, len(devices), devices)
        network = network_over(family.network(found.config, dtype=dtype), mesh)
        params: dict[str, Any] = {}
        for spec in family.tensor_specs(found.config):
            branch = params
            for part in spec.path[:-1]:
                branch = branch.setdefault(part, {})
            branch[spec.path[-1]] = jax.ShapeDtypeStruct(spec.parameter_shape, dtype)
        table = jax.eval_shape(lambda: programs.empty_slots(network, slots, capacity, MOST_STOPS))
        row = jax.eval_shape(lambda: programs.empty_row(network, capacity))
        return _Shapes(
            network,
            _placed(params, parameter_shardings(params, mesh)),
            _placed(table, state_shardings(table, mesh)),
            _placed(row, state_shardings(row, mesh)),
            NamedSharding(mesh, Spec()),
        )

    def decode(self) -> Any:
        return programs.decode.lower(self.network, self.params, self.slots, 1, self.scalar(jnp.bool_))

    def extend(self) -> Any:
        tokens = jax.ShapeDtypeStruct((1, PIECES[-1]), jnp.int32, sharding=self.whole)
        length = jax.ShapeDtypeStruct((1,), jnp.int32, sharding=self.whole)
        return programs.extend.lower(
            self.network, self.params, self.row, tokens, length, self.scalar(jnp.bool_)
        )

    def scalar(self, dtype: Any) -> jax.ShapeDtypeStruct:
        return jax.ShapeDtypeStruct((), dtype, sharding=self.whole)


def _placed(shapes: Any, shardings: Any) -> Any:
    return jax.tree.map(
        lambda leaf, sharding: jax.ShapeDtypeStruct(leaf.shape, leaf.dtype, sharding=sharding),
        shapes,
        shardings,
    )


def _bytes_each(placed: Any) -> int:
    """Bytes on one device."""

    def one(leaf: jax.ShapeDtypeStruct) -> int:
        assert leaf.sharding is not None
        shape = leaf.sharding.shard_shape(leaf.shape)
        return int(jnp.dtype(leaf.dtype).itemsize * jnp.prod(jnp.array(shape, jnp.float32)))

    return sum(one(leaf) for leaf in jax.tree.leaves(placed))


def _compiled(lower: Callable[[], Any]) -> tuple[Any, float]:
    lowered, start = lower(), time.perf_counter()
    try:
        return lowered.compile(), time.perf_counter() - start
    except jax.errors.JaxRuntimeError as error:
        reason = str(error).partition("\n")[0]
        raise ValueError(
            f"it does not fit, and the compiler says by how much: {reason}; try fewer slots"
        ) from error


def _most_slots(room: float, each: float) -> int:
    return min(MOST_SLOTS, int(room / each) // EIGHT * EIGHT)
