"""The results page tells rates by group under names that its reader may know, with the raters of each and no counts."""

import re

import pytest
from django.urls import reverse

from assay.reports.rater_groups import refresh_group_rates
from assay.reports.refresh import refresh
from raters.models import AboutRater
from raters.studies.phases import take
from raters.studies.unblinding import unblind
from tests import builders
from tests.raters.working import work


@pytest.fixture
def study(db):
    """Six raters under thirty always prefer the heron, five others the plover."""
    study = builders.study(prompts=4, ratings=12, about_raters=["age", "field_of_work"])
    for k in range(11):
        rater = builders.rater(study, f"rater-{k}")
        AboutRater.objects.create(
            enrolment=study.enrolments.get(rater=rater), question="age", answer=int(k >= 6)
        )
        list(work(rater, study, "a" if k < 6 else "b"))
    refresh(study)
    return study


@pytest.fixture
def page(client, researcher, study):
    client.force_login(researcher)
    return lambda: client.get(reverse("dashboards:results", args=[study.slug])).text


def rows(text):
    table = re.search(r'id="groups-heading".*?</section>', text, re.DOTALL)[0]
    found = re.findall(r"<tr>(<th scope=\"row\">.*?)</tr>", table)
    return [tuple(re.sub(r"<[^>]*>", "|", row).strip("|").split("||")) for row in found]


def test_it_waits_until_the_study_is_closed(page):
    assert "Written once the study is closed" in page() and rows(page()) == []


def test_each_group_has_its_rate_and_its_raters(page, study):
    take(study, "finish")
    assert "A worker writes these rates now." in page()
    refresh_group_rates()
    unblind(study, "all is in")
    told = {(row[2], row[3], row[5]) for row in rows(page())}
    assert told == {("18 to 29", "100%", "6"), ("30 to 44", "0%", "5")}
    assert "heron-autumn – plover-autumn" in rows(page())[0][0]
    assert "Too few raters answered for groups of five." in page()  # nobody told the field of their work


def test_while_blind_rates_follow_the_labels(page, study):
    take(study, "finish")
    refresh_group_rates()
    told = rows(page())
    assert {row[0] for row in told} == {"Model 1 – Model 2"}
    assert {(row[2], row[3]) for row in told} in (
        {("18 to 29", "100%"), ("30 to 44", "0%")},
        {("18 to 29", "0%"), ("30 to 44", "100%")},
    )
    assert "heron" not in re.search(r'id="groups-heading".*?</section>', page(), re.DOTALL)[0]
