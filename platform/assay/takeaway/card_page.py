"""The card as one HTML file that asks nobody for anything: styles inside, charts as SVG with tables beside them."""

import hashlib
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from analysis.charts import forest_plot, tie_bar
from analysis.forest_rows import ForestRow
from assay.takeaway.canonical import canonical
from assay.takeaway.source import Row

STYLES = ("assay/tokens.css", "assay/charts.css", "assay/card.css")
BESIDE = {
    "these_raters_only": "All, these raters only",
    "as_published": "All, as published",
    "without_exclusions": "All, nobody left out",
    "without_self_identification": "All, without responses that name their writer",
    "both_bad": "Both bad, of all",
}


def page_of(card: dict[str, Any]) -> str:
    """The page; equal cards give equal pages."""
    pairs = [laid_out(number, pair) for number, pair in enumerate(card["numbers"]["pairs"], start=1)]
    sha256 = hashlib.sha256(canonical(card) + b"\n").hexdigest()
    context = {"card": card, "pairs": pairs, "styles": styles(), "sha256": sha256}
    return render_to_string("takeaway/card.html", context)


def styles() -> SafeString:
    """Our own style sheets, whole: nothing in them comes from data."""
    paths = [Path(str(finders.find(name))) for name in STYLES]
    return mark_safe("\n".join(path.read_text() for path in paths))  # noqa: S308


def laid_out(number: int, pair: Row) -> Row:
    """A pair's numbers as rows of a table, and the same drawn."""
    if "win_rate" not in pair:
        return {"pair": pair}
    rows = [{"label": "All prompts", **pair["win_rate"]}]
    rows += [{"label": label, **pair[name]} for name, label in BESIDE.items() if pair[name]]
    parts = [{"label": label_of(row["category"]), **row} for row in pair["categories"]]
    return {
        "pair": pair,
        "rows": rows + parts,
        "forest": drawn_forest(number, pair, [rows[0], *parts]),
        "ties": drawn_ties(number, pair),
    }


def label_of(category: str) -> str:
    return category.replace("_", " ") or "no category"


def drawn_forest(number: int, pair: Row, rows: list[Row]) -> SafeString:
    lines = [
        ForestRow(
            row["label"],
            row["value"],
            row.get("low"),
            row.get("high"),
            row["prompts"] if row["value"] is None else row["n"],
        )
        for row in rows
    ]
    title = f"Win rate of {pair['first']} against {pair['second']}"
    described = "Each line is a win rate with its interval; the same numbers stand in the table below."
    # The chart module escapes every text it is given.
    return mark_safe(forest_plot(lines, id_prefix=f"pair{number}", title=title, description=described))  # noqa: S308


def drawn_ties(number: int, pair: Row) -> SafeString:
    rate = pair["win_rate"]
    title = f"Wins, ties and losses of {pair['first']}"
    described = "Judgments by outcome; the same counts stand in the table below."
    bar = tie_bar(
        rate["wins"],
        rate["ties"],
        rate["losses"],
        id_prefix=f"pair{number}-ties",
        title=title,
        description=described,
    )
    return mark_safe(bar)  # noqa: S308  as above
