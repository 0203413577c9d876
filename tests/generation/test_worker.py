import logging

import pytest

from generation.chunks import claim
from generation.models import Chunk, Response
from generation.runs import plan_run
from generation.sampling import Sampling
from generation.tasks import generate_chunk
from generation.worker import requeue_due, work_off
from tests import builders
from tests.generation.spelling import SpellingBackend, spelled

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(heron, version):
    return plan_run(heron, version, Sampling(), seed=7)


def work_off_all(**options) -> int:
    return work_off("test", stop=lambda: False, until_idle=True, **options)


def test_the_worker_fills_every_place_and_ends_the_chunks(run, settings):
    assert work_off_all() == 1
    assert not run.missing.exists()
    assert set(run.chunks.values_list("status", flat=True)) == {"done"}


def test_texts_depend_on_run_seed_prompt_and_sample_alone(run, heron, settings):
    """The same prompts in chunks of another size, in another run: not a letter differs."""
    work_off_all()
    settings.CHUNK_SECONDS, settings.CHUNK_PROMPTS = 0, 2
    other = plan_run(heron, run.prompt_set_version, Sampling(temperature=1), seed=7)
    work_off_all()
    texts = [dict(r.items.values_list("prompt__key", "response__turns")) for r in (run, other)]
    assert texts[0] == texts[1]
    prompt = run.prompt_set_version.prompts.first()
    assert texts[0][prompt.key] == [spelled(7, f"{prompt.text_sha256}:0 0")]


def test_every_turn_of_a_conversation_gets_a_text(heron):
    run = plan_run(heron, builders.prompt_set(prompts=2, slug="talks", turns=3), Sampling())
    work_off_all()
    assert [len(response.turns) for response in Response.objects.all()] == [3, 3]
    assert not run.missing.exists()


def test_progress_is_told_after_each_response(run):
    seen = []
    work_off_all(on_progress=lambda: seen.append(run.items.exclude(response=None).count()))
    assert seen == [1, 2, 3, 4, 5]


def test_a_worker_that_is_told_to_stop_puts_the_chunk_back_with_what_it_has(run):
    work_off("test", stop=lambda: Response.objects.count() >= 2)
    chunk = run.chunks.get()
    assert (chunk.status, chunk.attempts, run.missing.count()) == ("queued", 0, 3)


def test_an_interrupted_worker_puts_the_chunk_back(run, monkeypatch, speller):
    def interrupted(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(speller, "replies", interrupted)
    with pytest.raises(KeyboardInterrupt):
        work_off_all()
    assert run.chunks.get().status == "queued"


def test_a_failure_is_told_in_the_ledger_and_what_was_stored_stays(run, monkeypatch, speller, caplog):
    def fails_at_the_third(asked, sampling, seed, more):
        yield from SpellingBackend().replies(asked[:2], sampling, seed)
        raise MemoryError("no room for the third")

    monkeypatch.setattr(speller, "replies", fails_at_the_third)
    work_off_all()
    chunk = run.chunks.get()
    assert (chunk.status, chunk.error) == ("queued", "MemoryError: no room for the third")
    assert run.missing.count() == 3
    assert "failed" in caplog.text


def test_a_backend_that_leaves_a_prompt_out_is_found_out(run, monkeypatch, speller):
    monkeypatch.setattr(speller, "replies", lambda asked, *rest: SpellingBackend().replies(asked[1:], *rest))
    work_off_all()
    assert run.chunks.get().error == "ValueError: 1 prompts got no reply"


def test_a_chunk_lost_to_another_worker_ends_without_harm(run, monkeypatch, speller, caplog):
    def overtaken(asked, sampling, seed, more):
        for reply in SpellingBackend().replies(asked, sampling, seed):
            yield reply
            Chunk.objects.update(fence=99)

    monkeypatch.setattr(speller, "replies", overtaken)
    with caplog.at_level(logging.WARNING):
        work_off_all()
    assert Response.objects.count() == 1 and "another worker has taken it over" in caplog.text


def test_a_message_for_a_chunk_that_is_done_or_gone_does_nothing(run, speller):
    chunk = run.chunks.get()
    for _ in range(2):
        generate_chunk(chunk.pk)
    generate_chunk(chunk.pk + 1000)
    assert len(speller.asked) == 5


def test_a_message_for_a_chunk_that_is_held_does_nothing(run, speller):
    claim("ann")
    generate_chunk(run.chunks.get().pk)
    assert speller.asked == []


def test_a_message_brings_on_the_most_urgent_chunk_whichever_it_names(run, speller):
    urgent = plan_run(run.checkpoint, run.prompt_set_version, Sampling(), seed=8, priority=1)
    generate_chunk(run.chunks.get().pk)
    assert not urgent.missing.exists() and run.missing.exists()


def test_without_a_broker_nobody_is_told(run, settings, monkeypatch):
    settings.REDIS_URL = ""
    monkeypatch.setattr(generate_chunk, "delay", lambda chunk_id: pytest.fail("there is no broker"))
    assert requeue_due() == 0


def test_with_a_broker_workers_hear_of_a_run_once_it_is_kept(
    heron, version, settings, monkeypatch, django_capture_on_commit_callbacks
):
    settings.REDIS_URL, told = "redis://nowhere", []
    monkeypatch.setattr(generate_chunk, "delay", told.append)
    with django_capture_on_commit_callbacks(execute=True):
        run = plan_run(heron, version, Sampling())
        assert told == []
    assert told == [run.chunks.get().pk]
