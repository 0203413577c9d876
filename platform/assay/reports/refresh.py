"""Writes a study's report: every estimate of it, from the judgments that count at this moment."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from analysis.wording import counted
from assay.reports import lengths
from assay.reports.beside import TOO_FEW, tables_beside
from assay.reports.counted import Counted
from assay.reports.judges import judge_estimates
from assay.reports.judgments import arm_names
from assay.reports.left_out import left_out_of
from assay.reports.live import fold
from assay.reports.models import Estimate, Report, ReportFailure, ReportRequest, StudyTally
from assay.reports.reliability import reliability
from assay.reports.repeats import repeat_estimates
from assay.reports.safety_rates import safety_estimates
from assay.reports.settled import notes_on
from assay.reports.stylometry import style_estimates
from raters.models import Assignment, Study

if TYPE_CHECKING:
    from analysis.slices import Slice
    from analysis.tables import JudgmentTable
    from analysis.win_rate import Estimate as ShareEstimate
    from analysis.win_rate import WinRate

logger = logging.getLogger(__name__)
A_LOOK = timedelta(minutes=1)
LIBRARIES = ("assay", "numpy", "scipy", "pandas")


def refresh(study: Study) -> Report:
    """A new report over all judgments there are. The heavy libraries are loaded here, where only workers pay."""
    fold(study)
    tally = StudyTally.objects.get(study=study)  # before it is read: what is folded in between makes it stale
    counted = Counted.of(study)
    table = counted.table()
    with transaction.atomic():
        report = Report.objects.create(
            study=study,
            judgments=len(table) if table else len(counted.votes) - counted.n_left_out,
            judgments_sha256=table.digest if table else "",
            judgments_known=tally.judgments,
            folds=tally.folds,
            design_sha256=study.design_sha256,
            left_out=left_out_of(study, counted.n_left_out),
            versions={name: version(name) for name in LIBRARIES},
        )
        made = [*estimates(report, table, counted), *estimates_beside(report, counted)] if table else []
        pairs = {(row.candidate, row.baseline) for row in made}
        more = [*style_estimates(report), *repeat_estimates(report)]
        beside = [row for row in more if (row.candidate, row.baseline) in pairs]
        Estimate.objects.bulk_create([*made, *beside, *judge_estimates(report), *safety_estimates(report)])
    return report


def is_stale(study: Study) -> bool:
    """Whether judgments have come in since the last report, or what counts has changed."""
    return stale_ones().filter(pk=study.pk).exists()


def stale_ones() -> QuerySet[Study]:
    """All whose report is old, by one statement: of many studies that were, few have news."""
    marks = Assignment.objects.filter(untallied=True).values("comparison__study")
    newest = Report.objects.filter(study=OuterRef("pk")).values("folds")[:1]  # in the model's own order
    unreported = Study.objects.filter(tally__folds__gt=Coalesce(Subquery(newest), 0))
    return Study.objects.filter(Q(pk__in=marks) | Q(pk__in=unreported.values("pk")))


def refresh_stale() -> int:
    """Writes the reports that newer judgments have made old, and says how many were written."""
    stale = list(stale_ones().exclude(status=Study.Status.DRAFT))
    written = 0
    for study in stale:
        try:
            forget_passing(refresh(study))
            ReportFailure.objects.filter(study=study).delete()
            written += 1
        except Exception:  # one study that cannot be analysed must not keep all others from their reports
            logger.exception("No report could be written of %s", study.slug)
            ReportFailure.objects.update_or_create(study=study, defaults={"at": timezone.now()})
    return written


def forget_passing(report: Report) -> None:
    """Of the reports of one hour that nobody asked for only the newest is kept: while judgments come in there are many.

    One that a page may be reading at this moment is left alone.
    """
    asked_for = ReportRequest.objects.filter(report=OuterRef("pk"))
    hour = report.created_at.replace(minute=0, second=0, microsecond=0)
    passing = report.study.reports.filter(created_at__gte=hour, created_at__lt=report.created_at - A_LOOK)
    passing.exclude(Exists(asked_for)).delete()


def estimates(report: Report, table: "JudgmentTable", counted: Counted) -> Iterator[Estimate]:
    """For each pair of checkpoints: the headline, the two intervals that stand beside it, and each category.

    table: that of the judgments counted.
    """
    from analysis.slices import win_rates_by_category
    from analysis.win_rate import win_rate

    settled, planned = notes_on(report.study), prompts_by_pair(report.study)
    differences = lengths.differences_of(counted)
    for candidate, baseline in table.pairs:
        judged = table.of_pair(candidate, baseline)
        row = Estimate(report=report, candidate=candidate, baseline=baseline, inputs_sha256=judged.digest)
        if len(judged.prompt) < TOO_FEW:
            continue
        overall = win_rate(judged)
        detail = overall.to_dict() | {"notes": [*settled, *overall.notes]}
        yield filled(row, "win_rate", overall, n=overall.n, detail=detail)
        yield filled(row, "win_rate_these_raters", overall.prompt_only, n=overall.n, detail=counts(overall))
        yield filled(row, "win_rate_paper", overall.paper, n=overall.n, detail=counts(overall))
        if judged.both_bad is not None:
            rate = win_rate(both_bad_as_wins(judged))
            yield filled(row, "both_bad", rate, n=overall.n, detail=counts(overall))
        yield from reliability(row, judged, planned.get((candidate, baseline), 0))
        yield from lengths.length_estimates(row, judged, differences.get((candidate, baseline), {}))
        for part in win_rates_by_category(judged):
            yield of_category(row, part)


def prompts_by_pair(study: Study) -> dict[tuple[str, str], int]:
    """How many prompts the design has for each pair, by the arms' names."""
    names = arm_names(study)
    pairs = study.comparisons.regular().order_by().values_list("arm_a", "arm_b").annotate(n=Count("pk"))
    return {(names[a], names[b]): n for a, b, n in pairs}


