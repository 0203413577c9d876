"""What length has to do with verdicts: estimates are those of analysis, and the page tells them with their method."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from django.urls import reverse
from scipy.special import expit

from analysis.adjusted import adjusted_win_rate
from assay.reports.counted import Counted
from assay.reports.lengths import LENGTH, differences_of
from assay.reports.refresh import refresh
from raters import judging
from raters.assignment import claim_next
from tests import builders
from tests.compared import compared
from tests.raters.working import work

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def study(db):
    """Thirty prompts, lengths that vary on both sides; two of three raters take the longer response."""
    version = builders.prompt_set(prompts=30, slug="set-of-autumn")
    long, short = "word " * 40, "word " * 5
    for name, first in (("heron-autumn", 0), ("plover-autumn", 1)):
        texts = [f"{n} {long if (n + n // 5 + first) % 2 else short}{'x' * n}" for n in range(30)]
        builders.run(version, name, texts)
    study = compared(version, "heron-autumn", "plover-autumn", slug="lengths")
    for number, name in enumerate(("ada", "ben", "cyd")):
        rater = builders.rater(study, name)
        while held := claim_next(rater, study):
            judging.record(held, judging.Answer(verdict(held, number), f"key-of-{held.token}"))
    refresh(study)
    return study


def verdict(held, number):
    longer = "left" if len(held.left.text) > len(held.right.text) else "right"
    if (held.comparison_id + number) % 3:
        return longer
    return "left" if longer == "right" else "right"


def estimates(study):
    return {row.name: row for row in study.reports.first().estimates.filter(name__in=LENGTH)}


def test_they_are_what_analysis_says_of_lengths_and_verdicts(study):
    table = Counted.of(study).table()
    (lengths,) = differences_of(Counted.of(study)).values()
    column = np.array([float(lengths[key]) for key in table.prompt.values()])
    found = adjusted_win_rate(replace(table, covariates={"length": column}), ["length"])
    told = estimates(study)
    rate, effect = told["win_rate_equal_length"], told["length_effect"]
    assert (rate.value, rate.low, rate.high) == pytest.approx((found.value, found.low, found.high))
    assert effect.value == pytest.approx(expit(found.coefficients["length"].value * np.tanh(1)))
    assert effect.value > 0.5 and effect.detail["scale"] == round(column.std())


def test_lengths_are_counted_over_all_turns_and_candidate_less_baseline(study):
    (lengths,) = differences_of(Counted.of(study)).values()
    for row in study.comparisons.all():
        a, b = (sum(map(len, response.turns)) for response in (row.response_a, row.response_b))
        assert lengths[row.prompt.key] == a - b
    assert len(lengths) == 30


def test_no_response_is_read_for_the_lengths_of_what_was_judged(study, django_assert_num_queries):
    counted = Counted.of(study)
    with django_assert_num_queries(2) as asked:  # the arms, and what counts without a judgment
        differences_of(counted)
    assert 'status" IN' in asked.captured_queries[1]["sql"]
    assert "turns" not in "".join(query["sql"] for query in asked.captured_queries)


def test_two_equal_texts_and_what_was_judged_before_have_lengths_too(study):
    first, second = study.comparisons.order_by("pk")[:2]
    study.comparisons.filter(pk=first.pk).update(status="equal")
    study.comparisons.filter(pk=second.pk).update(status="reused", reuses=first)
    (lengths,) = differences_of(Counted.of(study)).values()
    assert len(lengths) == 30
    assert lengths[second.prompt.key] == second.response_a.characters - second.response_b.characters


def test_the_page_tells_them_as_a_chart_and_a_table_and_says_how(client, researcher, study):
    client.force_login(researcher)
    text = client.get(reverse("dashboards:results", args=[study.slug])).text
    part = re.search(r'id="length-1".*?</section>', text, re.DOTALL)[0]
    chart = ElementTree.fromstring(re.search(r"<svg.*?</svg>", part, re.DOTALL)[0])
    assert len(list(chart.iter(f"{SVG}circle"))) == 3
    effect = estimates(study)["length_effect"]
    assert f"{100 * effect.value:.1f}%" in part and "How computed" in part and "logistic in tanh" in part
    assert "All, both equally long" in part and "plover" not in part  # the study is blind


def test_where_it_cannot_be_told_the_page_says_so(client, researcher, db):
    study = builders.study(prompts=4, ratings=1)
    list(work(builders.rater(study), study, "a"))
    refresh(study)
    client.force_login(researcher)
    assert estimates(study) == {}
    assert "cannot be told" in client.get(reverse("dashboards:results", args=[study.slug])).text
