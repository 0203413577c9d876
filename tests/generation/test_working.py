"""Chunks taken up before the one at hand runs out, and what becomes of them when something fails."""

import pytest

from generation.models import Chunk, Response
from generation.runs import plan_run
from generation.sampling import Sampling
from generation.worker import work_off
from tests import builders
from tests.generation.response_files import version_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(heron, version, speller, settings):
    """Five prompts in chunks of two, two and one, for a backend that asks for more before its last reply."""
    settings.CHUNK_PROMPTS = 2
    speller.looks_ahead = True
    return plan_run(heron, version, Sampling(), seed=7)


def work_off_all(**options) -> int:
    return work_off("test", stop=options.pop("stop", lambda: False), until_idle=True, **options)


def statuses() -> list[tuple[str, int]]:
    return list(Chunk.objects.order_by("number").values_list("status", "attempts"))


def test_the_next_chunk_is_held_before_the_first_has_ended(run):
    seen = []
    claims = work_off_all(on_progress=lambda: seen.append([status for status, _ in statuses()]))
    assert claims == 1 and not run.missing.exists()
    assert seen[1] == ["done", "leased", "queued"]  # after the second reply
    assert statuses() == [("done", 1)] * 3


def test_chunks_of_other_runs_wait_their_turn(run, heron):
    other = plan_run(heron, builders.prompt_set(prompts=2, slug="other"), Sampling(), seed=8)
    assert work_off_all() == 2
    assert not run.missing.exists() and not other.missing.exists()


def test_after_a_failure_each_chunk_is_tried_alone(run, speller, monkeypatch):
    honest = speller.replies

    def fails_at_the_third(asked, sampling, seed, more):
        for number, reply in enumerate(honest(asked, sampling, seed, more), start=1):
            if number == 3:
                raise MemoryError("no room for the third")
            yield reply

    monkeypatch.setattr(speller, "replies", fails_at_the_third)
    work_off_all(stop=lambda: Chunk.objects.filter(status="done").count() >= 2)
    assert statuses() == [
        ("done", 1),
        ("queued", 1),
        ("done", 1),
    ]  # the third was taken up without the second
    Chunk.objects.update(not_before="2020-01-01T00:00Z")
    work_off_all()
    assert statuses() == [("done", 1), ("done", 2), ("done", 1)]


def test_a_chunk_that_failed_before_takes_no_other_with_it(run, speller):
    Chunk.objects.filter(number=0).update(attempts=1)
    seen = []
    work_off_all(on_progress=lambda: seen.append([status for status, _ in statuses()]))
    assert seen[1] == ["done", "queued", "queued"]


def test_told_to_stop_all_that_is_held_goes_back_untried(run):
    work_off_all(stop=lambda: Response.objects.count() >= 3)
    assert statuses() == [("done", 1), ("queued", 0), ("queued", 0)]
    assert run.missing.count() == 2


def test_one_text_in_two_chunks_is_generated_once(heron, speller, settings):
    settings.CHUNK_PROMPTS = 1
    speller.looks_ahead = True
    sleep = "Where do herons sleep?"
    run = plan_run(heron, version_of({"a": [sleep], "b": [sleep], "c": ["And ruffs?"]}), Sampling())
    work_off_all()
    assert not run.missing.exists() and len(speller.asked) == 2
    assert set(Chunk.objects.values_list("status", flat=True)) == {"done"}
