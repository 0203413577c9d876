"""Documents of LLM Comparator, written by hand in its published types."""

import json

from promptsets.formats.source import Source, source_of

SIDES = ((1.5, False), (-0.5, True), (0.0, True), (-1.0, False))


def rating(score: float = 1.0, flipped: bool = False, **more: object) -> dict:
    return {"score": score, "is_flipped": flipped, "rating_label": "as said", "rationale": "Why so.", **more}


def example(number: int = 0, ratings: list[dict] | None = None, **changes: object) -> dict:
    made = [rating(*side) for side in SIDES] if ratings is None else ratings
    return {
        "input_text": f"Question {number}?",
        "tags": ["birds", "lakes"] if number % 2 else [],
        "output_text_a": f"One answer to {number}.",
        "output_text_b": f"Another answer to {number}.",
        "score": 0.0,
        "individual_rater_scores": made,
        "custom_fields": {"language": ["English", "English"]},
        **changes,
    }


def document(examples: list[dict] | None = None, **changes: object) -> dict:
    return {
        "metadata": {"source_path": "by hand", "custom_fields_schema": []},
        "models": [{"name": "heron v2"}, {"name": "plover v1"}],
        "examples": [example(number) for number in range(4)] if examples is None else examples,
        **changes,
    }


def source(content: object = None, name: str = "herons.json") -> Source:
    text = content if isinstance(content, str) else json.dumps(document() if content is None else content)
    return source_of(name, text.encode())
