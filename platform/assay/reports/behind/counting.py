"""Which judgments one number of a report is made of: what its link to the comparisons behind it says in the address."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from assay.reports.beside import choices
from assay.reports.judgments import FIELDS
from assay.reports.kept_quality import shown_figures
from assay.reports.settled import Row, of_comparison, reused_rows, ties_for
from assay.reports.stylometry import SHOWN, is_enough
from assay.reports.wording import WHOLE
from raters.models import Assignment, Comparison, Judgment, Study
from raters.studies.exclusions import left_out_by

HEADLINE, NOBODY_LEFT_OUT, AGAIN = "win_rate", "win_rate_nobody_left_out", "self_agreement"
NO_NAMES, DECIDED = "win_rate_no_self_identification", "win_rate_with_adjudication"
STYLE = "style_told_apart"
OTHER = (NOBODY_LEFT_OUT, NO_NAMES, DECIDED, AGAIN, STYLE)  # of other judgments than the headline, or of none
OF_TALLY = {
    "a": F("tally__left_wins") + F("tally__right_wins"),
    "b": F("tally__left_losses") + F("tally__right_losses"),
    "tie": F("tally__left_ties") + F("tally__right_ties"),
}
Status = Comparison.Status


def rules_leave_out(study: Study) -> dict[str, str]:
    """The code of each rater whom the study's rules leave out, with the rule; of a large study as a worker keeps it."""
    if not study.exclusion_rules:
        return {}
    return left_out_by(study.exclusion_rules, shown_figures(study).values())


def headline_of(study: Study) -> QuerySet[Judgment]:
    return Judgment.objects.counted(study).exclude(assignment__rater__code__in=rules_leave_out(study))


def offered(study: Study) -> list[tuple[str, str]]:
    """Numbers that are made of something else than the headline, as far as the study can have them."""
    has = {
        NOBODY_LEFT_OUT: bool(study.exclusion_rules),
        NO_NAMES: study.comparisons.filter(self_identified=True).exists(),
        DECIDED: study.adjudicates,
        AGAIN: bool(study.repeat_every),
        STYLE: is_enough(study),
    }
    return [(name, str(WHOLE[name])) for name in OTHER if has[name]]


@dataclass(frozen=True)
class Counting:
    """The judgments in the number of this name, and what counts in it without having been asked in this study."""

    study: Study
    name: str = HEADLINE

    @property
    def called(self) -> str:
        return str(WHOLE[self.name])

    @cached_property
    def left_out(self) -> dict[str, str]:
        return rules_leave_out(self.study)

    @cached_property
    def judgments(self) -> QuerySet[Judgment]:
        if self.name == AGAIN:
            done = Assignment.State.DONE
            again = Judgment.objects.current().filter(assignment__comparison__study=self.study)
            return again.filter(assignment__state=done, assignment__repeat_of__state=done)
        if self.name == STYLE:
            return Judgment.objects.none()
        left_out = self.left_out
        headline = Judgment.objects.counted(self.study).exclude(assignment__rater__code__in=left_out)
        if self.name == HEADLINE:
            return headline
        return dict(choices(self.study, headline)).get(self.name, headline)

    @property
    def is_all(self) -> bool:
        """Whether it is made of every judgment in the tallies, whose sums then say the same, and faster."""
        return self.name == NOBODY_LEFT_OUT or (self.name == HEADLINE and not self.left_out)

    def listed(self) -> Q:
        """Comparisons that count in it, without those that are settled."""
        return SHOWN if self.name == STYLE else self.judged()

    def judged(self) -> Q:
        """Comparisons of which a judgment counts."""
        if self.is_all:
            return Q(status=Status.OPEN, tally__counts=True) & ~Q(tally__votes=b"")
        return Q(Exists(self.judgments.filter(assignment__comparison=OuterRef("pk")).order_by()))

    def times(self, preference: str) -> Any:
        """How often it counts for a, for b, or as a tie, of each comparison that was judged."""
        if self.is_all:
            return OF_TALLY[preference]
        rows = self.judgments.filter(assignment__comparison=OuterRef("pk"), preference=preference)
        sums = rows.order_by().values("assignment__comparison").annotate(n=Count("pk"))
        return Coalesce(Subquery(sums.values("n")), 0)

    def marked(self, said: QuerySet[Judgment]) -> QuerySet[Any]:
        """These judgments, each with `counts`: whether it is in the number."""
        return said.annotate(counts=Exists(self.judgments.filter(pk=OuterRef("pk")).order_by()))

    def settled(self) -> Q:
        """Comparisons that count in it though this study asked nobody."""
        return Q(status__in=[] if self.name in (AGAIN, STYLE) else [Status.EQUAL, Status.REUSED])

    @cached_property
    def reused(self) -> list[Row]:
        """What earlier studies' judgments count here, in this study's own a and b."""
        return reused_rows(self.study, FIELDS, headline_of)

    def settled_ones(self) -> Iterator[tuple[Comparison, Counter[str]]]:
        """Each comparison that counts unasked, with how often a, b or neither was preferred in it."""
        said: dict[tuple[Any, ...], Counter[str]] = defaultdict(Counter)
        for one in self.reused:
            said[place_of(one)][one["preference"]] += 1
        for row in self.study.comparisons.regular().filter(self.settled()).select_related("prompt"):
            is_equal = row.status == Status.EQUAL
            yield row, Counter(tie=1) if is_equal else said[place_of(of_comparison(row))]

    def ties_by_definition(self) -> Counter[int]:
        """As how many ties each comparison of equal texts counts, by its key: of as many raters as judged another."""
        equal = self.study.comparisons.regular().filter(status=Status.EQUAL)
        rows = equal.select_related("prompt").order_by("prompt__key", "pk")
        places = [of_comparison(row) | {"comparison": row.pk} for row in rows]
        judged = [*self._first_judged(len(places)), *self.reused]
        return Counter(row["comparison"] for row in ties_for(places, judged))

    def _first_judged(self, prompts: int) -> list[Row]:
        """The judgments of each pair's first prompts: no tie by definition is shaped by later ones."""
        judged = self.study.comparisons.regular().filter(self.judged()).order_by()
        found: dict[tuple[int, int], list[tuple[str, int]]] = {}
        for a, b, prompt, pk in judged.values_list("arm_a", "arm_b", "prompt__key", "pk"):
            found.setdefault((a, b), []).append((prompt, pk))
        first = [pk for of_pair in found.values() for _prompt, pk in sorted(of_pair)[:prompts]]
        rows = self.judgments.filter(assignment__comparison__in=first).values_list(*FIELDS.values())
        return [dict(zip(FIELDS, values, strict=True)) for values in rows]

    def why_not(self, one: Judgment) -> str:
        """Why a judgment that stands beside those that count does not."""
        if rule := self.left_out.get(one.assignment.rater.code):
            return _("not counted: its rater is left out by the rule %(rule)s") % {"rule": rule}
        if self.name == DECIDED:
            return _("not counted: a senior rater decided")
        if self.name == STYLE:
            return _("not counted: the number is made of texts alone")
        return _("not counted in this number")


def place_of(row: Row) -> tuple[Any, ...]:
    return row["prompt_id"], row["candidate"], row["baseline"]
