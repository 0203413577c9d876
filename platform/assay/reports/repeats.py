"""How often raters said the same again of a comparison that they were shown a second time."""

from collections import defaultdict
from collections.abc import Iterator

from assay.reports.judgments import arm_names
from assay.reports.models import ComparisonTally, Estimate, Report
from raters.models import Assignment, Judgment

METHOD = "share of planned repeats with the same verdict, Wilson, repeats taken as independent"


def repeat_estimates(report: Report) -> Iterator[Estimate]:
    """The self-agreement of the study's raters, pair by pair; nothing where nothing was repeated."""
    from analysis.proportions import wilson

    names = arm_names(report.study)
    alike: dict[tuple[int, int], list[bool]] = defaultdict(list)
    for arms, same in said_again(report):
        alike[arms].append(same)
    for (a, b), hits in alike.items():
        k, n = sum(hits), len(hits)
        ends = wilson(k, n)
        yield Estimate(
            report=report,
            name="self_agreement",
            candidate=names[a],
            baseline=names[b],
            value=k / n,
            low=ends.low,
            high=ends.high,
            n=n,
            method=METHOD,
            detail={"repeats": n, "alike": k},
        )


def said_again(report: Report) -> Iterator[tuple[tuple[int, int], bool]]:
    """The arms of each repeat that was answered, and whether its verdict is the first one's."""
    current = Judgment.objects.current().filter(
        assignment__comparison__study=report.study, assignment__state=Assignment.State.DONE
    )
    if not ComparisonTally.objects.filter(study=report.study, repeats__gt=0).exists():
        return
    again = current.exclude(assignment__repeat_of=None).order_by("pk")
    repeated = current.filter(assignment__in=again.order_by().values("assignment__repeat_of"))
    first = dict(repeated.values_list("assignment", "preference"))
    fields = ("comparison__arm_a", "comparison__arm_b", "repeat_of")
    for a, b, before, said in again.values_list(*(f"assignment__{name}" for name in fields), "preference"):
        if before in first:
            yield (a, b), first[before] == said
