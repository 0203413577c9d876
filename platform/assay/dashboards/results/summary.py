"""The newest report of a study, laid out for the page: a chart, and the same numbers as a table."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from analysis.charts import forest_plot, tie_bar
from analysis.forest_rows import ForestRow, PublishedRow
from analysis.published import PUBLISHED
from assay.accounts.models import User
from assay.reports.arms import pair_key
from assay.reports.blinding import Arms, arms_for, estimates_for, judgments_digest
from assay.reports.lengths import LENGTH
from assay.reports.models import Estimate, Report
from assay.reports.refresh import is_stale
from assay.reports.reliability import RELIABILITY
from assay.reports.wording import SLICE, label, reading_order
from raters.models import Study


@dataclass(frozen=True)
class Row:
    """One line of the table, and of the chart where it is a win rate of ours."""

    label: str
    estimate: Estimate
    behind: str = ""  # the address of the comparisons behind it

    @property
    def method(self) -> str:
        return self.estimate.method


@dataclass(frozen=True)
class Truth:
    """What simulated raters were made with, and whether the interval holds it."""

    value: float
    covered: bool


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
    judges: tuple[Row, ...] = ()
    safety: tuple[Row, ...] = ()


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
    behind = addresses(study, arms)
    laid_out = tuple(
        lay_out(number, study, rows, behind.get(frozenset(pair), ""))
        for number, (pair, rows) in enumerate(pairs.items(), start=1)
    )
    return Results(
        report,
        judgments_digest(report, arms),
        laid_out,
        is_stale(study),
        judged_by_models(known),
        safety_of(known),
    )


def addresses(study: Study, arms: Arms) -> dict[frozenset[str], str]:
    """Of the comparisons of each pair, by the names of its arms."""
    page = reverse("dashboards:comparisons", args=[study.slug])
    pairs = study.comparisons.order_by().values_list("arm_a", "arm_b").distinct()
    return {frozenset((arms.called[a], arms.called[b])): f"{page}?pair={pair_key(a, b)}" for a, b in pairs}


def safety_of(estimates: list[Estimate]) -> tuple[Row, ...]:
    """Rates of one arm alone."""
    found = sorted((row for row in estimates if not row.baseline), key=reading_order)
    return tuple(Row(label(row), row) for row in found)


def judged_by_models(estimates: list[Estimate]) -> tuple[Row, ...]:
    """What language models said, never among what people said."""
    found = [estimate for estimate in estimates if estimate.slice.startswith(SLICE)]
    return tuple(
        Row(label(row), row) for row in sorted(found, key=lambda row: (row.slice, reading_order(row)))
    )


def lay_out(number: int, study: Study, estimates: list[Estimate], behind: str) -> Pair:
    headline = next(row for row in estimates if row.name == "win_rate" and not row.slice)
    every = [Row(label(row), row, part_of(behind, row)) for row in sorted(estimates, key=reading_order)]
    rows = [row for row in every if row.estimate.name not in (*RELIABILITY, *LENGTH)]
    return Pair(
        candidate=headline.candidate,
        baseline=headline.baseline,
        headline=headline,
        rows=tuple(rows),
        reliability=tuple(row for row in every if row.estimate.name in RELIABILITY),
        length=length_of(f"pair{number}-length", headline, every),
        behind=behind,
        truth=truth_of(study, headline),
        forest=draw_forest(f"pair{number}-forest", headline, rows, published_for(study)),
        ties=draw_ties(f"pair{number}-ties", headline),
    )


def length_of(chart_id: str, headline: Estimate, every: list[Row]) -> LengthEffect:
    found = [row for row in every if row.estimate.name in LENGTH]
    if not found:
        return LengthEffect((), SafeString(), 0)
    rows = [Row(gettext("As judged"), headline), *found]
    title = gettext("Length of responses and the win rate")
    description = gettext(
        "Each line is a win rate with its interval; the same numbers stand in the table below."
    )
    drawn = [forest_row(row) for row in rows]
    # The chart module escapes every text it is given.
    chart = mark_safe(forest_plot(drawn, id_prefix=chart_id, title=title, description=description))  # noqa: S308
    return LengthEffect(tuple(rows), chart, found[0].estimate.detail["scale"])


def truth_of(study: Study, headline: Estimate) -> Truth | None:
    if not study.simulation:
        return None
    value = study.simulation["truth"]["win_rate"]
    return Truth(value, headline.low <= value <= headline.high)


def part_of(behind: str, estimate: Estimate) -> str:
    """The address of the comparisons of one category, where the estimate is of one."""
    category = estimate.slice.removeprefix("category=") if behind else ""
    return f"{behind}&{urlencode({'category': category})}" if category else behind


def published_for(study: Study) -> list[ForestRow]:
    """What others published on prompts of this kind, to read ours by."""
    kind = study.prompt_set_version.prompt_set.kind
    return [
        PublishedRow(one.model, one.value, one.low, one.high, 0, gettext("published, other prompts"))
        for one in PUBLISHED
        if one.prompts == kind
    ]


def draw_forest(chart_id: str, headline: Estimate, rows: list[Row], published: list[ForestRow]) -> SafeString:
    drawn = [forest_row(row) for row in rows if row.estimate.name == "win_rate"] + published
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


def draw_ties(chart_id: str, headline: Estimate) -> SafeString:
    wins, ties, losses = (headline.detail[name] for name in ("wins", "ties", "losses"))
    title = gettext("Wins, ties and losses of %(a)s") % {"a": headline.candidate}
    description = gettext("Judgments by outcome; the same counts stand in the table below.")
    bar = tie_bar(wins, ties, losses, id_prefix=chart_id, title=title, description=description)
    return mark_safe(bar)  # noqa: S308  as above
