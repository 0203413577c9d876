"""What can be exported: each kind with its formats and filters, how many rows it has, and who writes it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assay.takeaway import comparator, judgments, preferences, report_export, responses, safety_labels
from assay.takeaway import study_export as whole
from assay.takeaway.formats import write, write_pieces
from assay.takeaway.source import Row, Source

LINES = ("jsonl", "jsonl.gz")
TABLES = (*LINES, "csv", "csv.gz", "parquet")
Step = Callable[[], None]


@dataclass(frozen=True)
class Kind:
    """`rows` or `pieces` make its content; a card has neither and is made of a whole study's."""

    title: str | Promise
    formats: tuple[str, ...]
    how_many: Callable[[Source], int]
    rows: Callable[[Source], Iterator[Row]] | None = None
    pieces: Callable[[Source], Iterator[str]] | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    filters: tuple[str, ...] = ()


KINDS = {
    "judgments": Kind(
        _("Judgments"),
        TABLES,
        judgments.how_many,
        rows=judgments.judgment_rows,
        columns=judgments.COLUMNS,
        filters=("counted", "category"),
    ),
    "responses": Kind(
        _("Responses"),
        TABLES,
        responses.how_many,
        rows=responses.response_rows,
        columns=responses.COLUMNS,
        filters=("category",),
    ),
    "preferences": Kind(
        _("Preference pairs (chosen, rejected)"),
        (*LINES, "parquet"),
        preferences.how_many,
        rows=preferences.preference_rows,
        columns=preferences.COLUMNS,
        filters=("rule", "category"),
    ),
    "comparator": Kind(
        _("LLM Comparator"),
        ("json", "json.gz"),
        comparator.how_many,
        pieces=comparator.comparator_pieces,
        filters=("pair", "category"),
    ),
    "safety": Kind(
        _("Safety labels"),
        TABLES,
        safety_labels.how_many,
        rows=safety_labels.label_rows,
        columns=safety_labels.COLUMNS,
        filters=("counted", "category"),
    ),
    "reports": Kind(
        _("Reports"), ("json", "json.gz"), report_export.how_many, pieces=report_export.report_pieces
    ),
    "study": Kind(_("The whole study, as a card rests on it"), LINES, whole.how_many, rows=whole.study_rows),
    "card": Kind(_("Evaluation card"), ("json", "html"), whole.how_many),
}


def checked(kind: str, format_: str, filters: Mapping[str, Any]) -> dict[str, Any]:
    """The filters in the form in which they are kept. Raises: ValueError, saying what would be right."""
    if kind not in KINDS:
        raise ValueError(f"kind: {kind!r} is not one of {', '.join(KINDS)}")
    known = KINDS[kind]
    if format_ not in known.formats:
        raise ValueError(f"format: {kind} go out as {', '.join(known.formats)}, not as {format_!r}")
    if unknown := sorted(set(filters) - set(known.filters)):
        allowed = ", ".join(known.filters) or "none"
        raise ValueError(f"filters: {unknown[0]!r} is none of those of {kind}: {allowed}")
    if not isinstance(filters.get("counted", False), bool):
        raise ValueError(f"filters: counted is true or false, not {filters['counted']!r}")
    if (rule := filters.get("rule", preferences.RULES[0])) not in preferences.RULES:
        raise ValueError(f"filters: rule is one of {', '.join(preferences.RULES)}, not {rule!r}")
    for name in ("category", "pair"):
        if not isinstance(filters.get(name, ""), str):
            raise ValueError(f"filters: {name} is a text, not {filters[name]!r}")
    return dict(filters)


def write_kind(out: BinaryIO, kind: str, format_: str, source: Source, step: Step = lambda: None) -> None:
    """Writes one whole export into `out`; `step` is called after each row and may raise to end it."""
    known = KINDS[kind]
    if known.rows:
        write(out, format_, told(known.rows(source), step), known.columns)
    elif known.pieces:
        write_pieces(out, format_, (piece.encode() for piece in told(known.pieces(source), step)))
    else:
        from assay.takeaway.making_cards import write_card

        write_card(out, format_, source, step)


def told(rows: Iterator[Any], step: Step) -> Iterator[Any]:
    for row in rows:
        yield row
        step()
