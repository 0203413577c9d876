"""What a leaderboard says: ranks of all that are linked by comparisons, and the win rate of every pair that met."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from assay.reports.arms import pair_key
from assay.reports.beside import TOO_FEW
from assay.reports.boards.gathering import Entry, Gathered, called, gather, whole
from assay.reports.boards.scopes import Scope
from assay.reports.judgments import arm_names
from raters.models import Study

if TYPE_CHECKING:
    from analysis.leaderboard import Standing
    from analysis.tables import JudgmentTable

FEWEST_RANKED = 3
OF_BOARD = ("level", "method", "n", "prompts", "raters")
OF_STANDING = ("rank", "best_rank", "worst_rank", "tied_with", "wins", "ties", "losses", "held")
OF_PAIR = ("value", "low", "high", "level", "n", "prompts", "raters", "wins", "ties", "losses")


def content_of(scope: Scope) -> dict[str, Any]:
    """As stored, plain data. The heavy libraries are loaded here, where only workers pay."""
    from analysis.tables import TableError

    gathered = gather(scope.studies)
    try:
        table = whole(scope.studies, gathered)
    except TableError as error:
        return {"groups": [], "pairs": [], "checkpoints": {}, "notes": [str(error)], "judgments_sha256": ""}
    met = sources(scope.studies, gathered)
    return {
        "groups": [group(table, names) for names in linked(table)],
        "pairs": [pair(table, *names, met[names]) for names in table.pairs],
        "checkpoints": {entry.name: entry.checkpoint for entry in gathered.entries.values()},
        "notes": list(table.notes),
        "judgments_sha256": table.digest,
    }


def linked(table: "JudgmentTable") -> list[tuple[str, ...]]:
    """The names that comparisons link with each other, largest group first: beyond a group there is no common scale."""
    groups: list[set[str]] = []
    for pair_met in table.pairs:
        joined = [one for one in groups if one & set(pair_met)]
        groups = [one for one in groups if one not in joined]
        groups.append(set(pair_met).union(*joined))
    return sorted((tuple(sorted(one)) for one in groups), key=lambda names: (-len(names), names))


def group(table: "JudgmentTable", names: tuple[str, ...]) -> dict[str, Any]:
    """The ranks of one group; where there are none, `why_none` says why."""
    from analysis.leaderboard import leaderboard
    from analysis.tables import TableError

    if len(names) < FEWEST_RANKED:
        return {"names": names, "standings": [], "why_none": "Two checkpoints: their win rate says it all."}
    try:
        board = leaderboard(of_names(table, names))
    except TableError as error:
        return {"names": names, "standings": [], "why_none": str(error)}
    said = {name: getattr(board, name) for name in OF_BOARD}
    standings = [standing(one) for one in board.standings]
    return {"names": names, "standings": standings, "why_none": "", "notes": list(board.notes), **said}


def of_names(table: "JudgmentTable", names: tuple[str, ...]) -> "JudgmentTable":
    import numpy as np

    assert table.candidate is not None  # a pair lies in one group, so one of its two names is enough
    inside = np.array([label in names for label in table.candidate.labels])
    return table.rows(inside[table.candidate.codes])


def standing(one: "Standing") -> dict[str, Any]:
    said = {name: getattr(one, name) for name in OF_STANDING}
    ends = {"value": one.elo, "low": one.elo_low, "high": one.elo_high}
    return {"checkpoint": one.checkpoint, "elo": ends, **said}


def pair(table: "JudgmentTable", first: str, second: str, met: list[dict[str, Any]]) -> dict[str, Any]:
    """The first's win rate against the second, with the studies behind it."""
    from analysis.win_rate import win_rate

    judged = table.of_pair(first, second)
    named = {"first": first, "second": second, "studies": met}
    if len(judged.prompt) < TOO_FEW:
        return named | {
            "value": None,
            "n": len(judged),
            "prompts": len(judged.prompt),
            "method": "counts only",
        }
    rate = win_rate(judged)
    said = {name: getattr(rate, name) for name in OF_PAIR}
    return named | said | {"method": f"{rate.method}, {rate.weighting}-weighted", "notes": list(rate.notes)}


def sources(studies: tuple[Study, ...], gathered: Gathered) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """For each pair of entries, in the order of their names, the studies that compared them, and by which arms."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for study in studies:
        if study.pk in gathered.tables:
            for names, source in of_study(study, gathered.tables[study.pk], gathered.entries):
                found.setdefault(names, []).append(source)
    return found


def of_study(
    study: Study, table: "JudgmentTable", entries: dict[int, Entry]
) -> Iterator[tuple[tuple[str, str], dict[str, Any]]]:
    arms = {name: arm for arm, name in arm_names(study).items()}
    entry = called(study, entries)
    for candidate, baseline in table.pairs:
        first, second = sorted((entry[candidate], entry[baseline]))
        judged = table.of_pair(candidate, baseline)
        source = {"study": study.pk, "slug": study.slug, "title": study.title, "n": len(judged)}
        yield (first, second), source | {"pair": pair_key(arms[candidate], arms[baseline])}
