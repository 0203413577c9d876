"""The card's numbers on blinding: what the scan found, what raters could tell, what style alone tells."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from assay.reports.stylometry import METHOD, guesses_of
from assay.takeaway.evidence import COMPARISON, RATER, RESPONSE, Evidence
from assay.takeaway.source import Row
from raters.studies.unblinding import source
from raters.way_in.probe import UNBLINDED, index


def blinding_numbers(evidence: Evidence) -> Row:
    comparisons = [row for row in evidence.of(COMPARISON) if row["kind"] == "regular"]
    study = evidence.study
    assert study
    return {
        "scan": scan(comparisons),
        "guesses": list(guesses(evidence.of(RATER), guessed(study))),
        "style": list(styles(comparisons, evidence.of(RESPONSE))),
    }


def guessed(study: Row) -> list[str]:
    """What raters' guesses were counted under."""
    models = sorted(row["model"] for row in study["checkpoints"])
    return [source(place) for place in range(1, len(models) + 1)] if study["study"]["blinded"] else models


def scan(comparisons: Sequence[Row]) -> Row:
    flagged = [row for row in comparisons if row["self_identified"]]
    return {
        "comparisons": len(comparisons),
        "naming_their_writer": len(flagged),
        "by_status": dict(Counter(row["status"] for row in flagged)),
        "masked": sum(row["masked"] for row in flagged),
    }


def guesses(raters: Sequence[Row], models: Sequence[str]) -> Iterator[Row]:
    """Bang's index of each model, from the exit survey; nothing where nobody was asked."""
    asked = [row for row in raters if row["surveyed"]]
    said = [row for row in asked if row["recognised"]]
    for model in models if asked else []:
        right = sum(model in row["named"] for row in said)
        found = index(model, right, len(said) - right, len(asked))
        yield asdict(found) | {"right": right, "wrong": len(said) - right, "in_doubt_above": UNBLINDED}


def styles(comparisons: Sequence[Row], responses: Sequence[Row]) -> Iterator[Row]:
    """How many pairs a classifier of style tells apart, for each two models; nothing where pairs are too few."""
    from analysis.proportions import wilson

    texts = {row["id"]: row["turns"][-1] if row["turns"] else "" for row in responses}
    shown = [row for row in comparisons if row["status"] == "open"]
    for first, second in sorted({(row["first"], row["second"]) for row in shown}):
        rows = [row for row in shown if (row["first"], row["second"]) == (first, second)]
        found = guesses_of(
            [(texts[row["first_response_id"]], texts[row["second_response_id"]]) for row in rows]
        )
        if found:
            ends = wilson(found.right, found.n)
            named = {"first": first, "second": second, "value": found.right / found.n}
            yield named | {"low": ends.low, "high": ends.high, "level": 0.95, "n": found.n, "method": METHOD}
