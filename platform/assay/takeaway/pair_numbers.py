"""The numbers of one pair of models: win rates with their intervals, ties, agreement, position; all by `analysis`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assay.reports.beside import TOO_FEW
from assay.takeaway.source import Row

if TYPE_CHECKING:
    from analysis.tables import JudgmentTable

DIGITS = 12  # significant ones: what two machines that add in other orders still agree on
COUNTS = ("n", "prompts", "raters", "wins", "ties", "losses")


def pair_numbers(
    pair: tuple[str, str], counted: list[Row], everybody: list[Row], unnamed: list[Row], *, both_bad: bool
) -> Row:
    """counted: the headline's rows; everybody: with those whom rules leave out; unnamed: without responses that
    say who wrote them."""
    row: Row = {"first": pair[0], "second": pair[1]}
    if prompts_in(counted) < TOO_FEW:
        return row | {
            "judgments": len(counted),
            "why_none": "fewer than two prompts: no interval, so no number",
        }
    table = table_of(counted, both_bad=both_bad)
    return row | {
        "judgments_sha256": table.digest,
        **headline_numbers(table),
        "without_exclusions": beside(everybody, counted, both_bad=both_bad),
        "without_self_identification": beside(unnamed, counted, both_bad=both_bad),
        "categories": category_numbers(table),
        "agreement": agreement_numbers(table),
        "position": position_numbers(table),
    }


def table_of(rows: Sequence[Row], *, both_bad: bool) -> "JudgmentTable":
    from analysis.tables import read_judgments

    columns: dict[str, Sequence[object]] = {
        name: [row[name] for row in rows] for name in ("prompt_id", "rater_id")
    }
    extra = {
        "category": "category",
        "candidate": "first",
        "baseline": "second",
        "outcome": "outcome",
        "side": "side",
    }
    extra |= {"both_bad": "both_bad"} if both_bad else {}
    columns |= {ours: [row["extra"][theirs] for row in rows] for ours, theirs in extra.items()}
    return read_judgments(columns)


def headline_numbers(table: "JudgmentTable") -> Row:
    from analysis.win_rate import win_rate
    from assay.reports.refresh import both_bad_as_wins

    rate = win_rate(table)
    both = None if table.both_bad is None else win_rate(both_bad_as_wins(table))
    ties = {"ties": rate.ties, "decisive_win_rate": rate.decisive_win_rate, "net_win_rate": rate.net_win_rate}
    return {
        "win_rate": share(rate) | counts(rate) | {"notes": list(rate.notes), "p_value": rate.p_value},
        "these_raters_only": share(rate.prompt_only) | counts(rate),
        "as_published": share(rate.paper) | counts(rate),
        "both_bad": both and share(both) | {"n": rate.n, "both_bad": rate.both_bad},
        "ties": ties,
    }


def beside(rows: list[Row], counted: list[Row], *, both_bad: bool) -> Row | None:
    """The win rate under another choice of what counts; None where the choice changes nothing."""
    from analysis.win_rate import win_rate

    if len(rows) == len(counted) or prompts_in(rows) < TOO_FEW:
        return None
    rate = win_rate(table_of(rows, both_bad=both_bad))
    return share(rate) | counts(rate)


def category_numbers(table: "JudgmentTable") -> list[Row]:
    from analysis.slices import win_rates_by_category

    return [
        {
            "category": part.label,
            **counts(part),
            **(share(part.win_rate) if part.win_rate else {"value": None}),
        }
        for part in win_rates_by_category(table)
    ]


def agreement_numbers(table: "JudgmentTable") -> Row | None:
    """None where no prompt was judged twice."""
    from analysis.agreement import agreement
    from analysis.tables import TableError

    try:
        found = agreement(table)
    except TableError:
        return None
    coefficients = {name: getattr(found, name) for name in ("alpha_nominal", "alpha_interval", "ac1")}
    ends = ("value", "low", "high", "level", "method")
    return {
        **{name: {end: getattr(one, end) for end in ends} for name, one in coefficients.items()},
        **{name: getattr(found, name) for name in ("percent_agreement", "units", "n", "draws", "seed")},
    }


def position_numbers(table: "JudgmentTable") -> Row | None:
    """None where the sides do not let it be told."""
    from analysis.position import position_bias
    from analysis.tables import TableError

    try:
        found = position_bias(table)
    except TableError:
        return None
    bias = {name: getattr(found.bias, name) for name in ("value", "low", "high", "level", "method")}
    return {"bias": bias, "left_share": found.left_share, "n": found.n}


def share(rate: Any) -> Row:
    """A number with its interval and how it was made."""
    named = f"{rate.method}, {rate.weighting}-weighted"
    return {"value": rate.value, "low": rate.low, "high": rate.high, "level": rate.level, "method": named}


def counts(of: Any) -> Row:
    return {name: getattr(of, name) for name in COUNTS}


def prompts_in(rows: Sequence[Row]) -> int:
    return len({row["prompt_id"] for row in rows})


def rounded(value: Any) -> Any:
    """The same with every fraction at so many significant digits."""
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, dict):
        return {name: rounded(part) for name, part in value.items()}
    return [rounded(part) for part in value] if isinstance(value, list) else value
