"""What stands in the place of numbers, or beside old ones, where a report is missing, late or cannot be written."""

import pytest
from django.urls import reverse

from assay.reports.refresh import refresh_stale
from tests.raters.working import work


@pytest.fixture
def get(client, researcher, study):
    client.force_login(researcher)
    return lambda name: client.get(reverse(f"dashboards:{name}", args=[study.slug])).text


def fails(study):
    raise RuntimeError("the disk is full")


@pytest.mark.parametrize("page", ["results", "study"])
def test_a_report_that_cannot_be_written_is_told_until_one_is(get, study, rater, page, monkeypatch):
    list(work(rater, study))
    with monkeypatch.context() as broken:
        broken.setattr("assay.reports.refresh.refresh", fails)
        assert refresh_stale() == 0
    text, at = get(page), study.report_failure.at
    assert f"The last attempt to write a report failed at {at:%Y-%m-%d %H:%M:%S} UTC" in text
    assert "on its way" not in text and "the disk is full" not in text
    assert refresh_stale() == 1
    assert "The last attempt" not in get(page)


@pytest.mark.parametrize("page", ["results", "study"])
def test_without_a_number_the_way_to_raters_is_one_link(get, study, page):
    assert f'<a class="button" href="{reverse("dashboards:invitations", args=[study.slug])}">' in get(page)


def test_a_draft_without_numbers_leads_to_its_opening_and_to_the_planner(get, study):
    study.status = "draft"
    study.save()
    text = get("results")
    assert reverse("dashboards:study", args=[study.slug]) in text and reverse("dashboards:new_study") in text


def test_the_results_page_promises_no_refreshing_that_it_does_not_do(get):
    assert "data-live" not in get("results")
