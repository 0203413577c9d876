"""The fixture's weights as google-deepmind/recurrentgemma names and shapes them, and Orbax's own saving of trees."""

from pathlib import Path
from typing import Any

import numpy as np
import orbax.checkpoint
from safetensors.numpy import load_file

FIXTURE = Path(__file__).parents[2] / "fixtures" / "generation" / "recurrentgemma"
KINDS = ("recurrent", "recurrent", "attention", "recurrent", "recurrent")
Tree = dict[str, Any]


def fixture_tree() -> Tree:
    """Written out by hand from the two formats' descriptions, with nothing of ours between."""
    weights = load_file(FIXTURE / "model.safetensors")
    tree: Tree = {"embedder": {"input_embedding": weights["model.embed_tokens.weight"]}}
    for i, kind in enumerate(KINDS):
        layer = {name: w for name, w in weights.items() if name.startswith(f"model.layers.{i}.")}
        of = {name.removeprefix(f"model.layers.{i}."): w for name, w in layer.items()}
        tree[f"blocks.{i}"] = {
            "temporal_pre_norm": {"scale": of["temporal_pre_norm.weight"]},
            "channel_pre_norm": {"scale": of["channel_pre_norm.weight"]},
            f"{kind}_block": attention(of) if kind == "attention" else recurrent(of),
            "mlp_block": mlp(of),
        }
    return tree | {"final_norm": {"scale": weights["model.final_norm.weight"]}}


def mlp(of: Tree) -> Tree:
    gate, up = of["mlp_block.gate_proj.weight"].T, of["mlp_block.up_proj.weight"].T
    biases = np.stack([of["mlp_block.gate_proj.bias"], of["mlp_block.up_proj.bias"]])
    return {
        "ffw_up": {"w": np.stack([gate, up]), "b": biases[:, None, None, :]},
        "ffw_down": dense(of, "mlp_block.down_proj"),
    }


def attention(of: Tree) -> Tree:
    names = {"proj_q": "q_proj", "proj_k": "k_proj", "proj_v": "v_proj"}
    projections = {
        theirs: {"kernel": of[f"temporal_block.{ours}.weight"].T} for theirs, ours in names.items()
    }
    return {**projections, "proj_final": dense(of, "temporal_block.o_proj")}


def recurrent(of: Tree) -> Tree:
    lru = "temporal_block.rg_lru"
    gate = {
        theirs: {"w": of[f"{lru}.{ours}_gate_weight"], "b": of[f"{lru}.{ours}_gate_bias"]}
        for theirs, ours in (("input_gate", "input"), ("a_gate", "recurrent"))
    }
    return {
        **{name: dense(of, f"temporal_block.{name}") for name in ("linear_x", "linear_y", "linear_out")},
        "conv_1d": {
            "w": of["temporal_block.conv_1d.weight"][:, 0, :].T,
            "b": of["temporal_block.conv_1d.bias"],
        },
        "rg_lru": {"a_param": of[f"{lru}.recurrent_param"], **gate},
    }


def dense(of: Tree, name: str) -> Tree:
    return {"kernel": of[f"{name}.weight"].T, "bias": of[f"{name}.bias"]}


def save(tree: Tree, folder: Path, ocdbt: bool = True, zarr3: bool = False) -> Path:
    """As DeepMind's `save_parameters` does, which gives the tree a root `params`, or in Orbax's other ways."""
    checkpointer = orbax.checkpoint.PyTreeCheckpointer(use_ocdbt=ocdbt, use_zarr3=zarr3)
    checkpointer.save(folder.absolute(), tree)
    return folder
