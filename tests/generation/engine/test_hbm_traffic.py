"""Bytes that a compiled program moves, counted from its text; here the text is the CPU compiler's, or written out."""

import jax
import jax.numpy as jnp

from generation.engine.hbm_traffic import hbm_bytes, kept_on_chip

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


HELD = "bf16[8,32]{1,0}, bf16[32,32]{1,0}, u32[]{:S(2)}"  # source, target, semaphore
GATHER = "%g = bf16[32,32]{1,0} all-gather(%p.0), channel_id=1, dimensions={0}"
NAMED = """
  %p.0 = bf16[8,32]{1,0} parameter(0)
  %p.1 = bf16[32,32]{1,0} parameter(1)
  %p.2 = u32[]{:S(2)} parameter(2)"""
STAGE = f"""{{{NAMED}
  %p.3 = f32[4,32]{{1,0}} parameter(3)
  {GATHER}
  %n = f32[4,32]{{1,0}} negate(%p.3)
  ROOT %t = (f32[4,32]{{1,0}}, {HELD}, bf16[32,32]{{1,0}}) tuple(%n, %p.0, %p.1, %g, %p.2)
}}"""
IN_STAGES = f"""
%begin (p.0: bf16[8,32]) -> (bf16[8,32], bf16[32,32], u32[]) {{
  %p.0 = bf16[8,32]{{1,0}} parameter(0)
  {GATHER}
  ROOT %c = ({HELD}) custom-call(%p.0, %g)
}}

%stage (p.0: bf16[8,32], p.1: bf16[32,32], p.2: u32[], p.3: f32[4,32]) -> (f32[4,32]) {STAGE}

%end (p.0: bf16[8,32], p.1: bf16[32,32], p.2: u32[]) -> bf16[32,32] {{{NAMED}
  {GATHER}
  ROOT %c = bf16[32,32]{{1,0}} custom-call(%p.0, %p.1, %g, %p.2)
}}

ENTRY %main (w: bf16[8,32], x: f32[4,32]) -> bf16[32,32] {{
  %w = bf16[8,32]{{1,0}} parameter(0)
  %x = f32[4,32]{{1,0}} parameter(1)
  %begun = ({HELD}) fusion(%w), kind=kCustom, calls=%begin
  %s.0 = bf16[8,32]{{1,0}} get-tuple-element(%begun), index=0
  %t.0 = bf16[32,32]{{1,0}} get-tuple-element(%begun), index=1
  %u.0 = u32[]{{:S(2)}} get-tuple-element(%begun), index=2
  %one = (f32[4,32]{{1,0}}, {HELD}) fusion(%s.0, %t.0, %u.0, %x), kind=kOutput, calls=%stage
  %two = (f32[4,32]{{1,0}}, {HELD}) fusion(%s.0, %t.0, %u.0, %x), kind=kOutput, calls=%stage
  ROOT %done = bf16[32,32]{{1,0}} fusion(%s.0, %t.0, %u.0), kind=kCustom, calls=%end
}}
"""


def test_gathers_prefetches_and_writes_in_place_count_what_crosses_the_border():
    gathered = 4 * 8 * 2 + 4 * 4  # four rows and their ids; the result stays on chip
    prefetched = 1000 * 8 * 2  # once, not at each stop
    written = 2 * 32 * 4  # the row is read and written; the ring stays where it is
    assert hbm_bytes(ON_CHIP) == gathered + prefetched + written


def test_a_product_moves_its_operands_and_its_result():
    compiled = jax.jit(jnp.dot).lower(jnp.ones((8, 64)), jnp.ones((64, 32))).compile()
    assert hbm_bytes(compiled.as_text()) == 4 * (8 * 64 + 64 * 32 + 8 * 32)


def test_of_a_conditional_the_first_branch_counts_and_of_a_loop_each_pass():
    def steps(x, often):
        return jax.lax.fori_loop(0, often, lambda _, x: x * 2.0, x)

    text = jax.jit(steps).lower(jnp.ones(1000), 3).compile().as_text()
    once, often = hbm_bytes(text), hbm_bytes(text, passes=16)
    assert 8_000 <= once < 40_000
    assert 15 * 8_000 <= often - once < 15 * 16_000


def test_what_a_loop_carries_on_chip_is_kept_there():
    carried = "(s32[]{:T(128)}, f32[64,32]{1,0:T(8,128)S(1)}, f32[64,32]{1,0})"
    loop = f"%w = {carried} while(%t), condition=%more, body=%step"
    assert kept_on_chip(f"ENTRY %main (t: f32[]) -> f32[] {{\n  {loop}\n}}") == 64 * 32 * 4


def test_a_collective_of_several_stages_moves_what_it_moves_once():
    """A weight gathered from four devices while two products are taken: source, target, and the products' own."""
    source, target = 8 * 32 * 2, 32 * 32 * 2
    products = 2 * (4 * 32 * 4 + 4 * 32 * 4)
    assert hbm_bytes(IN_STAGES) == source + target + products
