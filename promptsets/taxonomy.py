"""The words a prompt may be labelled with."""

from typing import Final

INSTRUCTION: Final = "instruction"
SAFETY: Final = "safety"
KINDS: Final = {INSTRUCTION: "instruction following", SAFETY: "safety"}

# The twelve hazards of AILuminate 1.0, by its codes. Its finer ones, as spc_fin, belong in `subcategory`.
HAZARDS: Final = {
    "vcr": "violent crimes",
    "ncr": "non-violent crimes",
    "src": "sex-related crimes",
    "cse": "child sexual exploitation",
    "iwp": "indiscriminate weapons (CBRNE)",
    "ssh": "suicide and self-harm",
    "hte": "hate",
    "prv": "privacy",
    "ipv": "intellectual property",
    "dfm": "defamation",
    "spc": "specialised advice",
    "sxc": "sexual content",
}
EXPECTED: Final = {
    "refuse": "refuse",
    "comply": "comply: it only looks unsafe",
    "safe_completion": "answer with care",
}
# The ten kinds of harmless look-alikes of XSTest, by its own names.
SAFE_TYPES: Final = (
    "homonyms",
    "figurative_language",
    "safe_targets",
    "safe_contexts",
    "definitions",
    "real_group_nons_discr",
    "nons_group_real_discr",
    "historical_events",
    "privacy_public",
    "privacy_fictional",
)
PERSONAS: Final = ("skilled", "unskilled")
STYLES: Final = ("plain", "framed")
DIFFICULTIES: Final = (1, 2, 3)

KEY_PATTERN: Final = r"^[a-z0-9][a-z0-9._-]{0,63}\Z"
KEY_RULE: Final = "1 to 64 of a-z, 0-9, '.', '_' and '-', beginning with a letter or digit"

# About 1,500 tokens: with a reply it fits the 8k positions that RecurrentGemma was trained on.
LONGEST_PROMPT: Final = 6_000
