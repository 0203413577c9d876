"""What a worker does for a chunk is about that chunk, in its threads too."""

import threading

from generation.chunks import claim
from generation.heartbeat import kept_alive
from generation.log_context import about, current
from generation.runs import plan_run
from generation.sampling import Sampling
from generation.worker import work_off
from tests import builders


def test_work_on_a_chunk_names_run_and_chunk(heron, speller, monkeypatch):
    run = plan_run(heron, builders.prompt_set(prompts=2), Sampling())
    seen = []

    def broken(*_):
        seen.append(current())
        raise RuntimeError("out of memory")

    monkeypatch.setattr(speller, "replies", broken)
    work_off("ann", stop=lambda: False, until_idle=True)
    assert seen == [{"run": str(run.pk), "chunk": str(run.chunks.get().pk)}] and current() == {}


def test_the_heartbeats_thread_is_about_the_same(heron, monkeypatch):
    plan_run(heron, builders.prompt_set(prompts=2), Sampling())
    held, seen, ended = claim("ann"), [], threading.Event()

    def beat(row, fence, over):
        seen.append(current())
        ended.set()

    monkeypatch.setattr("generation.heartbeat._beat", beat)
    with about(chunk=held.chunk.pk), kept_alive(held.chunk, held.fence):
        ended.wait(10)
    assert seen == [{"chunk": str(held.chunk.pk)}]
