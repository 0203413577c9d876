"""The true thing: a RecurrentGemma checkpoint, registered, run by JAX through the ledger, and by a Celery worker."""

import subprocess
import sys
import time

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from generation.backends.engine import engine_of
from generation.models import Checkpoint, Response
from generation.progress import run_progress
from generation.registering import register
from generation.runs import plan_run
from generation.sampling import Sampling
from generation.worker import requeue_due, work_off
from tests import builders
from tests.processes import ROOT

SHORT = Sampling(max_new_tokens=6)
WARM = Sampling(temperature=0.8, max_new_tokens=6)
PATIENCE_S = 120


@pytest.fixture
def tiny(db, tiny_folder) -> Checkpoint:
    return register("tiny", str(tiny_folder)).checkpoint


@pytest.fixture
def few_slots(settings):
    settings.ENGINE_SLOTS = 4  # fewer than prompts, so that slots are filled again


def work_off_all() -> None:
    work_off("test", stop=lambda: False, until_idle=True)


@pytest.mark.django_db
def test_responses_are_what_the_engine_writes(tiny, few_slots):
    version = builders.prompt_set(prompts=5, turns=2)
    run = plan_run(tiny, version, SHORT)
    work_off_all()
    item = run.items.select_related("prompt", "response").first()
    first, second = item.response.token_ids
    assert not run.missing.exists() and run.chunks.get().error == ""
    assert first == greedy_ids(tiny, item.prompt.turns[0])
    assert item.response.n_output_tokens == len(first) + len(second) <= 12
    assert item.response.turns[0] == engine_of(tiny).checkpoint.tokenizer.decode(first)
    assert item.response.chat_template == "gemma" == run.chat_template


def greedy_ids(tiny: Checkpoint, text: str) -> list[int]:
    """Token after token from the logits of the whole sequence: slow, and without the engine's slots."""
    from generation.engine.chat import CHATS

    checkpoint = engine_of(tiny).checkpoint
    prompt, ids = CHATS["gemma"].first_turn(checkpoint.tokenizer, text), []
    for _ in range(SHORT.max_new_tokens):
        token = int(checkpoint.logits([*prompt, *ids])[-1].argmax())
        if token in checkpoint.stop_ids:
            break
        ids.append(token)
    return ids


@pytest.mark.django_db
def test_a_drawn_text_does_not_depend_on_its_place_or_neighbours(tiny, few_slots, settings):
    version = builders.prompt_set(prompts=6)
    runs = []
    for size, samples in ((16, 1), (2, 2)):
        settings.CHUNK_SECONDS, settings.CHUNK_PROMPTS = 0, size
        Response.objects.all().update(seed=1000 + size)  # so that nothing is found and all is drawn again
        runs.append(plan_run(tiny, version, WARM, seed=5, samples=samples))
        work_off_all()
    texts = [
        dict(run.items.filter(sample=0).values_list("prompt__key", "response__token_ids")) for run in runs
    ]
    assert texts[0] == texts[1] and len(set(map(str, texts[0].values()))) > 1


@pytest.mark.django_db
def test_a_folder_that_has_changed_since_is_refused(tiny, tiny_folder, version):
    (tiny_folder / "generation_config.json").write_text('{"eos_token_id": 7}')
    run = plan_run(tiny, version, SHORT)
    work_off_all()
    assert "its files have changed since tiny was registered" in run.chunks.get().error
    assert not Response.objects.exists()


@pytest.mark.django_db
def test_a_folder_outside_the_roots_is_refused_by_the_worker_too(tiny, version, settings, tmp_path):
    settings.CHECKPOINT_ROOTS = [tmp_path / "elsewhere"]
    run = plan_run(tiny, version, SHORT)
    work_off_all()
    assert "lies outside the folders that CHECKPOINT_ROOTS allows" in run.chunks.get().error


@pytest.mark.django_db
def test_tokens_that_hung_on_a_hair_are_counted_on_the_run(tiny_folder, version):
    weights = load_file(tiny_folder / "model.safetensors")
    norm = {"model.final_norm.weight": np.full_like(weights["model.final_norm.weight"], -1.0)}
    save_file(weights | norm, tiny_folder / "model.safetensors")  # every logit is 0 now
    run = plan_run(register("tiny", str(tiny_folder)).checkpoint, version, SHORT)
    work_off_all()
    responses = list(Response.objects.all())
    assert [one.provenance["close_calls"] for one in responses] == [one.n_output_tokens for one in responses]
    assert run_progress(run).close_calls == 5 * 6


@pytest.mark.django_db
def test_a_worker_over_a_mesh_loads_over_it(tiny, version, settings):
    settings.ENGINE_MESH = "1x1"
    run = plan_run(tiny, version, SHORT)
    work_off_all()
    assert not run.missing.exists()
    assert dict(engine_of(tiny).checkpoint.mesh.shape) == {"data": 1, "model": 1}


@pytest.mark.django_db
def test_a_mesh_of_more_devices_than_a_worker_sees_is_told_by_the_settings_name(tiny, version, settings):
    settings.ENGINE_MESH = "1x999"
    run = plan_run(tiny, version, SHORT)
    work_off_all()
    assert "ENGINE_MESH: a mesh of 1 x 999 needs 999 devices; there are " in run.chunks.get().error


@pytest.fixture
def broker(celery_application, valkey_url, settings):
    settings.REDIS_URL = valkey_url
    return valkey_url


@pytest.fixture
def celery_worker(broker, environment, settings):
    roots = ",".join(map(str, settings.CHECKPOINT_ROOTS))
    command = ["-m", "celery", "-A", "assay.celery", "worker", "-Q", "generation", "--pool=solo"]
    quiet = ["--without-gossip", "--without-mingle", "--loglevel=warning"]
    worker = subprocess.Popen(
        [sys.executable, *command, *quiet],
        cwd=ROOT,
        env=environment(REDIS_URL=broker, CHECKPOINT_ROOTS=roots, ENGINE_SLOTS="4"),
    )
    yield worker
    worker.terminate()
    worker.wait(30)


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_a_celery_worker_fills_a_run(tiny_folder, celery_worker):
    tiny = register("tiny", str(tiny_folder)).checkpoint
    run = plan_run(tiny, builders.prompt_set(prompts=5), SHORT)
    deadline = time.monotonic() + PATIENCE_S
    while run.chunks.get().status != "done":
        assert time.monotonic() < deadline and celery_worker.poll() is None, run.chunks.get().error
        time.sleep(0.1)
    assert not run.missing.exists() and Response.objects.count() == 5
    assert not run.chunks.get().owner.startswith("test")


@pytest.mark.services
@pytest.mark.django_db
def test_lost_messages_are_sent_again_and_waiting_ones_are_not_piled_up(tiny, version, broker):
    run = plan_run(tiny, version, SHORT)  # never committed, so its own message is never sent
    assert requeue_due() == 1
    assert requeue_due() == 0
    assert run.chunks.get().status == "queued"
