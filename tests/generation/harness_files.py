"""A small file of results as lm-evaluation-harness 0.4 writes it, made up by us."""

import json
from typing import Any

WHOLE: dict[str, Any] = {
    "results": {
        "arc_easy": {
            "alias": "arc_easy",
            "acc,none": 0.656,
            "acc_stderr,none": 0.0097,
            "acc_norm,none": 0.593,
            "acc_norm_stderr,none": 0.01,
        },
        "gsm8k": {
            "alias": " - gsm8k",
            "exact_match,strict-match": 0.1,
            "exact_match_stderr,strict-match": 0.008,
            "exact_match,flexible-extract": 0.2,
            "exact_match_stderr,flexible-extract": "N/A",
        },
        "wikitext": {"word_perplexity,none": 21.5, "word_perplexity_stderr,none": "N/A"},
    },
    "configs": {"arc_easy": {"task": "arc_easy", "num_fewshot": 0}},
    "versions": {"arc_easy": 1.0, "gsm8k": 3, "wikitext": "2"},
    "n-shot": {"arc_easy": 0, "gsm8k": 5, "wikitext": None},
    "n-samples": {"arc_easy": {"original": 2376, "effective": 2376}},
    "higher_is_better": {"arc_easy": {"acc": True, "acc_norm": True}, "wikitext": {"word_perplexity": False}},
    "config": {"model": "hf", "model_args": "pretrained=herons/heron-2b,dtype=float32", "limit": None},
    "git_hash": "0a1b2c3",
    "date": 1_764_331_200.0,
}


def harness_file(**changes: Any) -> bytes:
    return json.dumps(WHOLE | changes).encode()


def with_metrics(**metrics: Any) -> bytes:
    """One task with these metrics; of a name, `__` stands for the comma."""
    return harness_file(results={"arc": {name.replace("__", ","): one for name, one in metrics.items()}})
