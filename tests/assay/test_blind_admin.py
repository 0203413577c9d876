"""The administration lists nothing of a blinded study that would tell which checkpoint is which."""

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone

from assay.reports.live import fold
from assay.reports.models import Board, ComparisonTally, Estimate, RaterTally, Report
from assay.reports.refresh import refresh
from generation.models import Response, RunResponse
from raters.models import Assignment, Comparison, Judgment, Study, StudyArm
from raters.studies.copying import new_version
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
    version = reverse("admin:raters_study_change", args=[new_version(judged, "autumn-2").pk])
    told = ("arms-group", "heron-autumn", "plover-autumn", "comparisons_sha256")
    assert [one for one in told if one in client.get(page).text + client.get(version).text] == []
    Study.objects.update(unblinded_at="2026-03-01T12:00Z")
    assert [one for one in told if one not in client.get(page).text] == []
    assert "arms-group" in client.get(version).text


@pytest.mark.parametrize("model", [Response, RunResponse])
def test_texts_under_their_checkpoint_s_name_are_found_as_on_the_pages_of_responses(client, judged, model):
    """One text may stand in a run of no study, too; a place that is not filled hides nothing else."""
    name = f"admin:generation_{model._meta.model_name}"
    run = judged.arms.get(role="candidate").run
    other = builders.run(builders.prompt_set(2, slug="another"), "owl")
    hidden, free = run.items.first(), other.items.first()
    RunResponse.objects.create(run=other, prompt=hidden.prompt, response=hidden.response)
    RunResponse.objects.create(run=run, prompt=hidden.prompt, sample=9)

    def reached(place: RunResponse) -> int:
        row = place if model is RunResponse else place.response
        return client.get(reverse(f"{name}_change", args=[row.pk])).status_code

    def listed() -> int:
        return client.get(reverse(f"{name}_changelist")).context["cl"].result_count

    blind = listed()
    assert (reached(hidden), reached(free)) == (302, 200) and blind < model.objects.count()
    Study.objects.update(unblinded_at="2026-03-01T12:00Z")
    assert (reached(hidden), reached(free), listed()) == (200, 200, model.objects.count())
