"""What a run asks of raters: only what is new, within the plan's budget, and no longer than its rule says."""

import pytest
from django.utils import timezone

from assay.evaluations.models import EvaluationRun
from assay.evaluations.planning import add_version
from assay.evaluations.ticking import tick
from generation.chunks import claim
from generation.models import Chunk
from generation.runs import plan_run
from generation.sampling import Sampling
from raters import judging
from raters.assignment import claim_next
from raters.models import Assignment, Comparison, Enrolment, Rater, Study
from raters.rubrics.answers import Answer
from raters.studies.progress import unanswered
from tests import builders
from tests.assay.evaluations.conftest import checkpoint, conclude, hurry, judge, settle_down, version_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def alike(writer):
    """Of twelve responses seven are the same for all checkpoints: 58%."""
    writer.own = lambda name, number: number >= 7
    return writer


def people(study: Study, names: tuple[str, ...] = ("rita", "otto")) -> list[Rater]:
    """Raters at the work of this study, the same ones in every study."""
    found = []
    for name in names:
        rater = Rater.objects.filter(user__username=name).first()
        if rater is None:
            found.append(builders.rater(study, name))
        else:
            Enrolment.objects.get_or_create(study=study, rater=rater)
            found.append(rater)
    return found


def judge_by_people() -> int:
    """All prefer the new checkpoint."""
    made = 0
    for study in Study.objects.filter(status="collecting"):
        for rater in people(study):
            while assignment := claim_next(rater, study):
                judging.now_shown(assignment)
                prefer_a(assignment)
                made += 1
    return made


def prefer_a(assignment) -> None:
    value = "left_slightly" if assignment.a_is_left else "right_slightly"
    judging.record(assignment, Answer(value, f"a-key-of-many-letters-{assignment.pk}"))


def asked(step: int, against: str) -> dict[str, int]:
    study = Study.objects.get(
        of_evaluation_run__run__checkpoint__step=step, of_evaluation_run__against=against
    )
    rows = study.comparisons.values_list("status", flat=True)
    return {status: list(rows).count(status) for status in set(rows)}


def test_a_second_checkpoint_that_answers_alike_costs_only_what_differs(plan, series, alike):
    checkpoint(series, 100)
    settle_down()
    assert judge_by_people() == 24
    conclude()
    checkpoint(series, 200)
    settle_down()
    assert asked(200, "previous") == {"equal": 7, "open": 5}
    assert asked(200, "baseline") == {"reused": 7, "open": 5}
    assert judge_by_people() == 20  # 2 ratings of 5 in each of the two studies, of 48
    conclude()
    second = EvaluationRun.objects.get(checkpoint__step=200)
    assert second.verdict in ("pass", "improvement") and not second.is_simulated
    notes = " ".join(note for gate in second.decision.values() for note in gate["notes"])
    assert "7 comparisons of two equal texts" in notes and "7 comparisons judged in an earlier study" in notes


def test_raters_of_an_earlier_study_of_the_plan_find_the_next_one(plan, series):
    checkpoint(series, 100)
    settle_down()
    judge_by_people()
    conclude()
    checkpoint(series, 200)
    settle_down()
    study = Study.objects.filter(status="collecting").first()
    assert set(study.enrolments.values_list("rater__user__username", "step")) == {
        ("rita", "work"),
        ("otto", "work"),
    }


def waits_with(step: int) -> str:
    waiting = EvaluationRun.objects.get(checkpoint__step=step).steps.get(name="generate")
    return str(waiting.lines.last())


def test_generation_waits_while_the_day_s_tokens_are_spent(plan, series, prompts, baseline, writer):
    add_version(plan, version_with(baseline, tokens_a_day=70), [prompts])
    checkpoint(series, 100)
    settle_down()  # 12 responses of 3 tokens: 36
    checkpoint(series, 200)
    settle_down()
    assert {name for name, _ in writer.asked} == {"heron-100"}
    assert waits_with(200) == "36 of 70 tokens of 24 hours are used or promised; about 36 more are wanted"


def test_what_is_promised_and_not_generated_yet_counts_against_the_day(plan, series, prompts, baseline):
    """Nothing is measured: 12 responses may take 64 tokens each."""
    sampling = Sampling(max_new_tokens=64).to_json()
    add_version(plan, version_with(baseline, tokens_a_day=1500, sampling=sampling), [prompts])
    for step in (100, 200):
        checkpoint(series, step)
    tick()
    assert (
        waits_with(200) == "768 of 1,500 tokens of 24 hours are used or promised; about 768 more are wanted"
    )


