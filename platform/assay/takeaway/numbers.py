"""Every number of an evaluation card, from the rows of an export alone: for the card's maker and for its checker.

No database is asked. What an export without the whole study cannot tell is left out.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from statistics import median
from typing import Any

from assay.takeaway.blinding_numbers import blinding_numbers
from assay.takeaway.evidence import COMPARISON, COUNTED, JUDGMENT, RATER, Evidence
from assay.takeaway.pair_numbers import pair_numbers, rounded
from assay.takeaway.safety_numbers import safety_numbers
from assay.takeaway.source import Row

HEADLINE, NOBODY_LEFT_OUT = "win_rate", "win_rate_nobody_left_out"
NO_SELF_IDENTIFICATION = "win_rate_no_self_identification"


def numbers_of(evidence: Evidence) -> dict[str, Any]:
    """The card's part `numbers`; with judgments alone, the sections that rest on them alone."""
    sections: dict[str, Any] = {
        "judgments": judgment_counts(evidence.of(JUDGMENT)),
        "raters": rater_counts(evidence.counted),
        "pairs": pairs(evidence),
        "safety": safety_numbers(evidence.counted),
    }
    if evidence.study is not None:
        sections |= {
            "comparisons": comparison_counts(evidence.of(COMPARISON)),
            "enrolment": enrolment_counts(evidence.of(RATER)),
            "blinding": blinding_numbers(evidence),
        }
    return dict(rounded(sections))


def judgment_counts(rows: Sequence[Row]) -> Row:
    """All rows, those that the headline counts, and the others by the rule that leaves them out."""
    reasons = Counter(row["exclusion_reason"] for row in rows if row["status"] != "valid")
    return {"rows": len(rows), "counted": len(rows) - reasons.total(), "not_counted": dict(reasons)}


def rater_counts(counted: Iterable[Row]) -> Row:
    each = Counter(row["rater_id"] for row in counted)
    kinds = {row["rater_id"]: row["rater_kind"] for row in counted}
    work = sorted(each.values())
    return {
        "judged": len(each),
        "by_kind": dict(Counter(kinds.values())),
        "judgments_each": {"least": work[0], "median": median(work), "most": work[-1]} if work else None,
    }


def pairs(evidence: Evidence) -> list[Row]:
    """One entry for each pair of models that was compared, sorted by names."""
    counted = [*evidence.counted, *settled(evidence, HEADLINE)]
    everybody = [*evidence.nobody_left_out, *settled(evidence, NOBODY_LEFT_OUT)]
    unnamed = [row for row in evidence.counted if not row["extra"]["self_identified"]]
    unnamed += settled(evidence, NO_SELF_IDENTIFICATION)
    both_bad = any(row["extra"]["both_bad"] is not None for row in counted)
    met = sorted({(row["extra"]["first"], row["extra"]["second"]) for row in counted})
    return [
        pair_numbers(
            pair, *(of_pair(rows, pair) for rows in (counted, everybody, unnamed)), both_bad=both_bad
        )
        for pair in met
    ]


def of_pair(rows: Iterable[Row], pair: tuple[str, str]) -> list[Row]:
    return [row for row in rows if (row["extra"]["first"], row["extra"]["second"]) == pair]


def settled(evidence: Evidence, estimate: str) -> list[Row]:
    """Rows that count in this estimate without having been asked, in the shape of judgments."""
    places = ("first", "second", "side", "outcome", "category", "both_bad")
    return [
        {"prompt_id": row["prompt_id"], "rater_id": row["rater_id"], "extra": {n: row[n] for n in places}}
        for row in evidence.of(COUNTED)
        if row["of"] == estimate
    ]


def comparison_counts(rows: Sequence[Row]) -> Row:
    regular = [row for row in rows if row["kind"] == "regular"]
    reasons = Counter(row["status_reason"] for row in regular if row["status"] != "open")
    return {
        "laid_out": len(regular),
        "by_status": dict(Counter(row["status"] for row in regular)),
        "not_shown": dict(reasons),
        "gold": sum(row["kind"] == "gold" for row in rows),
    }


def enrolment_counts(rows: Sequence[Row]) -> Row:
    return {"enrolled": len(rows), "by_status": dict(Counter(row["status"] for row in rows))}
