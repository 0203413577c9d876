"""A plan's timeline, laid out for the page of its series: charts, and the same numbers as a table."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, gettext_noop

from analysis.steps import StepPoint, step_chart
from assay.accounts.models import User
from assay.dashboards.templatetags.assay_numbers import interval, percent
from assay.evaluations.models import Evaluation, EvaluationRun, Measure
from assay.evaluations.timelines import TimelineRow, Track, timeline_of, tracks_of
from assay.reports.behind.labelled import key_of
from assay.reports.blinding import Arms
from generation.models import CheckpointSeries
from raters.models import Study, StudyArm
from raters.studies.unblinding import sees_arms

HEADINGS = {
    Measure.Name.WIN_RATE: gettext_noop("Win rate over the baseline"),
    Measure.Name.JUDGE_WIN_RATE: gettext_noop("Win rate over the baseline by a language model"),
    Measure.Name.VIOLATION_RATE: gettext_noop("Violation rate"),
}


@dataclass(frozen=True)
class ShownTimeline:
    """`charts` are headings with their charts; `columns` head the measures of each row of the table; `methods` say of
    each column how its numbers were computed, more than once where checkpoints' methods differ."""

    plan: Evaluation
    charts: list[tuple[str, SafeString]]
    columns: list[str]
    rows: list[tuple[TimelineRow, list[Measure | None]]]
    methods: list[tuple[str, str]]


@dataclass(frozen=True)
class Reader:
    """Which studies the reader may know of, and of those whose names they are told the candidate's arm.

    A blind reader has no arm: beside a checkpoint's name its label in an address would tell which label is whose.
    """

    known: set[int]
    arms: dict[int, int]


def shown_timelines(series: CheckpointSeries, user: User) -> list[ShownTimeline]:
    """As this person may read them: of a study that is not theirs no mark names the address."""
    of_series = Study.objects.for_user(user).filter(of_evaluation_run__run__evaluation__series=series)
    known = {study.pk: sees_arms(study, user) for study in of_series.distinct()}
    told = [pk for pk, is_told in known.items() if is_told]
    arms = StudyArm.objects.filter(study__in=told, role=StudyArm.Role.CANDIDATE)
    reader = Reader(set(known), dict(arms.values_list("study", "pk")))
    return [lay_out(plan, reader) for plan in series.evaluations.all()]


def lay_out(plan: Evaluation, reader: Reader) -> ShownTimeline:
    rows = timeline_of(plan)
    tracks = tracks_of(rows)
    keys = [(track.name, track.prompt_set) for track in tracks]
    return ShownTimeline(
        plan=plan,
        charts=[
            (heading(track), draw(plan, number, track, reader))
            for number, track in enumerate(tracks, start=1)
        ],
        columns=[heading(track) for track in tracks],
        rows=[(row, [row.numbers.get(key) for key in keys]) for row in rows],
        methods=[(heading(track), method) for track in tracks for method in methods_of(track)],
    )


def heading(track: Track) -> str:
    return f"{gettext(HEADINGS[Measure.Name(track.name)])}, {track.prompt_set}"


def methods_of(track: Track) -> list[str]:
    return sorted({measure.method for _row, measure in track.rows})


def draw(plan: Evaluation, number: int, track: Track, reader: Reader) -> SafeString:
    points = [point(row, measure, track, reader) for row, measure in track.rows]
    svg = step_chart(
        points,
        id_prefix=f"plan{plan.pk}-{number}",
        title=f"{plan.title}: {heading(track)}",
        description=gettext(
            "One mark a checkpoint, with its interval; the dotted line is how far below the baseline the gate "
            "lets pass; the same numbers stand in the table below."
        ),
        reference=0.5 if track.is_win_rate else None,
        limit=0.5 - track.rows[-1][0].run.version.gate_margin if track.is_win_rate else None,
    )
    return mark_safe(svg)  # noqa: S308  the chart module escapes every text it is given


def point(row: TimelineRow, measure: Measure, track: Track, reader: Reader) -> StepPoint:
    run = row.run
    label = f"{run.checkpoint}: {heading(track)} {percent(measure.value)} {interval(measure)}, n {measure.n}"
    return StepPoint(
        step=row.place,
        name=run.checkpoint.name,
        value=measure.value,
        low=measure.low,
        high=measure.high,
        label=f"{label}, {verdict_of(run)}" + (f". {run.note}" if run.note else ""),
        href=behind(measure, reader),
        verdict=run.verdict or "",
    )


def behind(measure: Measure, reader: Reader) -> str:
    """The comparisons that the measure is made of; a language model's verdicts stand with its run.

    Of a study that the reader may not know of the run is all that there is to see.
    """
    asked = measure.of
    if measure.name == Measure.Name.JUDGE_WIN_RATE or asked.study_id not in reader.known:
        return reverse("dashboards:evaluation_run", args=[asked.run.evaluation.slug, asked.run_id])
    page = reverse("dashboards:comparisons", args=[asked.study.slug])
    if measure.name != Measure.Name.VIOLATION_RATE or asked.study_id not in reader.arms:
        return page
    named = Arms({}, is_blind=False)  # whoever is told names meets arms by their own keys
    return f"{page}?labelled={key_of(named, measure.name, reader.arms[asked.study_id])}"


def verdict_of(run: EvaluationRun) -> str:
    return run.get_verdict_display() or run.get_status_display()
