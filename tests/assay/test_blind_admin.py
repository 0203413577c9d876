"""The administration lists nothing of a blinded study that would tell which checkpoint is which."""

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone

from assay.reports.live import fold
from assay.reports.models import Board, ComparisonTally, Estimate, RaterTally, Report
from assay.reports.refresh import refresh
from raters.models import Assignment, Comparison, Judgment, Study, StudyArm
from tests import builders
from tests.raters.working import work

MODELS = [Report, Estimate, ComparisonTally, RaterTally, StudyArm, Comparison, Assignment, Judgment]


@pytest.fixture
def judged(client, db) -> Study:
    study = builders.study(prompts=6, ratings=1)
    list(work(builders.rater(study), study, "a"))
    fold(study)
    refresh(study)
    client.force_login(get_user_model().objects.create_superuser("root", "root@example.org", "x"))
    return study


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("opened", [{"unblinded_at": "2026-03-01T12:00Z"}, {"simulation": {"seed": 0}}])
def test_rows_are_there_once_names_are_known(client, judged, model, opened):
    row = model.objects.first()
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    lists, page = reverse(f"{name}_changelist"), reverse(f"{name}_change", args=[row.pk])
    found = client.get(lists).context["cl"].result_count
    assert (found, client.get(page).status_code) == (0, 302)
    Study.objects.update(**opened)
    assert client.get(lists).context["cl"].result_count == model.objects.count()
    assert client.get(page).status_code == 200


def test_a_leaderboard_is_listed_without_its_ranks(client, judged):
    """It may be one for those who know the arms of a blinded study."""
    fields = {"prompt_set_version": judged.prompt_set_version, "simulated": False, "made_at": timezone.now()}
    board = Board.objects.create(
        **fields, made_from=[], content={"ranks": "heron-autumn"}, studies_sha256="0"
    )
    text = client.get(reverse("admin:reports_board_change", args=[board.pk])).text
    assert str(judged.prompt_set_version) in text and "heron-autumn" not in text


def test_a_study_s_form_names_no_candidate_while_it_is_blinded(client, judged):
    page = reverse("admin:raters_study_change", args=[judged.pk])
    assert "arms-group" not in client.get(page).text
    Study.objects.update(unblinded_at="2026-03-01T12:00Z")
    assert "arms-group" in client.get(page).text
