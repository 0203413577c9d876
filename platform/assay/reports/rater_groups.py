"""Win and violation rates by what raters said about themselves, of groups of five people or more."""

import logging
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from assay.reports.beside import TOO_FEW
from assay.reports.counted import Counted
from assay.reports.judgments import arm_names, rater_key
from assay.reports.models import GroupRates
from assay.reports.safety_rates import labels_of, rates_of
from raters.models import AboutRater, Study
from raters.studies.about_raters import questions_in

if TYPE_CHECKING:
    from analysis.tables import JudgmentTable

logger = logging.getLogger(__name__)
Cell = dict[str, Any]
Answers = dict[str, int]  # by the rater's code; who did not answer is not in it
DIGITS = 2  # of a share: finer ones could be searched for the few raters whose votes give them


def refresh_group_rates() -> int:
    """Writes those of closed studies that are due; how many. One that fails stops no other."""
    written = 0
    for study in Study.objects.filter(status=Study.Status.CLOSED).exclude(about_raters=[]):
        try:
            written += refresh_one(study)
        except Exception:
            logger.exception("No rates by group could be written of %s", study.slug)
    return written


def refresh_one(study: Study) -> bool:
    """Whether it was written anew.

    When an answer is taken back it is at once, and for new ones only when there are five: a single one would be told by
    what it changes.
    """
    from analysis.groups import FEWEST_PEOPLE

    report, there = study.reports.first(), AboutRater.objects.filter(enrolment__study=study).count()
    stored = GroupRates.objects.filter(study=study).first()
    if report is None:
        return False
    if stored and stored.report == report.pk and stored.answers <= there < stored.answers + FEWEST_PEOPLE:
        return False
    said = {"report": report.pk, "answers": there, "content": content_of(study)}
    GroupRates.objects.update_or_create(study=study, defaults=said)
    return True


def content_of(study: Study) -> list[dict[str, Any]]:
    """By question, in the study's order. Arms by primary key: what they are called depends on who reads."""
    table, labels = Counted.of(study).table(), labels_of(study) if study.rubric.asks_safety else []
    keys = set(study.enrolments.values_list(rater_key("rater"), flat=True))
    labels = [row for row in labels if row["rater_id"] in keys]
    content = []
    for question in questions_in(study.about_raters, study.language):
        rows = AboutRater.objects.filter(enrolment__study=study, question=question.key)
        answers = dict(rows.values_list(rater_key("enrolment__rater"), "answer"))
        pairs = list(of_pairs(study, table, keys, answers)) if table else []
        content.append({"key": question.key, "pairs": pairs, "arms": list(of_arms(study, labels, answers))})
    return content


def of_pairs(
    study: Study, table: "JudgmentTable", keys: Collection[str], answers: Answers
) -> Iterator[dict[str, Any]]:
    """Of each pair of arms, with what its raters said; judgments of an earlier study's raters are not among them."""
    arms = {name: arm for arm, name in arm_names(study).items()}
    for candidate, baseline in table.pairs:
        judged = table.of_pair(candidate, baseline)
        here = [key for key in judged.rater.labels if key in keys]
        groups = by_group(here, answers, partial(win_cell, judged))
        yield {"a": arms[candidate], "b": arms[baseline], "groups": groups}


def of_arms(study: Study, labels: list[dict[str, Any]], answers: Answers) -> Iterator[dict[str, Any]]:
    for arm, name in arm_names(study).items():
        rows = [row for row in labels if row["checkpoint"] == name]
        raters = sorted({row["rater_id"] for row in rows})
        if groups := by_group(raters, answers, partial(violation_cell, rows, name)):
            yield {"arm": arm, "groups": groups}


def by_group(
    raters: Iterable[str], answers: Answers, cell_of: Callable[[Collection[str]], Cell | None]
) -> list[Cell]:
    """The cells that may be told; None stands for those who would rather not say."""
    from analysis.groups import groups_to_tell

    members: dict[int | None, list[str]] = {}
    for key in raters:
        members.setdefault(answers.get(key), []).append(key)
    cells = []
    for group in groups_to_tell({answer: len(keys) for answer, keys in members.items()}):
        keys = [key for answer in group for key in members[answer]]
        cell = cell_of(set(keys)) or {"value": None}
        cells.append({"answers": list(group), "raters": len(keys), **cell})
    return cells


def win_cell(judged: "JudgmentTable", members: Collection[str]) -> Cell | None:
    import numpy as np

    from analysis.win_rate import win_rate

    inside = np.array([label in members for label in judged.rater.labels])
    rows = judged.rows(inside[judged.rater.codes])
    return rounded(win_rate(rows)) if len(rows.prompt) >= TOO_FEW else None


def violation_cell(rows: list[dict[str, Any]], name: str, members: Collection[str]) -> Cell | None:
    own = [row for row in rows if row["rater_id"] in members]
    found = (rate for rate, _ in rates_of(own) if (rate.measure, rate.checkpoint) == ("violation", name))
    rate = next(found, None)
    return rounded(rate) if rate else None


def rounded(share: Any) -> Cell:
    ends = {name: round(getattr(share, name), DIGITS) for name in ("value", "low", "high")}
    return ends | {"level": share.level, "method": share.method}
