"""The linear scan of the RG-LRU as a kernel for TPUs: its inputs are read once, and the state stays on chip.

Doubling does as much arithmetic again for every halving of the distance, and moves five times the bytes at 256 tokens
of the 2B's width, as counted from the compiled programs. One token after the other suits a processor whose vector
units work on a thousand channels at once. No compiler can divide a kernel over devices, so it is for networks that
live on one.

Letters: B sequences, T tokens, R width of the recurrence.
"""

from typing import Any

import jax
from jax.experimental import pallas as pl
from jax.experimental.pallas import tpu as pltpu
from jaxtyping import Array, Float

TOKENS = 256  # of a block
CHANNELS = (
    512,
    256,
    128,
)  # of a block: the widest that divides the width; a width that none divides is one block


def scan_by_kernel(
    a: Float[Array, "B T R"], x: Float[Array, "B T R"], start: Float[Array, "B R"], interpret: bool = False
) -> Float[Array, "B T R"]:
    """h[t] = a[t] h[t - 1] + x[t], from h[-1] = start. `interpret`: on any device, slowly."""
    B, T, R = a.shape
    tokens = min(T, TOKENS)
    channels = next((width for width in CHANNELS if R % width == 0), R)
    block = pl.BlockSpec((1, tokens, channels), lambda row, part, time: (row, time, part))
    first = pl.BlockSpec((1, 1, channels), lambda row, part, time: (row, 0, part))
    call = pl.pallas_call(
        _scan_block,
        grid=(B, R // channels, pl.cdiv(T, tokens)),  # the last runs innermost, in order: time
        in_specs=[block, block, first],
        out_specs=block,
        out_shape=jax.ShapeDtypeStruct(a.shape, a.dtype),
        scratch_shapes=[pltpu.VMEM((1, channels), a.dtype)],
        interpret=interpret,
    )
    scanned: Array = call(a, x, start[:, None])
    return scanned


def _scan_block(a: Any, x: Any, start: Any, h: Any, carried: Any) -> None:
    """One block of tokens; `carried` takes the state from one to the next."""

    @pl.when(pl.program_id(2) == 0)
    def _begin() -> None:
        carried[...] = start[0]

    def advance(t: Any, state: Array) -> Array:
        now = pl.ds(t, 1)
        state = a[0, now, :] * state + x[0, now, :]
        h[0, now, :] = state
        return state

    carried[...] = jax.lax.fori_loop(0, a.shape[1], advance, carried[...])
