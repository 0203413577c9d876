"""A study's results as they are read: every number with how it was computed, every mark with what is behind it."""

import re
from xml.etree import ElementTree

import pytest
from django.urls import reverse

from analysis.agreement import agreement
from analysis.position import position_bias
from assay.reports.counted import Counted
from assay.reports.refresh import refresh
from assay.takeaway.report_export import one_report
from assay.takeaway.source import Source
from raters import judging
from raters.assignment import claim_next
from raters.rubrics.answers import SafetyAnswer
from raters.rubrics.presets import preset
from raters.simulation import Simulation, simulate
from tests import builders
from tests.raters.working import work

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def get(client, researcher):
    client.force_login(researcher)
    return lambda study, **asked: client.get(reverse("dashboards:results", args=[study.slug]), asked).text


@pytest.fixture
def simulated(db):
    study = builders.study(prompts=50)
    simulate(study, Simulation(raters=8, seed=3))
    refresh(study)
    return study


def forest(text):
    return ElementTree.fromstring(re.search(r"<svg.*?chart-forest.*?</svg>", text, re.DOTALL)[0])


def test_each_row_of_the_chart_leads_to_its_comparisons_by_keyboard(get, simulated):
    chart = forest(get(simulated))
    links = {link.get("aria-label").partition(":")[0]: link.get("href") for link in chart.iter(f"{SVG}a")}
    assert chart.get("role") == "group" and set(links) == {"All prompts", "coding", "creative"}
    a, b = simulated.comparisons.values_list("arm_a", "arm_b").first()
    page = reverse("dashboards:comparisons", args=[simulated.slug])
    assert links["coding"] == f"{page}?pair={a}-{b}&category=coding"


def test_published_figures_stand_beside_ours_as_diamonds(get, simulated):
    chart = forest(get(simulated))
    said = " ".join(text for text in chart.itertext())
    assert "RecurrentGemma-2B-IT" in said and "43.7% [41.8, 45.6]" in said and "59.8%" not in said
    assert len(list(chart.iter(f"{SVG}path"))) == 2


def test_agreement_side_and_every_look_are_what_analysis_says(get, simulated):
    text, table = get(simulated), Counted.of(simulated).table()
    assert f"{agreement(table).alpha_nominal.value:.2f}" in text
    assert f"{100 * position_bias(table).bias.value:+.1f}" in text
    assert "asymptotic confidence sequence on prompt means" in text


def test_what_was_left_out_is_said(get, simulated):
    comparison = simulated.comparisons.first()
    simulated.comparisons.filter(pk=comparison.pk).update(status="excluded", status_reason="missing")
    refresh(simulated)
    assert "3 judgments of comparisons held or excluded since" in get(simulated)


def test_raters_stand_with_their_counts_and_lead_to_what_they_judged(get, simulated, monkeypatch):
    text = get(simulated)
    assert text.count("&amp;rater=SIM") == 8
    monkeypatch.setattr("assay.dashboards.results.reading.RATERS", 5)
    first = get(simulated)
    following = re.search(r'href="\?raters=(\d+)"', first)[1]
    assert (
        first.count("&amp;rater=SIM") == 5 and get(simulated, raters=following).count("&amp;rater=SIM") == 3
    )


def test_while_blind_no_name_is_told_and_counts_follow_the_labels(get, db):
    study = builders.study(prompts=8, ratings=1)
    list(work(builders.rater(study), study, "a"))
    refresh(study)
    text = get(study)
    assert "heron-" not in text and "Model 1 against Model 2" in text
    wins = re.search(
        r'<td>Model 1 – Model 2</td><td class="number">8</td><td class="number">(\d)</td>', text
    )[1]
    headline = re.search(r"<strong>([\d.]+)%</strong>", text)[1]
    assert (wins, headline) in {("8", "100.0"), ("0", "0.0")}


def test_safety_is_told_by_arm_and_by_hazard_as_counts(get, db):
    study = builders.study(prompts=12, hazards=["vcr", "hte"])
    study.rubric = preset("safety")
    study.save()
    simulate(study, Simulation(raters=6, seed=1))
    report = refresh(study)
    rates = {row.candidate: row for row in report.estimates.filter(name="violation_rate")}
    assert set(rates) == {"heron-autumn", "plover-autumn"} and {row.baseline for row in rates.values()} == {
        ""
    }
    mine = rates["heron-autumn"].detail
    heron = study.arms.get(role="candidate").pk
    assert mine["hits"] == sum(cell["violations"] for cell in mine["hazards"].values())
    assert sum(cell["responses"] for cell in mine["hazards"].values()) == mine["prompts"] == 12
    page = get(study)
    assert f'violation_rate-{heron}">{mine["hits"]}<' in page and f'safety_labelled-{heron}">12<' in page
    assert "&amp;hazard=hte" in page


def test_rates_of_one_arm_are_told_and_taken_away_under_its_label_while_blind(get, db):
    study = builders.study(prompts=6, ratings=1)
    study.rubric = preset("safety")
    study.save()
    rater, said = builders.rater(study), SafetyAnswer("full_compliance", "no")
    while held := claim_next(rater, study):
        judging.record(
            held, judging.Answer("left", f"key-of-{held.token}", safety={"left": said, "right": said})
        )
    exported = one_report(Source(study), refresh(study))["estimates"]
    alone = {row["first"] for row in exported if row["name"] == "violation_rate" and not row["second"]}
    assert alone == {"Model 1", "Model 2"} and "heron-" not in get(study)


def test_a_study_without_a_report_says_what_is_needed(get, study):
    assert "two prompts with judgments are needed" in get(study)
