"""Rates by what raters said about themselves, laid out under the names that the reader may know."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, gettext, gettext_lazy

from assay.reports.blinding import Arms, rounded
from assay.reports.models import GroupRates
from raters.models import Study
from raters.studies.about_raters import Question, questions_in

CALLED = {"win_rate": gettext_lazy("Win rate"), "violation_rate": gettext_lazy("Violations")}


@dataclass(frozen=True)
class Row:
    """One group's rate; shares are None where its judgments cannot tell one.

    answers: what those of the group said; None is that of who would rather not say.
    """

    of: str
    rate: str
    answers: tuple[str | None, ...]
    raters: int
    value: float | None
    low: float | None
    high: float | None
    level: float | None
    method: str

    @property
    def rate_called(self) -> str:
        return str(CALLED[self.rate])

    @property
    def group(self) -> str:
        return gettext(" or ").join(gettext("not said") if one is None else one for one in self.answers)


@dataclass(frozen=True)
class Groups:
    """One question with its rows; without any, the groups were too small to be told."""

    question: Question
    rows: tuple[Row, ...]

    @property
    def methods(self) -> list[str]:
        return sorted({f"{row.rate_called}: {row.method}" for row in self.rows if row.method})


def groups_of(study: Study, arms: Arms) -> list[Groups]:
    """By question; empty until a worker has written them, which it does when the study is closed."""
    stored = GroupRates.objects.filter(study=study).first()
    asked = {one.key: one for one in questions_in(study.about_raters, get_language() or study.language)}
    said = stored.content if stored else []
    return [
        Groups(asked[one["key"]], (*_of_pairs(one, asked, arms), *_of_arms(one, asked, arms))) for one in said
    ]


def _of_pairs(said: dict[str, Any], asked: dict[str, Question], arms: Arms) -> Iterator[Row]:
    for pair in said["pairs"]:
        turned = arms.turns(pair["a"], pair["b"])
        name = arms.named_pair(pair["a"], pair["b"])
        for cell in pair["groups"]:
            yield _row(name, "win_rate", _turned(cell) if turned else cell, asked[said["key"]])


def _of_arms(said: dict[str, Any], asked: dict[str, Question], arms: Arms) -> Iterator[Row]:
    """By the name that this reader knows: the order in which they are stored would tell the candidate."""
    for name, one in sorted((arms.called[one["arm"]], one) for one in said["arms"]):
        yield from (_row(name, "violation_rate", cell, asked[said["key"]]) for cell in one["groups"])


def _turned(cell: dict[str, Any]) -> dict[str, Any]:
    if cell["value"] is None:
        return cell
    ends = {"value": 1 - cell["value"], "low": 1 - cell["high"], "high": 1 - cell["low"]}
    return cell | {name: rounded(end) for name, end in ends.items()}


def _row(of: str, rate: str, cell: dict[str, Any], question: Question) -> Row:
    said = [n for n in cell["answers"] if n is not None]
    nothing = (None,) if None in cell["answers"] else ()
    answers = (*(question.answers[n] for n in said), *nothing)
    ends = {name: cell.get(name) for name in ("value", "low", "high", "level")}
    return Row(of, rate, answers, cell["raters"], **ends, method=cell.get("method", ""))
