"""What language models said of a study, laid out beside what people said and never among it."""

from dataclasses import dataclass

from assay.dashboards.results.rows import Compared, Row, address
from assay.reports.behind.asking import OUTCOMES
from assay.reports.behind.judged_by import AGREED, ALIKE, DIFFER, DISAGREED, PARTS, judges_of, key_behind
from assay.reports.blinding import Arms
from assay.reports.models import Estimate
from assay.reports.wording import SLICE, asked_of, label, reading_order
from raters.models import Study

DIVIDED = {"judge_consistency": (ALIKE, DIFFER), "judge_agreement": (AGREED, DISAGREED)}


@dataclass(frozen=True)
class Part:
    """Some of the comparisons behind a number."""

    name: str
    behind: str


@dataclass(frozen=True)
class JudgeRow(Row):
    """A number of one judge, with the parts into which its comparisons fall."""

    parts: tuple[Part, ...] = ()


def judged_by_models(
    estimates: list[Estimate], study: Study, arms: Arms, pairs: Compared
) -> tuple[JudgeRow, ...]:
    found = [estimate for estimate in estimates if estimate.slice.startswith(SLICE)]
    found.sort(key=lambda row: (row.slice, reading_order(row)))
    known = judges_of(study) if found else {}
    return tuple(
        row_of(one, address(study, arms, pairs.get(frozenset((one.candidate, one.baseline)))), known)
        for one in found
    )


def row_of(estimate: Estimate, of_pair: str, known: dict[str, str]) -> JudgeRow:
    """of_pair: the address of the pair's comparisons. known: what may be asked of the study's judges."""
    key = key_behind(estimate)
    if not of_pair or key not in known:
        return JudgeRow(label(estimate), estimate)
    behind = f"{of_pair}&judged_by={key}"
    if estimate.name in DIVIDED:
        judge = f"{of_pair}&judged_by={asked_of(estimate)}"
        parts = [Part(str(PARTS[part]), f"{judge}-{part}") for part in DIVIDED[estimate.name]]
    else:
        parts = [Part(str(name), f"{behind}&outcome={outcome}") for outcome, name in OUTCOMES.items()]
    return JudgeRow(label(estimate), estimate, behind, tuple(parts))
