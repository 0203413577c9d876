"""The comparisons behind a study's numbers: filters from the address, pages by position, each with all its votes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from assay.dashboards.prompts.browsing import ANY, FilterForm
from assay.reports.arms import pair_key
from assay.reports.blinding import Arms
from assay.reports.models import ComparisonTally
from generation.models import Response
from promptsets.fitting import FILTERS, fitting
from raters.desk.rendering import shown_text
from raters.models import Assignment, Comparison, Judgment, Study

PAGE = 10
WINS = F("left_wins") + F("right_wins")
LOSSES = F("left_losses") + F("right_losses")
SPLIT = Q(won__gt=0, lost__gt=0)
OUTCOMES = {"first": _("the first is preferred"), "even": _("even"), "second": _("the second is preferred")}


class ComparisonFilter(FilterForm):
    """What the address may ask for: of the prompt, and of what raters said."""

    pair = forms.ChoiceField(label=_("Pair"), required=False)
    outcome = forms.ChoiceField(label=_("Outcome"), required=False, choices=[ANY, *OUTCOMES.items()])
    votes = forms.ChoiceField(
        label=_("Raters"),
        required=False,
        choices=[ANY, ("split", _("disagree on the better one")), ("alike", _("do not"))],
    )
    rater = forms.CharField(label=_("Judged by (code)"), required=False, max_length=16)

    def __init__(self, study: Study, arms: Arms, data: Any) -> None:
        super().__init__(study.prompt_set_version, data)
        pairs = study.comparisons.order_by("arm_a", "arm_b").values_list("arm_a", "arm_b").distinct()
        self.pairs = {pair_key(a, b): (a, b) for a, b in pairs}
        named = [(key, named_pair(arms, *pair)) for key, pair in self.pairs.items()]
        self.fields["pair"].choices = [ANY, *named]  # type: ignore[attr-defined]


def named_pair(arms: Arms, a: int, b: int) -> str:
    first, second = arms.pair(a, b)
    return f"{arms.called[first]} – {arms.called[second]}"


def fitting_tallies(study: Study, arms: Arms, form: ComparisonFilter) -> QuerySet[ComparisonTally]:
    """Of comparisons that count, in their order."""
    asked = form.asked()
    found = ComparisonTally.objects.filter(study=study, counts=True).exclude(votes=b"")
    found = found.alias(won=WINS, lost=LOSSES) if {"outcome", "votes"} & set(asked) else found
    of_prompt = {name: value for name, value in asked.items() if name in FILTERS}
    if of_prompt:
        prompts = fitting(study.prompt_set_version.prompts.all(), of_prompt)
        found = found.filter(comparison__prompt__in=prompts.values("pk"))
    if "pair" in asked:
        a, b = form.pairs[asked["pair"]]
        found = found.filter(comparison__arm_a=a, comparison__arm_b=b)
    if "outcome" in asked:
        found = found.filter(with_outcome(asked["outcome"], arms, form.pairs.values()))
    if "votes" in asked:
        found = found.filter(SPLIT if asked["votes"] == "split" else ~SPLIT)
    if "rater" in asked:
        judged = Assignment.objects.filter(rater__code__iexact=asked["rater"], state=Assignment.State.DONE)
        found = found.filter(comparison__in=judged.filter(comparison__study=study).values("comparison"))
    return found.order_by("comparison").only("comparison")


def with_outcome(outcome: str, arms: Arms, pairs: Any) -> Q:
    """First and second as the reader meets them, which is not always a and b."""
    if outcome == "even":
        return Q(won=F("lost"))
    fits = Q()
    for a, b in pairs:
        a_leads = (outcome == "first") != arms.turns(a, b)
        more = Q(won__gt=F("lost")) if a_leads else Q(lost__gt=F("won"))
        fits |= Q(comparison__arm_a=a, comparison__arm_b=b) & more
    return fits


@dataclass(frozen=True)
class Vote:
    """What one rater said, in the reader's names for the arms."""

    rater: str
    preferred: str
    side_of_first: str
    strength: int
    both_bad: bool
    comment: str
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Shown:
    """One comparison as the page shows it; texts with marks for what no screen shows."""

    pk: int
    key: str
    category: str
    hazard: str
    prompt: tuple[str, ...]
    first: str
    second: str
    responses: tuple[tuple[str, ...], tuple[str, ...]]
    votes: tuple[Vote, ...]


def shown(study: Study, arms: Arms, tallies: list[ComparisonTally]) -> Iterator[Shown]:
    """Those of the tallies, in their order."""
    keys = [tally.comparison_id for tally in tallies]
    rows = Comparison.objects.select_related("prompt", "response_a", "response_b").in_bulk(keys)
    votes: dict[int, list[Judgment]] = {key: [] for key in keys}
    said = Judgment.objects.counted(study).filter(assignment__comparison__in=keys)
    for one in said.select_related("assignment__rater").prefetch_related("safety_labels").order_by("pk"):
        votes[one.assignment.comparison_id].append(one)
    for key in keys:
        yield _shown(rows[key], arms, votes[key])


def _shown(row: Comparison, arms: Arms, votes: list[Judgment]) -> Shown:
    turned = arms.turns(row.arm_a_id, row.arm_b_id)
    names, texts = (
        [arms.called[row.arm_a_id], arms.called[row.arm_b_id]],
        [turns_of(row.response_a), turns_of(row.response_b)],
    )
    if turned:
        names.reverse()
        texts.reverse()
    return Shown(
        pk=row.pk,
        key=row.prompt.key,
        category=row.prompt.category,
        hazard=str(row.prompt.get_hazard_display() or ""),
        prompt=tuple(map(shown_text, row.prompt.turns)),
        first=names[0],
        second=names[1],
        responses=(texts[0], texts[1]),
        votes=tuple(_vote(one, row, arms, turned) for one in votes),
    )


def turns_of(response: Response | None) -> tuple[str, ...]:
    return tuple(map(shown_text, response.turns)) if response else ()


def _vote(one: Judgment, row: Comparison, arms: Arms, turned: bool) -> Vote:
    named = {"a": arms.called[row.arm_a_id], "b": arms.called[row.arm_b_id], "tie": str(_("a tie"))}
    of_response = {row.response_a_id: named["a"], row.response_b_id: named["b"]}
    labels = [
        f"{of_response[label.response_id]}: {label.get_answer_type_display()}, {_('violation')} {label.violation}"
        for label in one.safety_labels.all()
    ]
    return Vote(
        rater=one.assignment.rater.code,
        preferred=named[one.preference],
        side_of_first=str(_("left")) if one.assignment.a_is_left != turned else str(_("right")),
        strength=one.strength,
        both_bad=one.both_bad,
        comment=shown_text(one.comment) if one.comment else "",
        labels=tuple(sorted(labels)),
    )


@dataclass(frozen=True)
class Page:
    """Some comparisons, and the addresses of the pages around; "" where there is none."""

    comparisons: list[Shown]
    first: str
    following: str


def page_of(study: Study, arms: Arms, form: ComparisonFilter, after: str) -> Page:
    start = int(after) if after.isdecimal() and len(after) < 19 else 0
    found = fitting_tallies(study, arms, form)
    tallies = list((found.filter(comparison__gt=start) if start else found)[: PAGE + 1])
    asked, more = form.asked(), len(tallies) > PAGE
    tallies = tallies[:PAGE]
    following = "?" + urlencode({**asked, "after": tallies[-1].comparison_id}) if more else ""
    return Page(list(shown(study, arms, tallies)), "?" + urlencode(asked) if start else "", following)
