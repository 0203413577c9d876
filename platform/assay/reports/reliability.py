"""How far a headline can be trusted: agreement of raters, what the side did, and an interval for every look."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from assay.reports.models import Estimate

if TYPE_CHECKING:
    from analysis.tables import JudgmentTable

RELIABILITY = ("agreement", "position_bias", "win_rate_anytime")


def reliability(row: Estimate, judged: "JudgmentTable", planned: int) -> Iterator[Estimate]:
    """Of one pair; what these judgments cannot tell (nobody judged twice, one side alone) is left out.

    planned: prompts of the whole study, fixed when its design was locked.
    """
    from analysis.reading import TableError

    for estimate in (agreement_of, position_of):
        try:
            yield estimate(row, judged)
        except TableError:
            continue
    yield at_every_look(row, judged, max(planned, 2))


def agreement_of(row: Estimate, judged: "JudgmentTable") -> Estimate:
    from analysis.agreement import agreement

    found = agreement(judged)
    alpha = found.alpha_nominal
    ends = {name: getattr(alpha, name) for name in ("value", "low", "high")}
    detail: dict[str, object] = {
        "percent_agreement": found.percent_agreement,
        "ac1": found.ac1.value,
        "prompts": found.units,
    }
    if None in ends.values():
        ends = dict.fromkeys(ends)
        detail["why_none"] = "all verdicts are alike: chance-corrected agreement is not defined"
    return row.sibling(
        name="agreement", **ends, n=found.n, method=f"Krippendorff's alpha, {alpha.method}", detail=detail
    )


def position_of(row: Estimate, judged: "JudgmentTable") -> Estimate:
    from analysis.position import position_bias

    found = position_bias(judged)
    ends = {name: getattr(found.bias, name) for name in ("value", "low", "high")}
    detail = {"left": found.left.value, "right": found.right.value, "prompts": found.prompts}
    return row.sibling(name="position_bias", **ends, n=found.n, method=found.bias.method, detail=detail)


def at_every_look(row: Estimate, judged: "JudgmentTable", planned: int) -> Estimate:
    from analysis.sequential import confidence_sequence

    found = confidence_sequence(judged, planned=planned)
    ends = {name: getattr(found, name) for name in ("value", "low", "high")}
    detail: dict[str, object] = {"stopped_at": found.stopped_at, "planned": planned, "prompts": found.prompts}
    detail |= {"order": found.order, "notes_beside": list(found.notes)}
    return row.sibling(name="win_rate_anytime", **ends, n=found.n, method=found.method, detail=detail)
