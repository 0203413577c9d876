"""A study as the JSON that LLM Comparator opens: one pair of models, each example with its raters' scores.

Scores follow its convention, from 1.5 (A much better) to -1.5 (B much better); an example's is the mean of its raters'.
"""

import json
from collections.abc import Iterator
from itertools import product, starmap
from statistics import fmean

from assay.reports.blinding import Arms
from assay.takeaway.compared import Compared, compared, shown
from assay.takeaway.source import Row, Source
from raters.models import Judgment, StudyArm

POINTS = {0: 0.0, 1: 0.5, 2: 1.0, 3: 1.5}
LABELS = {0: "same", 1: "{} is slightly better", 2: "{} is better", 3: "{} is much better"}
SCHEMA = [
    {"name": "prompt_id", "type": "string"},
    {"name": "category", "type": "category"},
    {"name": "response_ids", "type": "per_model_text"},
]


def comparator_pieces(source: Source) -> Iterator[str]:
    """The document piece by piece, one example a piece. Filters: `pair`, `category`.

    Raises: ValueError where the study has several pairs and none of them is chosen.
    """
    arms = chosen_pair(source)
    metadata = {"source_path": f"assay:{source.study.slug}", "custom_fields_schema": SCHEMA}
    models = [{"name": source.names[arm]} for arm in arms]
    yield f'{{"metadata":{text_of(metadata)},"models":{text_of(models)},"examples":['
    comma = ""
    for one in compared(source):
        if {one.comparison.arm_a_id, one.comparison.arm_b_id} == set(arms):
            yield comma + text_of(example(source, one, flipped=one.comparison.arm_a_id != arms[0]))
            comma = ",\n"
    yield "]}\n"


def how_many(source: Source) -> int:
    return shown(source).count()


def chosen_pair(source: Source) -> tuple[int, int]:
    """The keys of the two arms, the one that stands first in results as A."""
    pairs = dict(pairs_of(source))
    asked = str(source.filters.get("pair", ""))
    if asked in pairs:
        return pairs[asked]
    if not asked and len(pairs) == 1:
        return next(iter(pairs.values()))
    wrong = f"there is no pair {asked!r}" if asked else "this study has several pairs"
    raise ValueError(f"{wrong}: LLM Comparator shows one; choose pair={' or pair='.join(pairs)}")


def pairs_of(source: Source) -> Iterator[tuple[str, tuple[int, int]]]:
    """Each pair by what the form and the filter call it, the arm that stands first in results first."""
    arms = Arms(source.names, is_blind=source.study.is_blinded)
    of_role = {
        role: source.study.arms.filter(role=role).values_list("pk", flat=True) for role in StudyArm.Role
    }
    pairs = product(of_role[StudyArm.Role.CANDIDATE], of_role[StudyArm.Role.BASELINE])
    for one, other in starmap(arms.pair, arms.in_order(pairs)):
        yield f"{source.names[one]} against {source.names[other]}", (one, other)


def example(source: Source, one: Compared, *, flipped: bool) -> Row:
    comparison = one.comparison
    assert comparison.response_a and comparison.response_b
    responses = (comparison.response_a, comparison.response_b)
    a, b = responses[::-1] if flipped else responses
    ratings = [rating(judgment, flipped=flipped) for judgment in one.judgments]
    category = comparison.prompt.category
    return {
        "input_text": "\n\n".join(comparison.prompt.turns),
        "tags": [category] if category else [],
        "output_text_a": "\n\n".join(a.turns),
        "output_text_b": "\n\n".join(b.turns),
        "score": fmean(row["score"] for row in ratings) if ratings else None,
        "individual_rater_scores": ratings,
        "custom_fields": {
            "prompt_id": comparison.prompt.key,
            "category": category,
            "response_ids": [source.id_of("response", row.pk) for row in (a, b)],
        },
    }


def rating(judgment: Judgment, *, flipped: bool) -> Row:
    """One judgment; `is_flipped` where the model that is called A here stood on the right."""
    prefers_a = (judgment.preference == Judgment.Preference.A) != flipped
    sign = 1 if prefers_a else -1
    label = LABELS[judgment.strength].format("A" if prefers_a else "B")
    return {
        "score": sign * POINTS[judgment.strength] if judgment.strength else 0.0,
        "rating_label": "both are bad" if judgment.both_bad else label,
        "is_flipped": judgment.assignment.a_is_left == flipped,
        "rationale": judgment.comment,
    }


def text_of(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
