"""Series, plans, their runs and verdicts by the API: the whole way that a training pipeline takes."""

import pytest

from assay.evaluations.models import Evaluation, EvaluationRun
from generation.models import CheckpointSeries
from raters.models import Study, StudyMember
from tests import builders
from tests.evaluated import series_with_verdicts

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan() -> Evaluation:
    return series_with_verdicts()


@pytest.fixture
def terms() -> dict[str, object]:
    version = builders.prompt_set(slug="birds")
    builders.run(version, "dunlin")
    return {"prompt_sets": [str(version)], "baseline": "dunlin", "gate_margin": 0.1}


def test_a_place_is_watched_and_what_was_refused_there_is_told(api, settings, tmp_path):
    settings.CHECKPOINT_ROOTS = [tmp_path]
    made = api.post("series/owls", {"uri": str(tmp_path), "every_s": 5}, method="put")
    assert (made.status_code, made.json()["watch_uri"]) == (200, str(tmp_path))
    again = api.post("series/owls", {"uri": "/elsewhere"}, method="put")
    assert again.status_code == 422 and "CHECKPOINT_ROOTS" in again.json()["detail"]
    assert api.get("series/owls").json()["look_every_s"] == 5


def test_what_was_seen_is_listed_by_its_standing(api, plan):
    (seen,) = api.get("series/herons/sightings?status=refused").json()["items"]
    assert seen["name"] == "step-400" and "half-written" in seen["reason"]


def test_a_plan_is_made_changed_paused_and_read_back(api, terms):
    CheckpointSeries.objects.create(slug="herons", title="Herons")
    made = api.post("evaluations", {"slug": "nightly", "series": "herons", **terms})
    assert made.status_code == 201 and made.json()["current"]["gate_margin"] == 0.1
    api.post("evaluations/nightly/versions", {**terms, "gate_margin": 0.2, "cron": "0 6 * * 1"})
    current = api.get("evaluations/nightly").json()["current"]
    assert (current["number"], current["cadence"], current["gate_margin"]) == (2, "cron", 0.2)
    assert [one["number"] for one in api.get("evaluations/nightly/versions").json()["items"]] == [1, 2]
    assert api.post("evaluations/nightly/pause").json()["enabled"] is False
    assert api.post("evaluations/nightly/resume").json()["enabled"] is True


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"baseline": "swan"}, "no checkpoint 'swan'"),
        ({"judged_by": "model"}, "judge must name"),
        ({"cron": "mondays"}, "five fields are expected"),
        ({"prompt_sets": ["fish"]}, "fish"),
        ({"series": "ducks"}, "no series 'ducks'"),
        ({"template": {"consent": "a\x00b"}}, "U+0000"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused_whole(api, terms, wrong, told):
    CheckpointSeries.objects.create(slug="herons", title="Herons")
    answer = api.post("evaluations", {"slug": "nightly", "series": "herons", **terms, **wrong})
    assert answer.status_code == 422 and told in answer.json()["detail"]
    assert not Evaluation.objects.exists()


def test_a_plan_under_an_idempotency_key_is_made_once(api, terms):
    CheckpointSeries.objects.create(slug="herons", title="Herons")
    body = {"slug": "nightly", "series": "herons", **terms}
    first, second = (api.post("evaluations", body, key="k") for _ in range(2))
    assert first.content == second.content and second.headers["Idempotency-Replayed"] == "true"


def test_runs_are_listed_with_gates_steps_and_what_they_rest_on(api, plan):
    runs = api.get("evaluations/weekly/runs").json()["items"]
    assert [run["verdict"] for run in runs][-1] == "fail" and runs[0]["caveat"].startswith("simulated raters")
    one = api.get(f"evaluation-runs/{runs[-1]['id']}").json()
    assert [step["name"] for step in one["steps"]][-3:] == ["report", "gate", "tell"]
    assert one["steps"][2]["log"] and one["studies"] and one["gates"]["baseline on birds@1"]["margin"] == 0.15


def test_what_a_checkpoint_lost_is_told_with_texts(api, plan):
    runs = api.get("evaluations/weekly/runs").json()["items"]
    found = api.get(f"evaluations/weekly/changes?old={runs[1]['id']}&new={runs[2]['id']}").json()
    assert found and all(one["before"] > 0.5 > one["after"] for one in found) and found[0]["later"]
    assert api.get("evaluations/weekly/changes?old=1&new=999999").status_code == 422
    EvaluationRun.objects.filter(pk=runs[2]["id"]).update(verdict=None, status="running")
    early = api.get(f"evaluations/weekly/changes?old={runs[1]['id']}&new={runs[2]['id']}")
    assert early.status_code == 422 and "no verdict yet" in early.json()["detail"]


def test_a_run_s_studies_and_what_they_found_are_told_to_those_who_have_a_part_in_them(api, plan):
    _, second, third = plan.runs.order_by("checkpoint__step")
    study = third.studies.get(against="baseline").study
    changes = f"evaluations/weekly/changes?old={second.pk}&new={third.pk}"

    def told() -> tuple[bool, bool]:
        run = api.get(f"evaluation-runs/{third.pk}").json()
        return study.slug in {one["study"] for one in run["studies"]}, bool(api.get(changes).json())

    assert told() == (True, True)
    StudyMember.objects.create(study=study, user=builders.researcher("olga"), role="owner")
    assert told() == (False, False)


def test_texts_that_a_study_shows_without_names_are_kept_back_from_what_was_lost(api, db):
    plan = series_with_verdicts(win_rates=(0.95, 0.95, 0.05))  # so far apart that chance decides no verdict
    _, second, third = plan.runs.order_by("checkpoint__step")
    Study.objects.filter(of_evaluation_run__run=third, of_evaluation_run__against="previous").update(
        unblinded_at=None, simulation=None
    )
    found = api.get(f"evaluations/weekly/changes?old={second.pk}&new={third.pk}").json()
    assert found and all(not one["earlier"] and not one["later"] and one["baseline"] for one in found)


def test_a_run_is_started_once_cancelled_tried_again_and_noted(api, plan):
    made = builders.run(plan.current.prompt_sets.get(), "heron-900").checkpoint
    first = api.post("evaluations/weekly/runs", {"checkpoint": made.name})
    assert first.status_code == 201
    assert api.post("evaluations/weekly/runs", {"checkpoint": made.name}).status_code == 200
    run = f"evaluation-runs/{first.json()['id']}"
    assert api.post(f"{run}/cancel").json()["status"] == "cancelled"
    assert api.post(f"{run}/cancel").status_code == 422
    assert api.post(f"{run}/retry").json()["status"] == "running"
    assert api.post(f"{run}/note", {"note": "new data"}, method="put").json()["note"] == "new data"


def test_the_verdict_comes_with_the_exit_code_of_the_command(api, plan):
    told = api.get("verdicts?checkpoint=heron-300").json()
    assert (told["answer"], told["exit_code"]) == ("fail", 10) and "simulated" in told["lines"][0]
    unknown = api.get("verdicts?checkpoint=swan")
    assert unknown.status_code == 422 and "no checkpoint 'swan'" in unknown.json()["detail"]


def test_reading_needs_no_more_than_reading_and_writing_its_own_scope(api_of, researcher, plan):
    reader = api_of(researcher, "read")
    assert reader.get("evaluations/weekly").status_code == 200
    refused = reader.post("evaluations/weekly/pause")
    assert refused.status_code == 403 and "evaluations:write" in refused.json()["detail"]
