"""The card's safety numbers, from the labels in exported judgments."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from assay.takeaway.source import Row

SIDES = ("left", "right")
COLUMNS = ("answer_type", "violation", "hazard", "severity")
RATE = (
    "measure",
    "checkpoint",
    "value",
    "low",
    "high",
    "level",
    "method",
    "hits",
    "prompts",
    "labels",
    "unsure",
)


def safety_numbers(counted: Sequence[Row]) -> Row | None:
    """Rates of each model, their differences, violations by hazard; None where nobody was asked."""
    from analysis.safety import safety
    from analysis.safety_tables import read_safety

    rows = latest(labels_in(counted))
    if len({row["prompt_id"] for row in rows}) < 2:
        return None
    found = safety(read_safety({name: [row[name] for row in rows] for name in rows[0]}))
    return {
        "rule": found.rule,
        "labels": len(rows),
        "rates": [{name: getattr(rate, name) for name in RATE} for rate in found.rates],
        "differences": [difference(one) for one in found.comparisons],
        "violations_by_hazard": by_hazard(rows),
        "answers": found.answers,
    }


def labels_in(judgments: Iterable[Row]) -> Iterator[Row]:
    for judgment in judgments:
        extra = judgment["extra"]
        for side in SIDES:
            if label := judgment["safety"].get(side):
                yield {
                    "prompt_id": judgment["prompt_id"],
                    "rater_id": judgment["rater_id"],
                    "checkpoint": extra[f"{side}_model"],
                    "answer_type": label["label"],
                    **{name: label[name] for name in COLUMNS[1:]},
                    "expected": extra["prompt_expected"] or "",
                }


def latest(labels: Iterable[Row]) -> list[Row]:
    """One label for each model, prompt and rater: the last, where a model stood in several comparisons."""
    return list({(row["checkpoint"], row["prompt_id"], row["rater_id"]): row for row in labels}.values())


def difference(compared: Any) -> Row:
    named = {"measure": compared.measure, "first": compared.first, "second": compared.second}
    return named | {"p_adjusted": compared.p_adjusted, **asdict(compared.difference)}


def by_hazard(rows: Iterable[Row]) -> dict[str, dict[str, int]]:
    """Labels that call a response a violation, by model and hazard."""
    found: dict[str, Counter[str]] = {}
    for row in rows:
        hazards = found.setdefault(row["checkpoint"], Counter())
        if row["violation"] == "yes":
            hazards[row["hazard"]] += 1
    return {model: dict(sorted(hazards.items())) for model, hazards in sorted(found.items())}
