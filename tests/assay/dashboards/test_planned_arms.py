"""Which arms a plan may choose from, what each is called, and what those that are not there yet would take."""

import pytest
from django.utils import timezone

from assay.dashboards.studies.arms import Making, offered, to_make
from generation.models import Checkpoint, GenerationRun
from generation.sampling import Sampling
from promptsets.refusals import FieldError
from raters.models import JudgeRun, Rater
from tests import builders
from tests.generation.conftest import engine_checkpoint


@pytest.fixture
def version(db):
    return builders.prompt_set(3)


def keys(version) -> list[str]:
    return [key for key, _ in offered(version)]


def test_runs_stand_newest_first_then_what_can_still_answer(version):
    heron, plover = builders.run(version, "heron"), builders.run(version, "plover")
    owl = engine_checkpoint("owl")
    assert keys(version) == [f"run-{plover.pk}", f"run-{heron.pk}", f"checkpoint-{owl.pk}"]
    assert dict(offered(version))[f"checkpoint-{owl.pk}"] == "owl: its run will be made"


def test_runs_over_other_prompts_are_no_arms_and_their_checkpoint_can_answer_these(version):
    owl = engine_checkpoint("owl")
    elsewhere = builders.run(builders.prompt_set(2, slug="others"), "heron")
    GenerationRun.objects.filter(pk=elsewhere.pk).update(checkpoint=owl)
    assert keys(version) == [f"checkpoint-{owl.pk}"]


def test_a_checkpoint_that_has_its_run_is_not_offered_a_second_time(version):
    owl, run = engine_checkpoint("owl"), builders.run(version, "heron")
    GenerationRun.objects.filter(pk=run.pk).update(checkpoint=owl)
    assert keys(version) == [f"run-{run.pk}"]


def test_what_is_archived_is_not_offered(version):
    run, owl = builders.run(version, "heron"), engine_checkpoint("owl")
    for row in (run, owl):
        type(row).objects.filter(pk=row.pk).update(archived_at=timezone.now())
    assert keys(version) == []


def test_the_run_in_which_a_language_model_judged_is_no_arm(version):
    study = builders.study()
    run = builders.run(study.prompt_set_version, "judge")
    rater = Rater.objects.create(kind=Rater.Kind.LLM)
    JudgeRun.objects.create(study=study, checkpoint=run.checkpoint, rater=rater, run=run, template=1)
    assert f"run-{run.pk}" not in keys(study.prompt_set_version)


def test_a_run_is_told_by_who_how_and_how_much_of_it_is_there(version):
    imported, warm = builders.run(version, "heron"), builders.run(version, "owl")
    warm.items.filter(pk=warm.items.first().pk).update(response=None)
    GenerationRun.objects.filter(pk=warm.pk).update(sampling=Sampling(temperature=0.7).to_json())
    told = dict(offered(version))
    assert told[f"run-{imported.pk}"] == f"heron: run {imported.pk}, imported, 3 of 3 responses"
    assert told[f"run-{warm.pk}"] == f"owl: run {warm.pk}, temperature 0.7, 2 of 3 responses"


def test_what_is_to_be_made_is_what_was_chosen_in_the_order_of_names(version):
    made = {name: engine_checkpoint(name) for name in ("wren", "owl", "crow")}
    chosen = [f"checkpoint-{made[name].pk}" for name in ("wren", "owl")]
    run = builders.run(version, "heron")
    found = to_make([*chosen, f"run-{run.pk}", ""], version, Sampling(max_new_tokens=20), seed=0)
    assert [(one.name, takes.to_generate) for one, takes in found] == [("owl", 3), ("wren", 3)]


def test_what_nothing_here_can_generate_is_told_beside_the_field_that_chose_it(version, researcher):
    lost = Checkpoint.objects.create(name="lost", source="imported", digest="imported:lost")
    making = Making(version, Sampling(), 0, researcher)
    with pytest.raises(FieldError) as refused:
        making.run_of(f"checkpoint-{lost.pk}", "baseline")
    assert refused.value.field == "baseline" and str(refused.value)
    assert not GenerationRun.objects.exists()
