"""Bytes that a compiled program moves, counted from its text; here the text is the CPU compiler's, or written out."""

import jax
import jax.numpy as jnp

from generation.engine.hbm_traffic import hbm_bytes

ON_CHIP = """
%taken (p.0: bf16[1000,8], p.1: s32[4]) -> bf16[4,8] {
  %p.0 = bf16[1000,8]{1,0} parameter(0)
  %p.1 = s32[4]{0} parameter(1)
  ROOT %g = bf16[4,8]{1,0} gather(%p.0, %p.1), offset_dims={1}
}

ENTRY %main (table: bf16[1000,8], ids: s32[4], ring: f32[64,32], row: f32[1,32]) -> f32[64,32] {
  %table = bf16[1000,8]{1,0} parameter(0)
  %ids = s32[4]{0} parameter(1)
  %ring = f32[64,32]{1,0} parameter(2)
  %row = f32[1,32]{1,0} parameter(3)
  %rows = bf16[4,8]{1,0:S(1)} fusion(%table, %ids), kind=kCustom, calls=%taken
  %copy-start = (bf16[1000,8]{1,0:S(1)}, bf16[1000,8]{1,0}, u32[]{:S(2)}) copy-start(%table)
  %copy-done = bf16[1000,8]{1,0:S(1)} copy-done(%copy-start)
  %zero = s32[] constant(0)
  ROOT %new = f32[64,32]{1,0} dynamic-update-slice(%ring, %row, %zero, %zero)
}
"""


def test_gathers_prefetches_and_writes_in_place_count_what_crosses_the_border():
    gathered = 4 * 8 * 2 + 4 * 4  # four rows and their ids; the result stays on chip
    prefetched = 1000 * 8 * 2  # once, not at each stop
    written = 2 * 32 * 4  # the row is read and written; the ring stays where it is
    assert hbm_bytes(ON_CHIP) == gathered + prefetched + written


def test_a_product_moves_its_operands_and_its_result():
    compiled = jax.jit(jnp.dot).lower(jnp.ones((8, 64)), jnp.ones((64, 32))).compile()
    assert hbm_bytes(compiled.as_text()) == 4 * (8 * 64 + 64 * 32 + 8 * 32)


def test_of_a_conditional_the_first_branch_counts_and_of_a_loop_one_pass():
    def steps(x, often):
        return jax.lax.fori_loop(0, often, lambda _, x: x * 2.0, x)

    once = hbm_bytes(jax.jit(steps).lower(jnp.ones(1000), 3).compile().as_text())
    assert 8_000 <= once < 40_000
