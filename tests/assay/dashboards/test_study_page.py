"""The researcher's pages: progress, the win rate as a chart and as a table, and what stands beside it."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.urls import reverse

from assay.reports.models import Estimate
from assay.reports.refresh import refresh
from raters import judging
from raters.assignment import claim_next
from raters.models import Study, StudyMember
from raters.models.about import AboutRater
from raters.simulation import Simulation, simulate
from raters.studies.copying import new_version
from raters.studies.progress import progress_of
from tests import builders

OUR_APPS = ("promptsets", "generation", "raters", "accounts", "reports", "evaluations")


@pytest.fixture
def page(client, researcher):
    client.force_login(researcher)

    def get(study: Study) -> str:
        return client.get(reverse("dashboards:study", args=[study.slug])).text

    return get


@pytest.fixture
def simulated(db):
    study = builders.study(prompts=50)
    simulate(study, Simulation(raters=8, seed=3))
    refresh(study)
    return study


def test_the_win_rate_stands_with_its_interval_n_and_method(page, simulated):
    headline = simulated.reports.first().estimates.get(name="win_rate", slice="")
    text = page(simulated)
    assert f"{100 * headline.value:.1f}%" in text
    assert f"[{100 * headline.low:.1f}, {100 * headline.high:.1f}]" in text
    assert "150 judgments, 50 prompts, 8 raters" in text and headline.method in text


def test_the_study_that_it_follows_is_named_to_those_who_have_a_part_in_that(page, study, researcher):
    made = new_version(study, "winter", None)
    earlier = f'href="/studies/{study.slug}/"'
    assert earlier in page(made)
    StudyMember.objects.create(study=study, user=builders.researcher("olga"), role="owner")
    StudyMember.objects.create(study=made, user=researcher, role="owner")
    assert earlier not in page(made) and "version 2" in page(made)


def test_the_chart_has_a_table_twin_with_every_row(page, simulated):
    text = page(simulated)
    assert text.count("<svg") == 2 and "<style" not in text and " style=" not in text
    for label in (
        "All prompts",
        "All, these raters only",
        "All, as published",
        "coding",
        "creative",
    ):
        assert f">{label}</a></th>" in text


def test_simulated_judgments_are_marked_and_their_truth_stands_beside_the_interval(page, simulated):
    text = page(simulated)
    assert "Simulated raters." in text and "Simulated truth: 55.0%" in text


def test_a_study_of_people_claims_no_truth(page, study):
    text = page(study)
    assert "imulated" not in text and "No number yet" in text


def test_what_raters_are_not_shown_is_counted(page, study):
    study.comparisons.filter(pk=study.comparisons.first().pk).update(
        status="excluded", status_reason="missing"
    )
    assert "1 missing" in page(study)


def test_a_report_behind_newer_judgments_says_so(page, simulated):
    simulated.reports.update(folds=0)
    assert "Newer judgments are in" in page(simulated)


def test_names_of_checkpoints_are_escaped(page, simulated):
    Estimate.objects.update(candidate="<script>alert(1)</script>")
    assert "<script>alert" not in page(simulated)


def test_an_empty_site_says_how_to_begin(client, researcher):
    client.force_login(researcher)
    assert f'href="{reverse("home")}"' in client.get(reverse("dashboards:studies")).text


def test_every_model_is_in_the_admin_and_every_list_opens(client, simulated):
    client.force_login(get_user_model().objects.create_superuser("root", "root@example.org", "x"))
    ours = [model for label in OUR_APPS for model in apps.get_app_config(label).get_models()]
    ours.remove(
        AboutRater
    )  # what raters say of themselves is in no list: only rates of five and more are told
    assert set(ours) <= set(admin.site._registry) and AboutRater not in admin.site._registry
    for model in ours:
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        assert client.get(address).status_code == 200, address


def test_a_comparison_on_a_raters_screen_is_not_complete_yet(db):
    study = builders.study(prompts=2, ratings=1)
    rater = builders.rater(study)
    judging.record(claim_next(rater, study), judging.Answer("same", "a-key-of-sixteen-letters"))
    claim_next(rater, study)
    progress = progress_of(study)
    assert (progress.judgments, progress.complete, progress.comparisons) == (1, 1, 2)
