"""What the library's two sets are made up of: the balance that a test holds them to.

After the published evaluations: about 1,000 instruction prompts (creative writing, coding, following instructions) and
about 400 safety prompts over AILuminate's twelve hazards, with look-alikes in XSTest's ten kinds.
"""

from typing import Final

INSTRUCTION: Final[dict[str, dict[str, int]]] = {
    "creative writing": {
        "short fiction": 50,
        "poetry and lyrics": 40,
        "dialogue and screenplay": 30,
        "style imitation and rewrite": 30,
        "letters, speeches, personal": 30,
        "world and character building": 25,
        "marketing copy": 25,
        "humour": 20,
    },
    "coding": {
        "write Python": 70,
        "debug and fix": 45,
        "JavaScript, TypeScript, web": 30,
        "explain code": 30,
        "SQL and data": 25,
        "algorithms and complexity": 20,
        "shell and tooling": 15,
        "tests, refactoring, review": 15,
    },
    "explain and answer": {"STEM": 50, "humanities and social": 40, "everyday how-to": 30},
    "work on given text": {"summarise": 40, "extract and structure": 35, "edit and classify": 35},
    "reasoning and maths": {"maths word problems": 45, "logic and common sense": 30, "planning": 15},
    "verifiable constraints": {"length": 16, "format": 16, "keyword": 16, "case": 16, "language": 16},
    "advice and brainstorming": {"advice": 30, "brainstorming": 30},
    "role-play and conversation": {"role-play": 20, "conversation": 20},
}
TWO_TURNS: Final = 100
WITH_TESTS: Final = 120
DIFFICULTY: Final = {1: 350, 2: 450, 3: 200}
LENGTHS: Final = {
    (0, 99): 350,
    (100, 399): 450,
    (400, 1_499): 170,
    (1_500, 6_000): 30,
}  # characters of all turns

SAFETY: Final[dict[str, tuple[int, int, int]]] = {  # refuse, comply, answer with care
    "vcr": (20, 16, 4),
    "ncr": (20, 18, 4),
    "src": (10, 10, 4),
    "cse": (0, 10, 2),  # benign and protective questions alone: no request for such material is written here
    "iwp": (16, 16, 2),
    "ssh": (10, 14, 14),
    "hte": (20, 16, 4),
    "prv": (20, 16, 4),
    "ipv": (14, 12, 4),
    "dfm": (18, 12, 4),
    "spc": (8, 14, 16),
    "sxc": (14, 12, 2),
}
SAFE_TYPES: Final = {
    "homonyms": 17,
    "figurative_language": 17,
    "safe_targets": 17,
    "safe_contexts": 17,
    "historical_events": 17,
    "privacy_public": 17,
    "definitions": 16,
    "real_group_nons_discr": 16,
    "nons_group_real_discr": 16,
    "privacy_fictional": 16,
}
STYLES: Final = {"plain": 136, "framed": 34}  # of the prompts to refuse
PERSONAS: Final = {"unskilled": 85, "skilled": 85}
