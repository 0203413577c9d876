"""Fields of a config.json that make another network of the same tensors, which would be computed wrongly unsaid.

A folder need not have them: the released ones have few. Where one stands there, it must say what the networks here do.
"""

from typing import Any

from generation.engine.checkpoints.config_fields import Fields

NOT_COMPUTED = (
    "final_logit_softcapping",
    "attn_logit_softcapping",
    "query_pre_attn_scalar",
    "quantization_config",
    "compression_config",
)
KINDS = ("rope_type", "type")  # the newer name and the older one
PLAIN = "default"
# Of how positions are rotated: two names for the same object, and what is read of it.
ROTATIONS = {"rope_parameters": ("rope_theta", "partial_rotary_factor"), "rope_scaling": ()}


def refuse_other_networks(fields: Fields, ours: dict[str, Any]) -> None:
    """Raises CheckpointError naming a field that asks for what no network here computes, and what would be right.

    ours: what the family computes, for fields that need not be stated.
    """
    for name, right in ours.items():
        fields.may_only_be(name, right, within="rope_parameters")
    for name in NOT_COMPUTED:
        if (value := fields.values.get(name)) is not None:
            raise fields.wrong_value(name, value, "null, as it is not computed here")
    for name, read in ROTATIONS.items():
        _check_rotation(fields, name, (*KINDS, *read))


def _check_rotation(fields: Fields, name: str, known: tuple[str, ...]) -> None:
    """Plain rotation by position alone: no scaling by any name."""
    stated = fields.values.get(name)
    if stated is None:
        return
    if not isinstance(stated, dict):
        raise fields.wrong_value(name, stated, "an object or null")
    for part, value in stated.items():
        if part in KINDS and value not in (None, PLAIN):
            raise fields.wrong_value(f"{name}.{part}", value, f"{PLAIN!r}, as positions are not scaled here")
        if part not in known and value is not None:
            raise fields.wrong_value(
                f"{name}.{part:.100}", value, "no such field, as positions are not scaled here"
            )
