"""Gemma and Mistral as Hugging Face folders hold them: config fields, tensor names, shapes and layouts."""

from typing import Any

from generation.engine.checkpoints.config_fields import MOST_LAYERS, Fields
from generation.engine.checkpoints.other_networks import refuse_other_networks
from generation.engine.checkpoints.tensor_specs import TensorSpec, dense, same
from generation.engine.networks.transformer import TransformerConfig

GEMMA, MISTRAL = "GemmaForCausalLM", "MistralForCausalLM"
GEMMA_REQUIRED = {"hidden_act": "gelu_pytorch_tanh", "attention_bias": False}
GEMMA_ACTIVATIONS = ("gelu_pytorch_tanh", "gelu")  # the first release said gelu and meant its approximation
MISTRAL_REQUIRED = {"hidden_act": "silu", "tie_word_embeddings": False}
ROTATED = {"partial_rotary_factor": 1}  # all of a head
GEMMA_IF_STATED = {"tie_word_embeddings": True, "use_bidirectional_attention": False, **ROTATED}
MISTRAL_IF_STATED = {"attention_bias": False, **ROTATED}


def gemma_config_from(fields: Fields) -> TransformerConfig:
    """The network's shape from config.json. Raises: CheckpointError with a field and what it must be."""
    if fields.values.get("hidden_activation") is not None:
        fields.must_be("hidden_activation", GEMMA_ACTIVATIONS[0])
    elif fields.value("hidden_act") not in GEMMA_ACTIVATIONS:
        raise fields.wrong("hidden_act", repr(GEMMA_ACTIVATIONS[0]))
    fields.must_be("attention_bias", False)
    refuse_other_networks(fields, GEMMA_IF_STATED)
    return _config_from(fields, head_dim=fields.count("head_dim", multiple_of=2), window=None)


def mistral_config_from(fields: Fields) -> TransformerConfig:
    """As `gemma_config_from`."""
    for name, right in MISTRAL_REQUIRED.items():
        fields.must_be(name, right)
    refuse_other_networks(fields, MISTRAL_IF_STATED)
    heads = fields.count("num_attention_heads")
    stated = fields.values.get("head_dim") is not None
    head_dim = fields.count("head_dim", 2) if stated else fields.count("hidden_size", heads * 2) // heads
    windowed = fields.values.get("sliding_window") is not None
    return _config_from(fields, head_dim, fields.count("sliding_window") if windowed else None)


def _config_from(fields: Fields, head_dim: int, window: int | None) -> TransformerConfig:
    heads, kv_heads = fields.count("num_attention_heads"), fields.count("num_key_value_heads")
    if heads % kv_heads:
        raise fields.wrong("num_key_value_heads", f"a divisor of num_attention_heads = {heads}")
    return TransformerConfig(
        vocab_size=fields.count("vocab_size"),
        width=fields.count("hidden_size"),
        depth=fields.count("num_hidden_layers", most=MOST_LAYERS),
        mlp_width=fields.count("intermediate_size"),
        heads=heads,
        kv_heads=kv_heads,
        head_dim=head_dim,
        window=window,
        norm_eps=fields.positive("rms_norm_eps"),
        rope_base=fields.positive("rope_theta", within="rope_parameters"),
    )


def gemma_config_json(config: TransformerConfig, dtype: str) -> dict[str, Any]:
    """The config.json that `gemma_config_from` reads as `config`, with the usual special ids."""
    ids = {"pad_token_id": 0, "eos_token_id": 1, "bos_token_id": 2}
    named = {"architectures": [GEMMA], "model_type": "gemma", **GEMMA_REQUIRED}
    return {**named, "hidden_activation": GEMMA_ACTIVATIONS[0], **_shape_json(config, dtype), **ids}


def mistral_config_json(config: TransformerConfig, dtype: str) -> dict[str, Any]:
    """As `gemma_config_json`."""
    ids = {"bos_token_id": 1, "eos_token_id": 2}
    named = {"architectures": [MISTRAL], "model_type": "mistral", **MISTRAL_REQUIRED}
    return {**named, "sliding_window": config.window, **_shape_json(config, dtype), **ids}


def _shape_json(config: TransformerConfig, dtype: str) -> dict[str, Any]:
    return {
        "torch_dtype": dtype,
        "vocab_size": config.vocab_size,
        "hidden_size": config.width,
        "num_hidden_layers": config.depth,
        "intermediate_size": config.mlp_width,
        "num_attention_heads": config.heads,
        "num_key_value_heads": config.kv_heads,
        "head_dim": config.head_dim,
        "rms_norm_eps": config.norm_eps,
        "rope_theta": config.rope_base,
    }


def gemma_tensor_specs(config: TransformerConfig) -> list[TensorSpec]:
    """Every tensor such a checkpoint holds, in the order of the network."""
    specs = [same("model.embed_tokens.weight", (config.vocab_size, config.width), ("embedding",))]
    for i in range(config.depth):
        specs += _layer(config, f"model.layers.{i}", (f"layers_{i}",))
    return [*specs, same("model.norm.weight", (config.width,), ("final_norm", "weight"))]


def mistral_tensor_specs(config: TransformerConfig) -> list[TensorSpec]:
    """As Gemma's, and a head that is a table of its own."""
    head = same("lm_head.weight", (config.vocab_size, config.width), ("lm_head",))
    return [*gemma_tensor_specs(config), head]


def _layer(c: TransformerConfig, prefix: str, path: tuple[str, ...]) -> list[TensorSpec]:
    queries, keys = c.heads * c.head_dim, c.kv_heads * c.head_dim
    shapes = {
        "self_attn.q_proj": (c.width, queries),
        "self_attn.k_proj": (c.width, keys),
        "self_attn.v_proj": (c.width, keys),
        "self_attn.o_proj": (queries, c.width),
        "mlp.gate_proj": (c.width, c.mlp_width),
        "mlp.up_proj": (c.width, c.mlp_width),
        "mlp.down_proj": (c.mlp_width, c.width),
    }
    products = [
        spec
        for name, (inputs, outputs) in shapes.items()
        for spec in dense(f"{prefix}.{name}", inputs, outputs, (*path, *name.split(".")), bias=False)
    ]
    norms = [
        same(f"{prefix}.{name}.weight", (c.width,), (*path, name, "weight"))
        for name in ("input_layernorm", "post_attention_layernorm")
    ]
    return [*norms, *products]