def estimates_beside(report: Report, counted: Counted) -> Iterator[Estimate]:
    """The headline again under other choices of what counts."""
    from analysis.win_rate import win_rate

    for name, table in tables_beside(counted):
        for candidate, baseline in table.pairs:
            judged = table.of_pair(candidate, baseline)
            row = Estimate(report=report, candidate=candidate, baseline=baseline, inputs_sha256=judged.digest)
            if len(judged.prompt) >= TOO_FEW:
                rate = win_rate(judged)
                yield filled(row, name, rate, n=rate.n, detail=counts(rate))


def both_bad_as_wins(table: "JudgmentTable") -> "JudgmentTable":
    """The table by which a share of ties gets the same interval as any other: both bad, yes or no."""
    assert table.both_bad is not None
    return replace(table, points=table.both_bad * 2, both_bad=None)


def filled(
    row: Estimate,
    name: str,
    share: "WinRate | ShareEstimate",
    *,
    n: int,
    detail: dict[str, object],
    part: str = "",
) -> Estimate:
    return row.sibling(
        name=name,
        slice=part,
        value=share.value,
        low=share.low,
        high=share.high,
        level=share.level,
        n=n,
        method=f"{share.method}, {share.weighting}-weighted",
        detail=detail,
    )


def of_category(row: Estimate, part: "Slice") -> Estimate:
    label = f"category={part.label}"
    if part.win_rate:
        detail = part.win_rate.to_dict()
        return filled(row, "win_rate", part.win_rate, n=part.n, detail=detail, part=label)
    return row.sibling(
        name="win_rate",
        slice=label,
        n=part.n,
        method="counts only",
        detail=counts(part) | {"why_none": f"{counted(part.prompts, 'prompt')}: too few for an interval"},
    )


def counts(of: "WinRate | Slice") -> dict[str, object]:
    return {name: getattr(of, name) for name in ("wins", "ties", "losses", "prompts", "raters")}
