"""The newest report of a study, laid out for the page: a chart, and the same numbers as a table."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from analysis.charts import forest_plot, tie_bar
from analysis.forest_rows import ForestRow, PublishedRow
from analysis.published import PUBLISHED, Published
from assay.accounts.models import User
from assay.dashboards.results.judges import JudgeRow, judged_by_models
from assay.dashboards.results.rows import Row, address, compared, part_of
from assay.dashboards.results.truth import Truth, truth_of
from assay.reports.behind.asking import SAID
from assay.reports.behind.labelled import AMONG, key_of
from assay.reports.blinding import Arms, arms_for, estimates_for, judgments_digest
from assay.reports.lengths import LENGTH
from assay.reports.models import Estimate, Report
from assay.reports.refresh import is_stale
from assay.reports.reliability import RELIABILITY
from assay.reports.wording import SLICE, label, reading_order
from promptsets.summary import NOT_DECLARED
from promptsets.taxonomy import HAZARDS
from raters.models import Study


@dataclass(frozen=True)
class OfHazard:
    """One arm's responses to prompts about one hazard, and how many of them break the policy."""

    name: str
    violations: int
    responses: int
    behind: str


@dataclass(frozen=True)
class SafetyRow(Row):
    """A rate of one arm; `behind` are the comparisons that show a response which it counts, `among` all of which."""

    among: str = ""
    hazards: tuple[OfHazard, ...] = ()


@dataclass(frozen=True)
class LengthEffect:
    """The headline beside what it would be at equal length, and what length does; no rows where it cannot be told."""

    rows: tuple[Row, ...]
    chart: SafeString
    scale: int  # characters: one standard deviation of the difference


@dataclass(frozen=True)
class Pair:
    """One candidate against the baseline. `headline` is the overall win rate, from all prompts."""

    candidate: str
    baseline: str
    headline: Estimate
    rows: tuple[Row, ...]
    reliability: tuple[Row, ...]
    published: tuple[Published, ...]
    length: LengthEffect
    behind: str
    truth: Truth | None
    forest: SafeString
    ties: SafeString


@dataclass(frozen=True)
class Results:
    report: Report
    digest: str  # of the judgments, as this reader may know it
    pairs: tuple[Pair, ...]
    stale: bool
    judges: tuple[JudgeRow, ...] = ()
    safety: tuple[SafetyRow, ...] = ()


def results_of(study: Study, user: User) -> Results | None:
    """In names that this person may know. None where no report has been written yet."""
    report = study.reports.prefetch_related("estimates").first()
    if report is None:
        return None
    pairs: dict[tuple[str, str], list[Estimate]] = {}
    arms = arms_for(study, user)
    known = estimates_for(report, arms)
    of_pairs = [row for row in known if row.baseline and not row.slice.startswith(SLICE)]
    for estimate in of_pairs:
        pairs.setdefault((estimate.candidate, estimate.baseline), []).append(estimate)
    pairs_known = compared(arms)
    laid_out = tuple(
        lay_out(number, study, rows, arms, pairs_known.get(frozenset(pair)))
        for number, (pair, rows) in enumerate(pairs.items(), start=1)
    )
    return Results(
        report,
        judgments_digest(report, arms),
        laid_out,
        is_stale(study),
        judged_by_models(known, study, arms, pairs_known),
        safety_of(known, study, arms),
    )


def safety_of(estimates: list[Estimate], study: Study, arms: Arms) -> tuple[SafetyRow, ...]:
    """Rates of one arm alone."""
    page = reverse("dashboards:comparisons", args=[study.slug])
    arm_of = {name: arm for arm, name in arms.called.items()}
    found = sorted((row for row in estimates if not row.baseline), key=reading_order)
    rows = []
    for row in found:
        hits, among = (
            f"{page}?labelled={key_of(arms, kind, arm_of[row.candidate])}"
            for kind in (row.name, AMONG[row.name])
        )
        rows.append(SafetyRow(label(row), row, hits, among=among))
    return tuple(replace(row, hazards=hazards_of(row)) for row in rows)