def test_responses_to_the_same_prompts_under_other_sampling_spare_no_tokens(
    plan, series, prompts, baseline, writer
):
    add_version(plan, version_with(baseline, tokens_a_day=70), [prompts])
    plan_run(checkpoint(series, 100), prompts, Sampling(max_new_tokens=9))
    settle_down()
    assert waits_with(100) == "36 of 70 tokens of 24 hours are used or promised; about 36 more are wanted"


def test_the_most_urgent_plan_goes_first(plan, series, prompts, baseline, writer):
    low, high = checkpoint(series, 100), checkpoint(series, 200)
    tick()
    add_version(plan, version_with(baseline, priority=50), [prompts])
    EvaluationRun.objects.filter(checkpoint=high).update(version=plan.current)
    assert [run.checkpoint for run in EvaluationRun.objects.running()] == [high, low]


def test_what_an_urgent_plan_needs_is_generated_first(plan, series, prompts, baseline):
    low = checkpoint(series, 100)
    tick()
    add_version(plan, version_with(baseline, priority=50), [prompts])
    high = checkpoint(series, 200)
    tick()
    assert Chunk.objects.due().filter(run__checkpoint=low).exists()
    assert claim("ann").run.checkpoint == high


def test_studies_open_only_within_the_week_s_judgments(plan, series, prompts, baseline):
    add_version(plan, version_with(baseline, judgments_a_week=40), [prompts])
    checkpoint(series, 100)
    settle_down()
    assert judge(0.97) == 24
    conclude()
    checkpoint(series, 200)
    settle_down()
    assert not Study.objects.filter(status="collecting").exists()
    said = EvaluationRun.objects.get(checkpoint__step=200).steps.get(name="collect").lines.last().text
    assert said == "24 of 40 judgments of this week are used; 24 are wanted"


def test_a_run_that_could_never_fit_the_budget_fails_with_its_reason(plan, series, prompts, baseline):
    add_version(plan, version_with(baseline, judgments_a_week=10), [prompts])
    checkpoint(series, 100)
    settle_down()
    run = EvaluationRun.objects.get()
    assert run.status == "failed" and "needs 24 judgments, and the plan has 10 a week" in run.reason


def test_a_study_stops_early_once_the_sequence_has_decided(series, plan):
    wanted = builders.prompt_set(prompts=120, slug="many")
    other = builders.run(wanted, "dunlin").checkpoint
    add_version(plan, version_with(other, stops_early=True, ratings_per_comparison=1), [wanted])
    checkpoint(series, 100)
    settle_down()
    study = Study.objects.get()
    rita = builders.rater(study, "rita")
    for _ in range(60):
        assignment = claim_next(rita, study)
        judging.now_shown(assignment)
        prefer_a(assignment)
    hurry()
    conclude()
    run = EvaluationRun.objects.get()
    assert run.verdict == "improvement"
    (gate,) = run.decision.values()
    assert "confidence sequence" in gate["method"] and gate["prompts"] < 120
    said = " ".join(line.text for line in run.steps.get(name="collect").lines.all())
    assert "stopped early after" in said and "improvement" not in said  # another study may be judged still


def test_an_undecided_sequence_goes_on(series, plan, baseline, prompts):
    add_version(plan, version_with(baseline, stops_early=True), [prompts])
    checkpoint(series, 100)
    settle_down()
    for rater in people(Study.objects.get()):
        claim_next(rater, Study.objects.get())
    conclude()
    assert Study.objects.get().status == "collecting"


def test_a_checkpoint_that_answers_exactly_alike_is_not_shown_to_anybody(plan, series, writer):
    writer.own = lambda name, number: False
    checkpoint(series, 100)
    settle_down()
    judge_by_people()
    conclude()
    checkpoint(series, 200)
    settle_down()
    assert not Comparison.objects.filter(
        study__of_evaluation_run__run__checkpoint__step=200, status="open"
    ).exists()
    run = EvaluationRun.objects.get(checkpoint__step=200)
    assert run.verdict and run.decision["previous on everyday@1"]["value"] == 0


def test_what_a_language_model_says_stands_for_no_rating(plan, series):
    checkpoint(series, 100)
    settle_down()
    study = Study.objects.get()
    model = Rater.objects.create(kind=Rater.Kind.LLM, code="J1")
    for comparison in study.comparisons.all():
        for a_is_left in (True, False):
            said = {"a_is_left": a_is_left, "state": "done", "purpose": "judge"}
            Assignment.objects.create(comparison=comparison, rater=model, lease_until=timezone.now(), **said)
    assert unanswered(study) == study.comparisons.count() == 12
    conclude()
    assert Study.objects.get().status == "collecting"
