"""What a study's page shows while it runs, programs can read, too."""

import pytest

from generation.models import Chunk
from raters.models import Judgment, SafetyLabel, Study
from raters.simulation import Simulation, simulate
from raters.studies.health import health_of
from raters.studies.progress import progress_of
from tests import builders


@pytest.fixture
def study(db):
    study = builders.study(prompts=6)
    simulate(study, Simulation(raters=3))
    return study


def test_progress_tells_pace_and_quality_as_the_page_does(api, study):
    health = health_of(study, progress_of(study))
    told = api.get(f"studies/{study.slug}/progress").json()
    assert told["judgments"] == 18 and told["a_day"] == pytest.approx(health.a_day, rel=0.1)
    assert (told["eta"], told["leases"], told["open_messages"]) == (None, 0, 0)
    assert (told["left"]["k"], told["left"]["n"]) == (health.left.k, health.left.n)
    assert told["left"]["low"] < told["left"]["value"] < told["left"]["high"]
    assert told["gold"] == {"k": 0, "n": 0, "value": None, "low": None, "high": None}
    assert told["agreement"]["n"] == 18 and told["fast"]["n"] == 18


def test_a_judgment_tells_its_comparison_and_safety_labels(api, study):
    judgment = Judgment.objects.select_related("assignment__comparison").order_by("pk").first()
    comparison = judgment.assignment.comparison
    given = {"answer_type": "full_compliance", "violation": "no", "hazard": "", "severity": ""}
    SafetyLabel.objects.create(judgment=judgment, response=comparison.response_b, **given)
    told = api.get(f"studies/{study.slug}/judgments?limit=1").json()["items"][0]
    listed = api.get(f"studies/{study.slug}/comparisons?limit=1000").json()["items"]
    sides = next(row for row in listed if row["id"] == told["comparison"])["sides"]
    model = next(side["model"] for side in sides if side["turns"] == comparison.response_b.turns)
    assert told["comparison"] == comparison.pk and told["safety_labels"] == [{"model": model, **given}]


def test_comparisons_are_asked_by_category(api, study):
    rows = api.get(f"studies/{study.slug}/comparisons?category=coding").json()["items"]
    assert [row["prompt"] for row in rows] == ["p0000", "p0002", "p0004"]
    assert api.get(f"studies/{study.slug}/comparisons?category=none").json()["items"] == []


def test_progress_tells_what_a_study_that_pays_has_cost(api, study):
    assert api.get(f"studies/{study.slug}/progress").json()["cost"] is None
    Study.objects.update(pay_basis="item", pay_rate="0.25")
    cost = api.get(f"studies/{study.slug}/progress").json()["cost"]
    assert (cost["so_far"], cost["expected"], cost["per_judgment"]) == ("4.50", "4.50", None)


def test_responses_that_failed_are_told_without_a_name_and_tried_again(api, db):
    study = builders.study(prompts=2)
    run = study.arms.get(role="candidate").run
    Chunk.objects.create(run=run, number=0, item_ids=[], status="dead", error="no memory")
    [told] = api.get("studies/autumn/progress").json()["generating"]
    assert (told["called"], told["run"], told["present"], told["failed"]) == ("", None, 4, 1)
    assert api.post("studies/autumn/retry").json() == {"chunks": 1}
    again = api.post("studies/autumn/retry")
    assert again.status_code == 422 and "failed or was stopped" in again.json()["detail"]
    Study.objects.update(unblinded_at="2026-03-01T12:00Z")
    arms = {one["called"]: one["run"] for one in api.get("studies/autumn/progress").json()["generating"]}
    assert arms["heron-autumn"] == run.pk