def hazards_of(row: SafetyRow) -> tuple[OfHazard, ...]:
    counts = row.estimate.detail.get("hazards", {})
    return tuple(
        OfHazard(HAZARDS.get(code, ""), n["violations"], n["responses"], about(row.behind, code))
        for code, n in counts.items()
    )


def about(behind: str, hazard: str) -> str:
    """Of those behind it the comparisons of prompts about one hazard; "": about none."""
    return f"{behind}&{urlencode({'hazard': hazard or NOT_DECLARED})}"


def lay_out(
    number: int, study: Study, estimates: list[Estimate], arms: Arms, pair: tuple[int, int] | None
) -> Pair:
    headline = next(row for row in estimates if row.name == "win_rate" and not row.slice)
    behind = address(study, arms, pair)
    every = [Row(label(row), row, part_of(behind, row)) for row in sorted(estimates, key=reading_order)]
    rows = [row for row in every if row.estimate.name not in (*RELIABILITY, *LENGTH)]
    return Pair(
        candidate=headline.candidate,
        baseline=headline.baseline,
        headline=headline,
        rows=tuple(rows),
        published=published_for(study),
        reliability=tuple(row for row in every if row.estimate.name in RELIABILITY),
        length=length_of(f"pair{number}-length", Row(gettext("As judged"), headline, behind), every),
        behind=behind,
        truth=truth_of(study, headline, pair, turned=arms.turns(*pair)) if pair else None,
        forest=draw_forest(f"pair{number}-forest", headline, rows, published_for(study)),
        ties=draw_ties(f"pair{number}-ties", headline, behind),
    )


def length_of(chart_id: str, headline: Row, every: list[Row]) -> LengthEffect:
    found = [row for row in every if row.estimate.name in LENGTH]
    if not found:
        return LengthEffect((), SafeString(), 0)
    rows = [headline, *found]
    title = gettext("Length of responses and the win rate")
    description = gettext(
        "Each line is a win rate with its interval; the same numbers stand in the table below."
    )
    drawn = [forest_row(row) for row in rows]
    # The chart module escapes every text it is given.
    chart = mark_safe(forest_plot(drawn, id_prefix=chart_id, title=title, description=description))  # noqa: S308
    return LengthEffect(tuple(rows), chart, found[0].estimate.detail["scale"])


def published_for(study: Study) -> tuple[Published, ...]:
    """What others published on prompts of this kind, to read ours by."""
    kind = study.prompt_set_version.prompt_set.kind
    return tuple(one for one in PUBLISHED if one.prompts == kind)


def draw_forest(
    chart_id: str, headline: Estimate, rows: list[Row], published: Iterable[Published]
) -> SafeString:
    drawn = [forest_row(row) for row in rows if row.estimate.name == "win_rate"]
    note = gettext("published, other prompts")
    drawn += [PublishedRow(one.model, one.value, one.low, one.high, 0, note) for one in published]
    title = gettext("Win rate of %(a)s against %(b)s") % {"a": headline.candidate, "b": headline.baseline}
    description = gettext(
        "Each line is a win rate with its interval; the same numbers stand in the table below."
    )
    # The chart module escapes every text it is given.
    return mark_safe(forest_plot(drawn, id_prefix=chart_id, title=title, description=description))  # noqa: S308


def forest_row(row: Row) -> ForestRow:
    estimate = row.estimate
    n = estimate.detail["prompts"] if estimate.value is None else estimate.n
    return ForestRow(row.label, estimate.value, estimate.low, estimate.high, n, href=row.behind)


def draw_ties(chart_id: str, headline: Estimate, behind: str) -> SafeString:
    wins, ties, losses = (headline.detail[name] for name in ("wins", "ties", "losses"))
    title = gettext("Wins, ties and losses of %(a)s") % {"a": headline.candidate}
    description = gettext("Judgments by outcome; the same counts stand in the table below.")
    won, tied, lost = (f"{behind}&said={said}" if behind else "" for said in SAID)
    bar = tie_bar(
        wins, ties, losses, id_prefix=chart_id, title=title, description=description, hrefs=(won, tied, lost)
    )
    return mark_safe(bar)  # noqa: S308  as above
