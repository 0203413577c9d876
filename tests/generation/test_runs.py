import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assay.accounts.models import AuditEvent
from generation.models import Chunk, GenerationRun, Response, RunResponse
from generation.runs import plan_run
from generation.sampling import Sampling
from generation.worker import work_off
from promptsets.digests import text_digest
from promptsets.models import Prompt
from tests import builders

pytestmark = pytest.mark.django_db
WARM = Sampling(temperature=0.8)


def work_off_all() -> None:
    work_off("test", stop=lambda: False, until_idle=True)


def test_a_run_has_a_place_for_each_sample_of_each_prompt(heron, version):
    run = plan_run(heron, version, WARM, samples=2)
    assert run.items.count() == 10 and run.missing.count() == 10
    assert set(run.items.values_list("sample", flat=True)) == {0, 1}


def test_the_work_is_cut_into_chunks_that_hold_each_place_once(heron, version, settings):
    settings.CHUNK_PROMPTS = 2
    run = plan_run(heron, version, Sampling())
    chunks = run.chunks.order_by("number")
    assert [len(chunk.item_ids) for chunk in chunks] == [2, 2, 1]
    assert sorted(pk for chunk in chunks for pk in chunk.item_ids) == sorted(
        run.items.values_list("pk", flat=True)
    )


def test_planning_freezes_the_version_and_is_on_record(heron, version):
    run = plan_run(heron, version, Sampling())
    version.refresh_from_db()
    event = AuditEvent.objects.get(action="run.planned")
    assert version.frozen_at and event.target_id == str(run.pk)
    assert event.detail == {"places": 5, "existing": 0}


def test_asking_for_the_same_finds_the_run(heron, version):
    first = plan_run(heron, version, Sampling())
    assert plan_run(heron, version, Sampling(temperature=0)) == first
    assert Chunk.objects.count() == 1 and RunResponse.objects.count() == 5


@pytest.mark.parametrize("other", [{"seed": 1}, {"samples": 2}])
def test_another_seed_or_number_of_samples_is_another_run(heron, version, other):
    assert plan_run(heron, version, WARM, **other) != plan_run(heron, version, WARM)


def test_ten_new_prompts_cost_ten_generations(heron, speller):
    old = builders.prompt_set(prompts=5, slug="old")
    plan_run(heron, old, Sampling())
    work_off_all()
    speller.asked.clear()
    run = plan_run(heron, builders.prompt_set(prompts=15, slug="new"), Sampling())
    assert run.missing.count() == 10
    work_off_all()
    assert len(speller.asked) == 10 and Response.objects.count() == 15 and not run.missing.exists()


def test_more_samples_generate_only_the_new_ones(heron, version, speller):
    plan_run(heron, version, WARM)
    work_off_all()
    speller.asked.clear()
    plan_run(heron, version, WARM, samples=3)
    work_off_all()
    assert len(speller.asked) == 10 and all(not asked.endswith(":0") for asked in speller.asked)


def test_two_prompts_with_one_text_are_generated_once(heron, version, speller):
    text = version.prompts.get(position=0).turns
    Prompt.objects.create(
        version=version, position=9, key="twin", turns=text, text_sha256=text_digest(text), characters=1
    )
    run = plan_run(heron, version, Sampling())
    work_off_all()
    assert len(speller.asked) == 5 and not run.missing.exists() and Response.objects.count() == 5


def test_a_thousand_prompts_are_planned_in_few_queries(heron, version):
    new = [
        Prompt(
            version=version,
            position=i,
            key=f"q{i}",
            turns=["x"],
            text_sha256=text_digest([str(i)]),
            characters=1,
        )
        for i in range(100, 1100)
    ]
    Prompt.objects.bulk_create(new)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        plan_run(heron, version, Sampling())
    assert GenerationRun.objects.get().items.count() == 1005
    assert (
        len(queries) < 40
    )  # SQLite takes 999 parameters a query; a query for each place would be over 1,000


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"seed": -1}, "seed is -1; it must be a whole number from 0 to 4294967295"),
        ({"seed": 2**32}, "seed is 4294967296"),
        ({"samples": 0}, "samples is 0; it must be a whole number from 1 to 64"),
        ({"samples": 2}, "at temperature 0 all samples of a prompt are the same text"),
    ],
)
def test_what_cannot_be_generated_is_refused(heron, version, options, message):
    with pytest.raises(ValueError, match=message):
        plan_run(heron, version, Sampling(), **options)
    assert not GenerationRun.objects.exists()


def test_imported_checkpoints_and_empty_versions_are_refused(heron, version):
    with pytest.raises(ValueError, match="nothing here generates for plover"):
        plan_run(builders.run(version, "plover").checkpoint, version, Sampling())
    with pytest.raises(ValueError, match="holds no prompts"):
        plan_run(heron, builders.prompt_set(prompts=0, slug="none"), Sampling())
