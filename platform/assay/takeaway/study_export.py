"""A whole study as one JSONL file: all that an evaluation card's numbers rest on, each line with its own schema.

study/1, one line: what was asked, which checkpoints, the design.  rater/1: how far each came, whether they could tell.
comparison/1: what was laid out, shown, held, left out.  response/1, judgment/1: as in their own exports, byte by byte.
counted/1: rows that count without having been asked here, where there are any.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from assay.reports.beside import choices
from assay.reports.judgments import arm_names, columns_of, headline_judgments
from assay.takeaway import judgments, responses
from assay.takeaway.comparator import pairs_of
from assay.takeaway.source import Row, Source, pages
from assay.takeaway.study_record import study_row
from raters.models import Comparison, Rater
from raters.studies.unblinding import sources_of
from raters.way_in.probe import words_in, words_of

HEADLINE = "win_rate"
SHOWN_OR_LEFT = ("open", "held", "excluded")
WORDS = ("self_identified", "masked")


def study_rows(source: Source) -> Iterator[Row]:
    yield study_row(source)
    yield from chain(rater_rows(source), comparison_rows(source), responses.response_rows(source))
    yield from chain(judgments.judgment_rows(source), settled_rows(source))


def how_many(source: Source) -> int:
    enrolled, compared = source.study.enrolments.count(), source.study.comparisons.count()
    return 1 + enrolled + compared + responses.how_many(source) + judgments.how_many(source)


def rater_rows(source: Source) -> Iterator[Row]:
    """Who took part, and which models they named when asked at the end whether they could tell: while blinded as
    sources, by another lot than models.
    """
    arms = source.study.arms.select_related("run__checkpoint")
    guessed = sources_of(source.study) if source.study.is_blinded else source.names
    called = {guessed[arm.pk]: words_of(arm.run.checkpoint) for arm in arms}
    for page in pages(source.study.enrolments.all(), "rater"):
        for enrolment in page:
            survey = enrolment.exit_survey
            recognised = survey.get("recognised") == "yes"
            said = set(words_in(survey.get("source", ""))) if recognised else set()
            yield {
                "schema": "rater/1",
                "id": source.id_of("rater", enrolment.rater.code),
                "kind": enrolment.rater.kind,
                "status": enrolment.status,
                "step": enrolment.step,
                "surveyed": bool(survey),
                "recognised": recognised,
                "named": sorted(name for name, words in called.items() if words & said),
            }


def comparison_rows(source: Source) -> Iterator[Row]:
    for page in pages(source.study.comparisons.all(), "prompt"):
        yield from (comparison_row(source, one) for one in page)


def comparison_row(source: Source, comparison: Comparison) -> Row:
    a = (source.names[comparison.arm_a_id], comparison.response_a_id)
    b = (source.names[comparison.arm_b_id], comparison.response_b_id)
    first, second = (b, a) if source.b_first(comparison.arm_a_id, comparison.arm_b_id) else (a, b)
    return {
        "schema": "comparison/1",
        "id": source.id_of("comparison", comparison.pk),
        "prompt_id": comparison.prompt.key,
        "category": comparison.prompt.category,
        "kind": comparison.kind,
        "status": comparison.status,
        "status_reason": comparison.status_reason,
        "first": first[0],
        "second": second[0],
        "first_response_id": source.id_of.or_none("response", first[1]),
        "second_response_id": source.id_of.or_none("response", second[1]),
        **{name: getattr(comparison, name) for name in WORDS},
        "ratings_wanted": comparison.ratings_wanted,
    }


def settled_rows(source: Source) -> Iterator[Row]:
    """Rows of the analysed tables that are no judgment of this study, by the estimate that counts them."""
    if not source.study.comparisons.exclude(status__in=SHOWN_OR_LEFT).exists():
        return
    named = {name: source.names[arm] for arm, name in arm_names(source.study).items()}
    headline = headline_judgments(source.study)
    for name, counted in [(HEADLINE, headline), *choices(source.study, headline)]:
        columns = columns_of(source.study, counted)
        asked = counted.count()
        columns = {**columns, "rater_id": codes_of(columns["rater_id"])}
        for values in list(zip(*columns.values(), strict=True))[asked:]:
            yield settled_row(source, name, dict(zip(columns, values, strict=True)), named)


def codes_of(keys: Sequence[Any]) -> list[str]:
    """Raters by the code that all exports make names of; "nobody" of a tie by definition stays."""
    known = Rater.objects.filter(pk__in={int(key) for key in keys if key.isdecimal()})
    codes = {str(pk): code for pk, code in known.values_list("pk", "code")}
    return [codes.get(key, key) for key in keys]


def settled_row(source: Source, estimate: str, row: Row, named: dict[str, str]) -> Row:
    a, b = named[row["candidate"]], named[row["baseline"]]
    flipped = f"{b} against {a}" in dict(pairs_of(source))
    outcome = judgments.FLIPPED[row["outcome"]] if flipped else row["outcome"]
    side = {"left": "right", "right": "left"}[row["side"]] if flipped else row["side"]
    return {
        "schema": "counted/1",
        "of": estimate,
        "prompt_id": row["prompt_id"],
        "rater_id": source.id_of("rater", row["rater_id"]),
        "category": row["category"],
        "first": b if flipped else a,
        "second": a if flipped else b,
        "side": side,
        "outcome": outcome,
        "both_bad": row.get("both_bad"),
    }
