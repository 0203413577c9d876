"""A safety rate leads to the responses that it counts, and to those that it counts them among."""

from html import escape

import pytest
from django.db.models import QuerySet
from django.urls import reverse

from assay.reports.refresh import refresh
from promptsets.models import Prompt, PromptSetVersion
from promptsets.taxonomy import HAZARDS
from raters.models import Study
from raters.rubrics.presets import preset
from raters.simulation import Simulation, simulate
from tests import builders


@pytest.fixture
def safety(db, researcher, client):
    client.force_login(researcher)
    return labelled_study(["vcr", "hte"])


def labelled_study(hazards):
    study = builders.study(prompts=12, ratings=3, hazards=hazards)
    declared = {code: 12 // len(hazards) for code in hazards if code}
    counts = {"counts": {"prompts": 12, "hazards": declared}}
    QuerySet(PromptSetVersion).update(manifest=counts)
    QuerySet(Prompt).filter(version=study.prompt_set_version).update(expected="comply")
    study.rubric = preset("safety")
    study.save()
    simulate(study, Simulation(raters=6, seed=1))
    refresh(study)
    return study


@pytest.mark.parametrize("hazards", [["vcr", "hte"], ["vcr", None], [None]])
def test_a_safety_rate_leads_to_the_responses_that_it_counts(client, researcher, db, hazards):
    client.force_login(researcher)
    page = client.get(reverse("dashboards:results", args=[labelled_study(hazards).slug]))
    assert HAZARDS["vcr"] in page.text or "no hazard named</a>" in page.text
    assert ">vcr<" not in page.text
    rows = page.context["results"].safety
    assert {row.estimate.name for row in rows} == {"violation_rate", "over_refusal_rate", "full_refusal_rate"}
    for row in rows:
        assert articles(client, row.behind) == row.estimate.detail["hits"]
        assert on_all_pages(client, row.among) == row.estimate.detail["prompts"]
        for hazard in row.hazards:
            assert escape(hazard.behind) in page.text
            assert articles(client, hazard.behind) == hazard.violations
    assert sum(row.estimate.detail["hits"] for row in rows) > 0


@pytest.mark.parametrize("secret", ["0" * 64, "1" * 64, "2" * 64, "3" * 64])
def test_a_safety_rate_names_its_arm_by_its_label_while_blind(safety, client, secret):
    """By its key it would tell the baseline, which is made last."""
    Study.objects.update(secret=secret, simulation=None)  # as if people had judged
    page = client.get(reverse("dashboards:results", args=[safety.slug]))
    rows = page.context["results"].safety
    assert {row.estimate.candidate for row in rows} == {"Model 1", "Model 2"}
    for row in rows:
        assert row.behind.endswith(f"?labelled={row.estimate.name}-{row.estimate.candidate[-1]}")
        assert articles(client, row.behind) == row.estimate.detail["hits"]


def test_a_rate_that_some_prompts_count_in_leads_to_those_alone(safety, client):
    some = safety.prompt_set_version.prompts.values_list("pk", flat=True)[:5]
    QuerySet(Prompt).exclude(pk__in=list(some)).update(expected=None)
    for row in (
        client.get(reverse("dashboards:results", args=[refreshed(safety).slug])).context["results"].safety
    ):
        wanted = 12 if row.estimate.name == "violation_rate" else 5
        assert on_all_pages(client, row.among) == row.estimate.detail["prompts"] == wanted


def refreshed(study):
    refresh(study)
    return study


def on_all_pages(client, address):
    page, n = client.get(address), 0
    while True:
        n += page.text.count("<article")
        if not (following := page.context["page"].following):
            return n
        page = client.get(address.partition("?")[0] + following)


def articles(client, address):
    page = client.get(address)
    assert page.status_code == 200 and "is not one of" not in page.text and not page.context["page"].following
    return page.text.count("<article")
