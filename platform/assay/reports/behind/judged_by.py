"""Comparisons behind what a language model says: those of which it gave a verdict in both orders, or a part of them."""

from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import product
from operator import or_
from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, When
from django.db.models.functions import Greatest
from django.db.models.lookups import GreaterThan
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assay.reports.behind.counting import Counting
from assay.reports.judges import said_by
from assay.reports.models import Estimate
from assay.reports.wording import asked_of
from raters.models import JudgeRun, Judgment, Study

ALIKE, DIFFER, BESIDE_PEOPLE, AGREED, DISAGREED = "alike", "differ", "beside_people", "agreed", "disagreed"
PARTS: dict[str, Any] = {
    "": "",
    ALIKE: gettext_lazy("the same verdict in both orders"),
    DIFFER: gettext_lazy("not the same verdict in both orders"),
    BESIDE_PEOPLE: gettext_lazy("what people judged, too"),
    AGREED: gettext_lazy("as most people say"),
    DISAGREED: gettext_lazy("not as most people say"),
}
MADE_OF = {"judge_win_rate": "", "judge_consistency": "", "judge_agreement": BESIDE_PEOPLE}
A, B, TIE = Judgment.Preference.A.value, Judgment.Preference.B.value, Judgment.Preference.TIE.value


def judges_of(study: Study) -> dict[str, str]:
    """What an address may ask for, with its name: all that a judge gave verdicts on, then parts of it."""
    judges = study.judge_runs.select_related("checkpoint")
    return {key_of(one.pk, part): called(one, part) for one, part in product(judges, PARTS)}


def key_of(judging: int | str, part: str = "") -> str:
    return f"{judging}-{part}" if part else str(judging)


def key_behind(estimate: Estimate) -> str:
    """What an address asks for to list the comparisons that a judge's number is made of."""
    return key_of(asked_of(estimate), MADE_OF[estimate.name])


def called(judging: JudgeRun, part: str) -> str:
    named = {"name": judging.checkpoint.name, "day": f"{judging.created_at:%Y-%m-%d}"}
    judge = _("language model %(name)s, asked on %(day)s") % named
    return f"{judge}: {PARTS[part]}" if part else judge


@dataclass(frozen=True)
class JudgedBy(Counting):
    """A judge's verdicts, of which two that differ are a tie, as in its numbers.

    name: of the number whose people it is held against.
    """

    key: str = ""  # as `judges_of` offers it

    @cached_property
    def judging(self) -> JudgeRun:
        return self.study.judge_runs.select_related("checkpoint").get(pk=self.key.partition("-")[0])

    @property
    def part(self) -> str:
        return self.key.partition("-")[2]

    @property
    def called(self) -> str:
        return called(self.judging, self.part)

    @cached_property
    def judgments(self) -> QuerySet[Judgment]:
        return said_by(self.judging)

    @property
    def is_all(self) -> bool:
        return False

    def listed(self) -> Q:
        """Comparisons with a verdict in both orders, as far as they are of the part asked for."""
        alike = self.both_say(A) | self.both_say(B) | self.both_say(TIE)
        parts = {ALIKE: alike, DIFFER: ~alike}
        if self.part in (BESIDE_PEOPLE, AGREED, DISAGREED):
            people = Counting(self.study, self.name)
            agreed = self.as_most_of(people)
            parts = {BESIDE_PEOPLE: Q(), AGREED: agreed, DISAGREED: ~agreed}
            parts = {name: people.judged() & part for name, part in parts.items()}
        return self.both_say(*Judgment.Preference.values) & parts.get(self.part, Q())

    def times(self, preference: str) -> Any:
        """Once for its verdict, of each comparison that has one in both orders."""
        return Case(When(self.verdict_is(preference), then=1), default=0)

    def verdict_is(self, preference: str) -> Q:
        return ~self.both_say(A) & ~self.both_say(B) if preference == TIE else self.both_say(preference)

    def both_say(self, *preferences: str) -> Q:
        """Comparisons of which the verdict is one of these in either order."""
        own = self.judgments.filter(assignment__comparison=OuterRef("pk"), preference__in=preferences)
        first, second = (own.filter(assignment__a_is_left=order).order_by() for order in (True, False))
        return Q(Exists(first)) & Q(Exists(second))

    def as_most_of(self, people: Counting) -> Q:
        """Comparisons of which it says what most of these people say; a tie where they are split."""
        a, b, tie = map(people.times, (A, B, TIE))
        most = {A: Q(GreaterThan(a, Greatest(b, tie))), B: Q(GreaterThan(b, Greatest(a, tie)))}
        most[TIE] = ~most[A] & ~most[B]
        return reduce(or_, (self.verdict_is(said) & of_people for said, of_people in most.items()))

    def settled(self) -> Q:
        """None: a judge is asked of nothing that is settled."""
        return Q(pk__in=[])

    def why_not(self, one: Judgment) -> str:
        return _("not counted: this is what a language model says")
