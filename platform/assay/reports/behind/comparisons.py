"""Which comparisons stand behind a number: those that count in it and fit what is asked of them."""

from collections import Counter
from collections.abc import Mapping

from django.db.models import F, Q, QuerySet

from assay.reports.behind.asking import Asked
from assay.reports.behind.labelled import with_labels
from assay.reports.blinding import Arms
from promptsets.fitting import FILTERS, fitting
from raters.models import Assignment, Comparison

AT_ODDS = {"split": Q(won__gt=0, lost__gt=0), "alike": Q(won=0) | Q(lost=0)}
BY_VOTES = {"outcome", "said", "votes"}


def fitting_comparisons(one: Asked) -> QuerySet[Comparison]:
    """Of those that count in the number asked for, in their order."""
    asked, counting, study = one.filters, one.counting, one.study
    found = study.comparisons.regular()
    if BY_VOTES & set(asked):
        times = {name: counting.times(said) for name, said in (("won", "a"), ("lost", "b"), ("tied", "tie"))}
        found = found.alias(**times)
    found = found.filter(of_votes(one) | of_settled(one))
    of_prompt = {name: value for name, value in asked.items() if name in FILTERS}
    if of_prompt:
        prompts = fitting(study.prompt_set_version.prompts.all(), of_prompt)
        found = found.filter(prompt__in=prompts.values("pk"))
    if "prompt" in asked:
        found = found.filter(prompt__key=asked["prompt"])
    if "pair" in asked:
        a, b = one.pairs[asked["pair"]]
        found = found.filter(arm_a=a, arm_b=b)
    if "labelled" in asked:
        found = found.filter(with_labels(study, one.arms, asked["labelled"]))
    if "rater" in asked:
        judged = Assignment.objects.filter(rater__code__iexact=asked["rater"], state=Assignment.State.DONE)
        judged = judged.filter(comparison__study=study, purpose=Assignment.Purpose.RATING)
        found = found.filter(pk__in=judged.values("comparison"))
    return found.order_by("pk")


def of_votes(one: Asked) -> Q:
    asked, fits = one.filters, one.counting.listed()
    if BY_VOTES & set(asked):
        fits &= one.counting.judged()
    if outcome := asked.get("outcome"):
        more = Q(won__gt=F("lost")), Q(lost__gt=F("won"))
        fits &= Q(won=F("lost")) if outcome == "even" else about(outcome, one, *more)
    if said := asked.get("said"):
        fits &= Q(tied__gt=0) if said == "tie" else about(said, one, Q(won__gt=0), Q(lost__gt=0))
    return fits & AT_ODDS[asked["votes"]] if "votes" in asked else fits


def about(which: str, one: Asked, a_fits: Q, b_fits: Q) -> Q:
    """What is to be true of the first or the second as the reader meets them, which is not always a and b."""
    fits = Q()
    for a, b in one.pairs.values():
        fits |= Q(arm_a=a, arm_b=b) & (a_fits if (which == "first") != one.arms.turns(a, b) else b_fits)
    return fits


def of_settled(one: Asked) -> Q:
    """Those that count without having been asked here; what earlier studies said of them is in no tally of this one."""
    asked, counting = one.filters, one.counting
    if not BY_VOTES & set(asked):
        return counting.settled()
    fitting = [row.pk for row, said in counting.settled_ones() if _fits(asked, one.arms, row, said)]
    return Q(pk__in=fitting)


def _fits(asked: Mapping[str, str], arms: Arms, row: Comparison, said: Counter[str]) -> bool:
    first, second = ("b", "a") if arms.turns(row.arm_a_id, row.arm_b_id) else ("a", "b")
    more = said[first] - said[second]
    outcome = "even" if not more else "first" if more > 0 else "second"
    votes = "split" if said[first] and said[second] else "alike"
    heard = {"first": said[first], "tie": said["tie"], "second": said[second], "": 1}[asked.get("said", "")]
    return asked.get("outcome", outcome) == outcome and asked.get("votes", votes) == votes and heard > 0
