"""RecurrentGemma as Hugging Face folders hold it: config fields, tensor names, shapes and layouts."""

import math
from typing import Any, get_args

from generation.engine.checkpoints.config_fields import MOST_LAYERS, Fields
from generation.engine.checkpoints.other_networks import refuse_other_networks
from generation.engine.checkpoints.tensor_specs import TensorSpec, dense, same
from generation.engine.networks.griffin import BlockKind, RecurrentGemmaConfig

ARCHITECTURE = "RecurrentGemmaForCausalLM"
REQUIRED = {  # what the network computes; a folder that says otherwise holds another network
    "hidden_activation": "gelu_pytorch_tanh",
    "attention_bias": False,
    "embeddings_scale_by_sqrt_dim": True,
}
IF_STATED = {"tie_word_embeddings": True}


def config_from(fields: Fields) -> RecurrentGemmaConfig:
    """The network's shape from config.json. Raises: CheckpointError with a field and what it must be."""
    for name, right in REQUIRED.items():
        fields.must_be(name, right)
    refuse_other_networks(fields, IF_STATED)
    config = RecurrentGemmaConfig(
        vocab_size=fields.count("vocab_size"),
        width=fields.count("hidden_size"),
        depth=fields.count("num_hidden_layers", most=MOST_LAYERS),
        mlp_width=fields.count("intermediate_size", multiple_of=2)
        // 2,  # the format states gate and up together
        heads=fields.count("num_attention_heads"),
        kv_heads=fields.count("num_key_value_heads"),
        head_dim=fields.count("head_dim", multiple_of=2),
        lru_width=fields.count("lru_width"),
        window=fields.count("attention_window_size"),
        conv_width=fields.count("conv1d_width"),
        block_types=_block_types(fields),
        logits_soft_cap=fields.positive("logits_soft_cap"),
        norm_eps=fields.positive("rms_norm_eps"),
        rope_base=fields.positive("rope_theta", within="rope_parameters"),
        rotated_share=fields.positive("partial_rotary_factor", within="rope_parameters"),
    )
    _check_divisions(fields, config)
    return config


def config_json(config: RecurrentGemmaConfig, dtype: str) -> dict[str, Any]:
    """The config.json that `config_from` reads as `config`, with the usual special ids of Gemma."""
    return {
        "architectures": [ARCHITECTURE],
        "model_type": "recurrent_gemma",
        "torch_dtype": dtype,
        **REQUIRED,
        "vocab_size": config.vocab_size,
        "hidden_size": config.width,
        "num_hidden_layers": config.depth,
        "intermediate_size": config.mlp_width * 2,
        "num_attention_heads": config.heads,
        "num_key_value_heads": config.kv_heads,
        "head_dim": config.head_dim,
        "lru_width": config.lru_width,
        "attention_window_size": config.window,
        "conv1d_width": config.conv_width,
        "block_types": list(config.block_types),
        "logits_soft_cap": config.logits_soft_cap,
        "rms_norm_eps": config.norm_eps,
        "rope_theta": config.rope_base,
        "partial_rotary_factor": config.rotated_share,
        "pad_token_id": 0,
        "eos_token_id": 1,
        "bos_token_id": 2,
    }


def tensor_specs(config: RecurrentGemmaConfig) -> list[TensorSpec]:
    """Every tensor such a checkpoint holds, in the order of the network."""
    specs = [
        TensorSpec("model.embed_tokens.weight", (config.vocab_size, config.width), ("embedding",), "same")
    ]
    for i, kind in enumerate(config.layer_kinds):
        specs += _layer(config, kind, f"model.layers.{i}", (f"layers_{i}",))
    return [*specs, same("model.final_norm.weight", (config.width,), ("final_norm", "weight"))]


def _layer(c: RecurrentGemmaConfig, kind: BlockKind, prefix: str, path: tuple[str, ...]) -> list[TensorSpec]:
    temporal = _attention if kind == "attention" else _recurrent
    mlp, mlp_path = f"{prefix}.mlp_block", (*path, "mlp_block")
    return [
        same(f"{prefix}.temporal_pre_norm.weight", (c.width,), (*path, "temporal_pre_norm", "weight")),
        *temporal(c, f"{prefix}.temporal_block", (*path, "temporal_block")),
        same(f"{prefix}.channel_pre_norm.weight", (c.width,), (*path, "channel_pre_norm", "weight")),
        *dense(f"{mlp}.gate_proj", c.width, c.mlp_width, (*mlp_path, "gate_proj")),
        *dense(f"{mlp}.up_proj", c.width, c.mlp_width, (*mlp_path, "up_proj")),
        *dense(f"{mlp}.down_proj", c.mlp_width, c.width, (*mlp_path, "down_proj")),
    ]


def _attention(c: RecurrentGemmaConfig, prefix: str, path: tuple[str, ...]) -> list[TensorSpec]:
    queries, keys = c.heads * c.head_dim, c.kv_heads * c.head_dim
    return [
        *dense(f"{prefix}.q_proj", c.width, queries, (*path, "q_proj"), bias=False),
        *dense(f"{prefix}.k_proj", c.width, keys, (*path, "k_proj"), bias=False),
        *dense(f"{prefix}.v_proj", c.width, keys, (*path, "v_proj"), bias=False),
        *dense(f"{prefix}.o_proj", queries, c.width, (*path, "o_proj")),
    ]


def _recurrent(c: RecurrentGemmaConfig, prefix: str, path: tuple[str, ...]) -> list[TensorSpec]:
    R, block = c.lru_width, c.lru_width // c.heads
    conv, lru = (*path, "conv_1d"), (*path, "rg_lru")
    gates = [
        same(f"{prefix}.rg_lru.{gate}_gate_{part}", shape, (*lru, f"{gate}_gate_{part}"))
        for gate in ("input", "recurrent")
        for part, shape in (("weight", (c.heads, block, block)), ("bias", (c.heads, block)))
    ]
    return [
        *dense(f"{prefix}.linear_y", c.width, R, (*path, "linear_y")),
        *dense(f"{prefix}.linear_x", c.width, R, (*path, "linear_x")),
        *dense(f"{prefix}.linear_out", R, c.width, (*path, "linear_out")),
        TensorSpec(f"{prefix}.conv_1d.weight", (R, 1, c.conv_width), (*conv, "weight"), "conv"),
        same(f"{prefix}.conv_1d.bias", (R,), (*conv, "bias")),
        same(f"{prefix}.rg_lru.recurrent_param", (R,), (*lru, "recurrent_param")),
        *gates,
    ]


def _block_types(fields: Fields) -> tuple[BlockKind, ...]:
    name = "block_types" if "block_types" in fields.values else "_block_types"  # older folders carry the mark
    kinds, known = fields.value(name), get_args(BlockKind)
    if not isinstance(kinds, list) or not kinds or any(kind not in known for kind in kinds):
        raise fields.wrong(name, f"a list of {' and '.join(map(repr, known))}")
    return tuple(kinds)


def _check_divisions(fields: Fields, config: RecurrentGemmaConfig) -> None:
    if config.lru_width % config.heads:
        raise fields.wrong("lru_width", f"a multiple of num_attention_heads = {config.heads}")
    if config.heads % config.kv_heads:
        raise fields.wrong("num_key_value_heads", f"a divisor of num_attention_heads = {config.heads}")
    rotated = config.head_dim * config.rotated_share
    if not math.isclose(rotated, config.rotated) or config.rotated % 2 or config.rotated > config.head_dim:
        raise fields.wrong("partial_rotary_factor", f"a share of head_dim = {config.head_dim} that is even")
