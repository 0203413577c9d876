"""Beside every number stand its interval and how it was computed."""

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import escape

from analysis.proportions import wilson
from assay.dashboards.leaderboards.laying_out import Group, PairRow
from assay.dashboards.results.rows import Row
from assay.evaluations.models import Measure
from assay.reports.models import Estimate
from raters.quality.measures import Share
from tests import builders
from tests.evaluated import series_with_verdicts
from tests.raters.working import work


@pytest.fixture
def get(client, researcher):
    client.force_login(researcher)
    return lambda name, *arguments: client.get(reverse(f"dashboards:{name}", args=arguments)).text


def test_what_language_models_say_stands_with_its_method():
    said = Estimate(
        name="judge_consistency", value=0.5, low=0.2, high=0.8, n=4, method="both orders alike, Wilson"
    )
    said.candidate, said.baseline, said.detail = "heron", "plover", {"asked": 8, "unreadable": 0}
    text = render_to_string("dashboards/judge_numbers.html", {"rows": [Row("Same verdict", said)]})
    assert "How computed" in text and "both orders alike, Wilson" in text


@pytest.mark.django_db
def test_the_timeline_s_table_says_how_each_column_was_computed(get):
    series_with_verdicts()
    text = get("series", "herons")
    shown = Measure.objects.filter(of__against="baseline").values_list("method", flat=True)
    assert shown and all(f"<dd>{escape(method)}</dd>" in text for method in set(shown))


def test_a_leaderboard_names_every_method_with_the_pairs_whose_it_is():
    rows = [
        PairRow("a", other, (1, 2), {"method": method})
        for other, method in (("b", "x"), ("c", "y"), ("d", "x"))
    ]
    assert Group({}, (), tuple(rows), "").methods == {"x": ["a – b", "a – d"], "y": ["a – c"]}


def test_a_rater_s_shares_have_wilson_s_interval():
    mine, expected = Share(9, 12).interval, wilson(9, 12)
    assert (mine.low, mine.high) == pytest.approx((expected.low, expected.high), abs=1e-6)


def test_shares_stand_with_their_intervals_on_the_pages_of_raters_and_of_the_study(get, db):
    study = builders.study(prompts=4, ratings=2)
    for name in ("ana", "ben"):
        list(work(builders.rater(study, name), study, "a"))
    ends = Share(4, 4).interval
    shown = f"[{100 * ends.low:.1f}, 100.0]"
    assert f"{shown} 4/4" in get("study_raters", study.slug)
    assert f"{shown}, n 4" in get("study_running", study.slug)
