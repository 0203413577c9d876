"""RecurrentGemma as DeepMind's Flax code holds it: array names, shapes and layouts.

After google-deepmind/recurrentgemma 1.0.1, `jax/griffin.py`, `jax/modules.py` and `jax/layers.py`.
"""

from generation.engine.checkpoints.tensor_specs import TensorSpec, same
from generation.engine.networks.griffin import BlockKind, RecurrentGemmaConfig


def tensor_specs(config: RecurrentGemmaConfig) -> list[TensorSpec]:
    """Every array such a tree holds, in the order of the network."""
    specs = [same("embedder.input_embedding", (config.vocab_size, config.width), ("embedding",))]
    for i, kind in enumerate(config.layer_kinds):
        specs += _layer(config, kind, f"blocks.{i}", (f"layers_{i}",))
    return [*specs, same("final_norm.scale", (config.width,), ("final_norm", "weight"))]


def _layer(c: RecurrentGemmaConfig, kind: BlockKind, name: str, path: tuple[str, ...]) -> list[TensorSpec]:
    temporal = _attention if kind == "attention" else _recurrent
    mlp, mlp_path = f"{name}.mlp_block", (*path, "mlp_block")
    gate, up = (*mlp_path, "gate_proj"), (*mlp_path, "up_proj")
    weights, biases = (2, c.width, c.mlp_width), (2, 1, 1, c.mlp_width)
    return [
        same(f"{name}.temporal_pre_norm.scale", (c.width,), (*path, "temporal_pre_norm", "weight")),
        *temporal(c, f"{name}.{kind}_block", (*path, "temporal_block")),
        same(f"{name}.channel_pre_norm.scale", (c.width,), (*path, "channel_pre_norm", "weight")),
        TensorSpec(f"{mlp}.ffw_up.w", weights, (*gate, "kernel"), "first"),
        TensorSpec(f"{mlp}.ffw_up.w", weights, (*up, "kernel"), "second"),
        TensorSpec(f"{mlp}.ffw_up.b", biases, (*gate, "bias"), "first"),
        TensorSpec(f"{mlp}.ffw_up.b", biases, (*up, "bias"), "second"),
        *_dense(f"{mlp}.ffw_down", c.mlp_width, c.width, (*mlp_path, "down_proj")),
    ]


def _attention(c: RecurrentGemmaConfig, name: str, path: tuple[str, ...]) -> list[TensorSpec]:
    queries, keys = c.heads * c.head_dim, c.kv_heads * c.head_dim
    return [
        same(f"{name}.proj_q.kernel", (c.width, queries), (*path, "q_proj", "kernel")),
        same(f"{name}.proj_k.kernel", (c.width, keys), (*path, "k_proj", "kernel")),
        same(f"{name}.proj_v.kernel", (c.width, keys), (*path, "v_proj", "kernel")),
        *_dense(f"{name}.proj_final", queries, c.width, (*path, "o_proj")),
    ]


def _recurrent(c: RecurrentGemmaConfig, name: str, path: tuple[str, ...]) -> list[TensorSpec]:
    R, block = c.lru_width, c.lru_width // c.heads
    conv, lru = (*path, "conv_1d"), (*path, "rg_lru")
    gates = [
        same(f"{name}.rg_lru.{theirs}.{part}", shape, (*lru, f"{ours}_{kind}"))
        for theirs, ours in (("input_gate", "input_gate"), ("a_gate", "recurrent_gate"))
        for part, kind, shape in (("w", "weight", (c.heads, block, block)), ("b", "bias", (c.heads, block)))
    ]
    return [
        *_dense(f"{name}.linear_y", c.width, R, (*path, "linear_y")),
        *_dense(f"{name}.linear_x", c.width, R, (*path, "linear_x")),
        *_dense(f"{name}.linear_out", R, c.width, (*path, "linear_out")),
        same(f"{name}.conv_1d.w", (c.conv_width, R), (*conv, "weight")),
        same(f"{name}.conv_1d.b", (R,), (*conv, "bias")),
        same(f"{name}.rg_lru.a_param", (R,), (*lru, "recurrent_param")),
        *gates,
    ]


def _dense(name: str, inputs: int, outputs: int, path: tuple[str, ...]) -> list[TensorSpec]:
    kernel = same(f"{name}.kernel", (inputs, outputs), (*path, "kernel"))
    return [kernel, same(f"{name}.bias", (outputs,), (*path, "bias"))]
