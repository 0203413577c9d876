"""A plan's timeline, laid out for the page of its series: charts, and the same numbers as a table."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, gettext_noop

from analysis.steps import StepPoint, step_chart
from assay.dashboards.templatetags.assay_numbers import interval, percent
from assay.evaluations.models import Evaluation, EvaluationRun, Measure
from assay.evaluations.timelines import TimelineRow, Track, timeline_of, tracks_of
from generation.models import CheckpointSeries

HEADINGS = {
    Measure.Name.WIN_RATE: gettext_noop("Win rate over the baseline"),
    Measure.Name.JUDGE_WIN_RATE: gettext_noop("Win rate over the baseline by a language model"),
    Measure.Name.VIOLATION_RATE: gettext_noop("Violation rate"),
}


@dataclass(frozen=True)
class ShownTimeline:
    """`charts` are headings with their charts; `columns` head the measures of each row of the table."""

    plan: Evaluation
    charts: list[tuple[str, SafeString]]
    columns: list[str]
    rows: list[tuple[TimelineRow, list[Measure | None]]]


def shown_timelines(series: CheckpointSeries) -> list[ShownTimeline]:
    return [lay_out(plan) for plan in series.evaluations.all()]


def lay_out(plan: Evaluation) -> ShownTimeline:
    rows = timeline_of(plan)
    tracks = tracks_of(rows)
    keys = [(track.name, track.prompt_set) for track in tracks]
    return ShownTimeline(
        plan=plan,
        charts=[(heading(track), draw(plan, number, track)) for number, track in enumerate(tracks, start=1)],
        columns=[heading(track) for track in tracks],
        rows=[(row, [row.numbers.get(key) for key in keys]) for row in rows],
    )


def heading(track: Track) -> str:
    return f"{gettext(HEADINGS[Measure.Name(track.name)])}, {track.prompt_set}"


def draw(plan: Evaluation, number: int, track: Track) -> SafeString:
    points = [point(plan, row, measure, track) for row, measure in track.rows]
    svg = step_chart(
        points,
        id_prefix=f"plan{plan.pk}-{number}",
        title=f"{plan.title}: {heading(track)}",
        description=gettext(
            "One mark a checkpoint, with its interval; the same numbers stand in the table below."
        ),
        reference=0.5 if track.is_win_rate else None,
    )
    return mark_safe(svg)  # noqa: S308  the chart module escapes every text it is given


def point(plan: Evaluation, row: TimelineRow, measure: Measure, track: Track) -> StepPoint:
    run = row.run
    label = f"{run.checkpoint}: {heading(track)} {percent(measure.value)} {interval(measure)}, n {measure.n}"
    return StepPoint(
        step=row.place,
        name=run.checkpoint.name,
        value=measure.value,
        low=measure.low,
        high=measure.high,
        label=f"{label}, {verdict_of(run)}" + (f". {run.note}" if run.note else ""),
        href=reverse("dashboards:evaluation_run", args=[plan.slug, run.pk]),
        verdict=run.verdict or "",
    )


def verdict_of(run: EvaluationRun) -> str:
    return run.get_verdict_display() or run.get_status_display()
