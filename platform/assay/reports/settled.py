"""Comparisons that count though nobody was asked: as rows of the table that `analysis` reads.

Equal texts are a tie by definition: whoever had been asked would have said so. Each such comparison stands in the
table as ties of the raters of a comparison that was judged, turn by turn, so that the estimate is that of a study in
which all were judged: each prompt counts once, and each rater keeps the share of the work that they had.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import cycle
from typing import Any

from analysis.wording import counted
from raters.models import Comparison, Judgment, Study

NOBODY = "by definition"
FLIPPED = {"a": "b", "b": "a", "tie": "tie"}
Row = dict[str, Any]


def reused_rows(study: Study, fields: Mapping[str, Any], judgments_of: Any) -> list[Row]:
    """The judgments of earlier studies that count here, turned to this study's own a and b.

    judgments_of: which judgments of an earlier study count, from that study.
    """
    here = study.comparisons.regular().filter(status=Comparison.Status.REUSED)
    by_source = {row.reuses_id: row for row in here.select_related("prompt", "response_a", "reuses__study")}
    rows: list[Row] = []
    for earlier in {row.reuses.study for row in by_source.values() if row.reuses}:
        found = judgments_of(earlier).filter(assignment__comparison__in=by_source).order_by("pk")
        names = [
            *fields.values(),
            "assignment__comparison",
            "assignment__comparison__response_a__text_sha256",
        ]
        for *values, source, text_a in found.values_list(*names):
            row = dict(zip(fields, values, strict=True))
            rows.append(turned(row, by_source[source], text_a))
    return rows


def turned(row: Row, here: Comparison, text_a: str) -> Row:
    assert here.response_a
    place = of_comparison(here)
    if text_a == here.response_a.text_sha256:
        return row | place
    flipped = {"preference": FLIPPED[row["preference"]], "a_is_left": not row["a_is_left"]}
    return row | place | flipped


def equal_rows(study: Study, judged: Iterable[Row]) -> list[Row]:
    """Ties by definition, by the raters of comparisons that were judged."""
    return ties_for(equal_places(study), judged)


def equal_places(study: Study) -> list[Row]:
    equal = study.comparisons.regular().filter(status=Comparison.Status.EQUAL)
    return [of_comparison(row) for row in equal.select_related("prompt").order_by("prompt__key", "pk")]


def ties_for(places: Iterable[Row], judged: Iterable[Row]) -> list[Row]:
    """For each place the raters of one judged comparison of the same two arms, in turn; nobody where none was."""
    asked: dict[tuple[int, int], dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in sorted(judged, key=lambda row: (row["prompt_id"], row["rater_id"])):
        asked[row["candidate"], row["baseline"]][row["prompt_id"]].append(row)
    nobody = [[{"rater_id": NOBODY, "a_is_left": is_left}] for is_left in (True, False)]
    patterns = defaultdict(
        lambda: cycle(nobody), {arms: cycle(rows.values()) for arms, rows in asked.items()}
    )
    return [
        {**place, **tie_of(pattern)}
        for place in places
        for pattern in next(patterns[place["candidate"], place["baseline"]])
    ]


def of_comparison(comparison: Comparison) -> Row:
    return {
        "prompt_id": comparison.prompt.key,
        "category": comparison.prompt.category,
        "candidate": comparison.arm_a_id,
        "baseline": comparison.arm_b_id,
    }


def tie_of(pattern: Row) -> Row:
    asked = {name: pattern[name] for name in ("rater_id", "a_is_left")}
    return {**asked, "preference": Judgment.Preference.TIE, "both_bad": False}


def notes_on(study: Study) -> list[str]:
    """What must be read with every number of this study; nothing where all was asked."""
    regular = study.comparisons.regular()
    equal = regular.filter(status=Comparison.Status.EQUAL).count()
    reused = regular.filter(status=Comparison.Status.REUSED).count()
    notes = []
    if equal:
        notes.append(
            f"{counted(equal, 'comparison')} of two equal texts: ties by definition, shown to nobody, "
            "counted as rows of the raters who judged the others"
        )
    if reused:
        notes.append(
            f"{counted(reused, 'comparison')} judged in an earlier study, whose judgments count here"
        )
    return notes
