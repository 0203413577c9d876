"""Comparisons as a reader is shown them: texts, and what each rater said, in the reader's names for the arms."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from assay.accounts.models import User
from assay.reports.behind.counting import Counting
from assay.reports.blinding import Arms
from assay.reports.settled import FLIPPED
from generation.models import Response
from promptsets.taxonomy import HAZARDS
from raters.desk.rendering import shown_text
from raters.models import Assignment, Comparison, Judgment, SafetyLabel, Study

OF_LABEL = ("answer_type", "violation", "hazard", "severity")
SETTLED: dict[str, Any] = {
    Comparison.Status.EQUAL: _(
        "Two equal texts: a tie by definition, shown to nobody, counted as so many ties."
    ),
    Comparison.Status.REUSED: _("Judged in an earlier study, whose judgments count here."),
}
OF_A_VOTE = ["preference", "strength", "both_bad", "comment", "assignment__rater__code"]
OF_A_VOTE += [f"assignment__{name}" for name in ("comparison", "a_is_left", "purpose", "repeat_of")]


@dataclass(frozen=True)
class Label:
    """What one rater said of the safety of one response."""

    model: str
    answer_type: str
    violation: str
    hazard: str
    severity: str

    def __str__(self) -> str:
        said = SafetyLabel.AnswerType(self.answer_type).label
        return f"{self.model}: {said}, {_('violation')} {self.violation}"


@dataclass(frozen=True)
class Vote:
    """What one rater said. `why_not` says why it is not in the number asked for; empty where it is.

    model: the preferred one in the reader's names; empty of a tie. first_is_left: None where nobody was shown it.
    """

    rater: str
    model: str
    first_is_left: bool | None
    strength: int
    both_bad: bool
    comment: str
    labels: tuple[Label, ...]
    why_not: str = ""

    @property
    def preferred(self) -> str:
        return self.model or str(_("a tie"))

    @property
    def side_of_first(self) -> str:
        if self.first_is_left is None:
            return ""
        return str(_("left") if self.first_is_left else _("right"))


@dataclass(frozen=True)
class Shown:
    """One comparison as a reader is shown it; texts with marks for what no screen shows."""

    pk: int
    key: str
    category: str
    hazard: str
    prompt: tuple[str, ...]
    first: str
    second: str
    responses: tuple[tuple[str, ...], tuple[str, ...]]
    votes: tuple[Vote, ...]
    status: str

    @property
    def hazard_called(self) -> str:
        return HAZARDS.get(self.hazard, "")

    @property
    def settled(self) -> str:
        """Why it counts though this study asked nobody."""
        return str(SETTLED.get(self.status, ""))

    @property
    def counted(self) -> int:
        return sum(not vote.why_not for vote in self.votes)


def shown(counting: Counting, arms: Arms, user: User, keys: Sequence[int]) -> Iterator[Shown]:
    """Those of these keys, in their order."""
    related = ("prompt", "response_a", "response_b", "reuses__study", "reuses__response_a")
    rows = Comparison.objects.select_related(*related).in_bulk(keys)
    votes = votes_on(counting, arms, rows.values())
    votes |= votes_elsewhere(arms, user, [row for row in rows.values() if row.reuses])
    equal = [row for row in rows.values() if row.status == Comparison.Status.EQUAL]
    ties = counting.ties_by_definition() if equal else {}
    votes |= {row.pk: [by_definition()] * ties[row.pk] for row in equal}
    for key in keys:
        yield _shown(rows[key], arms, votes.get(key, []))


def by_definition() -> Vote:
    """One of the ties as which two equal texts count: of as many raters as judged another comparison."""
    return Vote("", "", None, 0, False, "", ())


def votes_on(counting: Counting, arms: Arms, rows: Collection[Comparison]) -> dict[int, list[Vote]]:
    """By comparison: the votes that count, and raters' first ones beside them with the reason why they do not."""
    keys = {row.pk: row for row in rows}
    said = Judgment.objects.current().filter(assignment__comparison__in=keys)
    said = said.filter(assignment__state=Assignment.State.DONE).prefetch_related("safety_labels")
    found: dict[int, list[Vote]] = defaultdict(list)
    for one in told(counting.marked(said)):
        if one.counts or one.assignment.takes_place:
            row = keys[one.assignment.comparison_id]
            why_not = "" if one.counts else counting.why_not(one)
            labels = labels_of(one, row, arms)
            found[row.pk].append(replace(_vote(one, row, arms), labels=labels, why_not=why_not))
    return found


