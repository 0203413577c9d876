"""The RecurrentGemma network in other shapes, against a plain loop in float64."""

import math
from typing import Any

import numpy as np
import pytest

from generation.engine import Engine, GenerationRequest

SHAPES = {
    "a wider recurrence, two key heads, a short window": {"lru_width": 96, "kv_heads": 2, "window": 5},
    "a narrower recurrence, whole heads rotated, three taps": {
        "lru_width": 32,
        "rotated_share": 1.0,
        "head_dim": 12,
        "conv_width": 3,
        "window": 8,
    },
    "one layer of attention alone": {"block_types": ("attention",), "depth": 1, "window": 3},
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_other_shapes_equal_the_plain_loop_past_the_window(reshaped, shape):
    checkpoint = reshaped(**({"depth": 3} | shape))
    ids = np.random.default_rng(5).integers(0, 512, 20)
    expected = plain_logits(checkpoint.config, checkpoint.params, ids)
    assert np.abs(checkpoint.logits(ids) - expected).max() < 2e-4
    request = GenerationRequest("a", ids[:7].tolist(), max_new_tokens=13, ignore_eos=True)
    (text,) = Engine(checkpoint, slots=2).generate([request])
    continued = plain_logits(checkpoint.config, checkpoint.params, [*ids[:7], *text.token_ids])
    assert text.token_ids == tuple(continued[6:-1].argmax(axis=-1).tolist())


def plain_logits(config: Any, params: Any, ids: Any) -> np.ndarray:
    """The published equations in float64, one token at a time in plain NumPy."""
    p = _as_float64(params)
    x = p["embedding"][np.asarray(ids)] * float(_bfloat16(math.sqrt(config.width)))
    for i, kind in enumerate(config.layer_kinds):
        layer = p[f"layers_{i}"]
        temporal = _attention if kind == "attention" else _recurrent
        x = x + temporal(config, layer["temporal_block"], _norm(x, layer["temporal_pre_norm"], config))
        h, mlp = _norm(x, layer["channel_pre_norm"], config), layer["mlp_block"]
        x = x + _dense(_gelu(_dense(h, mlp["gate_proj"])) * _dense(h, mlp["up_proj"]), mlp["down_proj"])
    z = _norm(x, p["final_norm"], config) @ p["embedding"].T
    return config.logits_soft_cap * np.tanh(z / config.logits_soft_cap)


def _recurrent(config: Any, p: Any, x: np.ndarray) -> np.ndarray:
    u, lru, heads = _dense(x, p["linear_x"]), p["rg_lru"], config.heads
    h, out = np.zeros(config.lru_width), []
    for t in range(len(x)):
        taps = [(j, t - config.conv_width + 1 + j) for j in range(config.conv_width)]
        c = p["conv_1d"]["bias"] + sum(p["conv_1d"]["weight"][j] * u[s] for j, s in taps if s >= 0)
        gates = [
            _sigmoid(
                np.einsum("hi,hij->hj", c.reshape(heads, -1), lru[f"{g}_gate_weight"]) + lru[f"{g}_gate_bias"]
            )
            for g in ("input", "recurrent")
        ]
        i, r = (gate.ravel() for gate in gates)
        a = np.exp(-8 * r * np.log1p(np.exp(lru["recurrent_param"])))
        h = i * c if t == 0 else a * h + np.sqrt(1 - a**2) * i * c
        out.append(h)
    return _dense(np.array(out) * _gelu(_dense(x, p["linear_y"])), p["linear_out"])


def _attention(config: Any, p: Any, x: np.ndarray) -> np.ndarray:
    q, k, v = (
        _dense(x, p[name]).reshape(len(x), -1, config.head_dim) for name in ("q_proj", "k_proj", "v_proj")
    )
    q, k = _rotate(q, config), _rotate(k, config)
    out = np.zeros_like(q)
    for t in range(len(x)):
        seen = range(max(0, t - config.window), t + 1)
        for head in range(config.heads):
            kv = head // (config.heads // config.kv_heads)
            scores = np.array([q[t, head] @ k[s, kv] for s in seen]) / math.sqrt(config.head_dim)
            shares = np.exp(scores - scores.max())
            out[t, head] = shares / shares.sum() @ np.array([v[s, kv] for s in seen])
    return _dense(out.reshape(len(x), -1), p["o_proj"])


def _rotate(x: np.ndarray, config: Any) -> np.ndarray:
    half, out = config.rotated // 2, x.copy()
    for t in range(len(x)):
        for j in range(half):
            angle = t * config.rope_base ** (-j / half)
            a, b = x[t, :, j], x[t, :, half + j]
            out[t, :, j] = a * math.cos(angle) - b * math.sin(angle)
            out[t, :, half + j] = b * math.cos(angle) + a * math.sin(angle)
    return out


def _as_float64(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {name: _as_float64(branch) for name, branch in tree.items()}
    return np.asarray(tree, np.float64)


def _bfloat16(value: float) -> np.ndarray:
    """Rounded to the upper half of a float32's bits, to nearest."""
    bits = np.float32(value).view(np.uint32) + np.uint32(0x8000)
    return (bits & np.uint32(0xFFFF0000)).view(np.float32)


def _norm(x: np.ndarray, p: Any, config: Any) -> np.ndarray:
    return x / np.sqrt((x**2).mean(axis=-1, keepdims=True) + config.norm_eps) * (1 + p["weight"])


def _dense(x: np.ndarray, p: Any) -> np.ndarray:
    return x @ p["kernel"] + p.get("bias", 0.0)


def _gelu(x: np.ndarray) -> np.ndarray:
    return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))
