"""What language models say beside the people: their win rate, their agreement with people, and with themselves.

A judge is asked about each comparison in both orders. Where its two verdicts differ, it counts as a tie (Zheng et al.
2023, arXiv 2306.05685, section 3.4); how often they are the same is its position consistency.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from assay.reports.judgments import arm_names, headline_judgments
from assay.reports.models import Estimate, Report
from assay.reports.wording import slice_of
from raters.judging import OUTCOMES
from raters.models import Assignment, JudgeRun, Judgment, Study

if TYPE_CHECKING:
    from analysis.tables import JudgmentTable

PEOPLE, TOO_FEW = "people", 2


@dataclass(frozen=True)
class Verdicts:
    """What a judge said of one comparison, by the order of its responses: True where `a` was called A."""

    prompt: str
    arms: tuple[int, int]
    by_order: dict[bool, str]

    @property
    def is_whole(self) -> bool:
        return len(self.by_order) == 2

    @property
    def is_consistent(self) -> bool:
        return self.is_whole and len(set(self.by_order.values())) == 1

    @property
    def verdict(self) -> str:
        return next(iter(self.by_order.values())) if self.is_consistent else Judgment.Preference.TIE.value


def judge_estimates(report: Report) -> Iterator[Estimate]:
    """Each judge's numbers, pair by pair, in slices of their own: no number of people holds any of them."""
    study = report.study
    names = arm_names(study)
    for judging in study.judge_runs.select_related("checkpoint", "rater"):
        by_arms: dict[tuple[int, int], dict[int, Verdicts]] = defaultdict(dict)
        for comparison, said in verdicts_of(judging).items():
            if said.is_whole:
                by_arms[said.arms][comparison] = said
        for (a, b), said_of in by_arms.items():
            row = Estimate(
                report=report,
                candidate=names[a],
                baseline=names[b],
                slice=slice_of(judging),
            )
            yield from of_pair(row, judging, said_of)


def verdicts_of(judging: JudgeRun) -> dict[int, Verdicts]:
    """By comparison; what was unreadable in one order has one verdict alone."""
    fields = ("comparison", "comparison__prompt__key", "comparison__arm_a", "comparison__arm_b", "a_is_left")
    rows = (
        said_by(judging).order_by("pk").values_list(*(f"assignment__{name}" for name in fields), "preference")
    )
    found: dict[int, Verdicts] = {}
    for comparison, prompt, a, b, a_is_left, preference in rows:
        found.setdefault(comparison, Verdicts(prompt, (a, b), {})).by_order[a_is_left] = preference
    return found


def said_by(judging: JudgeRun) -> QuerySet[Judgment]:
    return Judgment.objects.current().filter(
        assignment__rater=judging.rater_id,
        assignment__purpose=Assignment.Purpose.JUDGE,
        assignment__comparison__status="open",
        assignment__comparison__kind="regular",
    )


def of_pair(row: Estimate, judging: JudgeRun, said_of: dict[int, Verdicts]) -> Iterator[Estimate]:
    from analysis.win_rate import win_rate

    detail = {"judge": judging.checkpoint.name, "template": judging.template, **reading_of(judging)}
    yield consistency(row, said_of, detail)
    table = table_of([(said.prompt, judging.rater.code, said.verdict) for said in said_of.values()])
    if len(table.prompt) < TOO_FEW:
        return
    rate = win_rate(table)
    counts = {name: getattr(rate, name) for name in ("wins", "ties", "losses", "prompts")}
    method = f"{rate.method}, {rate.weighting}-weighted; both orders, a tie where they differ"
    yield row.sibling(
        name="judge_win_rate",
        value=rate.value,
        low=rate.low,
        high=rate.high,
        n=rate.n,
        method=method[:200],
        inputs_sha256=table.digest,
        detail=detail | counts,
    )
    yield from agreement_with_people(row, judging.study, said_of, detail)


def consistency(row: Estimate, said_of: dict[int, Verdicts], detail: dict[str, object]) -> Estimate:
    from analysis.proportions import wilson

    k, n = sum(said.is_consistent for said in said_of.values()), len(said_of)
    firsts = [
        order == (one == "a")
        for said in said_of.values()
        for order, one in said.by_order.items()
        if one != "tie"
    ]
    ends = wilson(k, n)
    more = {"first_share": sum(firsts) / len(firsts) if firsts else None, "consistent": k}
    return row.sibling(
        name="judge_consistency",
        value=k / n,
        low=ends.low,
        high=ends.high,
        n=n,
        method="share of both orders alike, Wilson",
        detail=detail | more,
    )


def agreement_with_people(
    row: Estimate, study: Study, said_of: dict[int, Verdicts], detail: dict[str, object]
) -> Iterator[Estimate]:
    """Krippendorff's alpha between the judge and the people's majority, a tie where these are split."""
    from analysis.agreement import agreement

    majority = majorities(study)
    both = [(said, majority[key]) for key, said in said_of.items() if key in majority]
    if len(both) < TOO_FEW:
        return
    rows = [(said.prompt, "judge", said.verdict) for said, _ in both]
    table = table_of(rows + [(said.prompt, PEOPLE, theirs) for said, theirs in both])
    found = agreement(table)
    alpha = found.alpha_nominal
    more: dict[str, object] = {
        "percent_agreement": found.percent_agreement,
        "ac1": found.ac1.value,
        "units": found.units,
    }
    ends = {name: getattr(alpha, name) for name in ("value", "low", "high")}
    if None in ends.values():
        ends = dict.fromkeys(ends)
        more["why_none"] = "all verdicts are alike: chance-corrected agreement is not defined"
    yield row.sibling(
        name="judge_agreement",
        **ends,
        n=len(both),
        method=alpha.method[:200],
        inputs_sha256=table.digest,
        detail=detail | more,
    )


def majorities(study: Study) -> dict[int, str]:
    """What most people said of each comparison, from the judgments of the headline."""
    votes: dict[int, Counter[str]] = defaultdict(Counter)
    for comparison, preference in headline_judgments(study).values_list(
        "assignment__comparison", "preference"
    ):
        votes[comparison][preference] += 1
    ranked = {key: said.most_common(2) for key, said in votes.items()}
    return {
        key: most[0][0] if len(most) == 1 or most[0][1] > most[1][1] else Judgment.Preference.TIE.value
        for key, most in ranked.items()
    }


def reading_of(judging: JudgeRun) -> dict[str, int]:
    """How many replies were asked for, came, and could not be read."""
    taken = Assignment.objects.filter(rater=judging.rater)
    return {
        "asked": judging.run.items.count(),
        "read": taken.filter(state=Assignment.State.DONE).count(),
        "unreadable": taken.filter(state=Assignment.State.SKIPPED).count(),
    }


def table_of(rows: Sequence[tuple[str, str, str]]) -> "JudgmentTable":
    """Prompt, rater and preference of each verdict as the table that `analysis` reads."""
    from analysis.tables import read_judgments

    prompts, raters, said = zip(*rows, strict=True)
    columns: Mapping[str, Sequence[object]] = {
        "prompt_id": prompts,
        "rater_id": raters,
        "outcome": [OUTCOMES[preference] for preference in said],
    }
    return read_judgments(columns)