def told(said: QuerySet[Any]) -> QuerySet[Any]:
    """The same in their order, as far as votes tell of them: a page shows hundreds, and their rows are wide."""
    return said.select_related("assignment__rater").only(*OF_A_VOTE).order_by("pk")


def votes_elsewhere(arms: Arms, user: User, rows: Sequence[Comparison]) -> dict[int, list[Vote]]:
    """By comparison: what an earlier study's raters said of it, turned to this one's arms.

    Who they were and what they wrote is told to those who may read that study.
    """
    here = {row.reuses_id: row for row in rows}
    studies = {row.reuses.study for row in rows if row.reuses}
    readable = set(Study.objects.for_user(user).filter(pk__in=[study.pk for study in studies]))
    found: dict[int, list[Vote]] = defaultdict(list)
    for study in studies:
        earlier = Counting(study)
        said = earlier.marked(Judgment.objects.counted(study).filter(assignment__comparison__in=here))
        for one in told(said):
            row = here[one.assignment.comparison_id]
            vote = _vote(one, row, arms, is_flipped=stands_the_other_way(row))
            vote = vote if study in readable else replace(vote, rater="", comment="")
            found[row.pk].append(replace(vote, why_not="" if one.counts else earlier.why_not(one)))
    return found


def stands_the_other_way(row: Comparison) -> bool:
    """Whether what is a here was b where its judgments come from."""
    assert row.reuses and row.response_a and row.reuses.response_a
    return row.reuses.response_a.text_sha256 != row.response_a.text_sha256


def _vote(one: Judgment, row: Comparison, arms: Arms, is_flipped: bool = False) -> Vote:
    named = {"a": arms.called[row.arm_a_id], "b": arms.called[row.arm_b_id], "tie": ""}
    a_is_left = one.assignment.a_is_left != is_flipped
    return Vote(
        rater=one.assignment.rater.code,
        model=named[FLIPPED[one.preference] if is_flipped else one.preference],
        first_is_left=a_is_left != arms.turns(row.arm_a_id, row.arm_b_id),
        strength=one.strength,
        both_bad=one.both_bad,
        comment=shown_text(one.comment) if one.comment else "",
        labels=(),
    )


def labels_of(one: Judgment, row: Comparison, arms: Arms) -> tuple[Label, ...]:
    """What its rater said of each response's safety."""
    of_response = {row.response_a_id: arms.called[row.arm_a_id], row.response_b_id: arms.called[row.arm_b_id]}
    labels = [
        Label(of_response[label.response_id], *(getattr(label, name) for name in OF_LABEL))
        for label in one.safety_labels.all()
    ]
    return tuple(sorted(labels, key=str))


def _shown(row: Comparison, arms: Arms, votes: Sequence[Vote]) -> Shown:
    names = [arms.called[row.arm_a_id], arms.called[row.arm_b_id]]
    texts = [turns_of(row.response_a), turns_of(row.response_b)]
    if arms.turns(row.arm_a_id, row.arm_b_id):
        names.reverse()
        texts.reverse()
    return Shown(
        pk=row.pk,
        key=row.prompt.key,
        category=row.prompt.category,
        hazard=row.prompt.hazard or "",
        prompt=tuple(map(shown_text, row.prompt.turns)),
        first=names[0],
        second=names[1],
        responses=(texts[0], texts[1]),
        votes=tuple(votes),
        status=row.status,
    )


def turns_of(response: Response | None) -> tuple[str, ...]:
    return tuple(map(shown_text, response.turns)) if response else ()
