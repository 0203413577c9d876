"""A chunk is about CHUNK_SECONDS of work, by what the family measured; how work is parted changes no text."""

from itertools import chain

import pytest

from generation.chunk_sizes import MOST_PROMPTS, prompts_of_chunk
from generation.endpoint_hosts import AllowedHosts
from generation.endpoint_urls import EndpointUrl
from generation.endpoints import Endpoint
from generation.models import Checkpoint
from generation.runs import plan_run
from generation.sampling import Sampling
from tests import builders
from tests.generation.conftest import engine_checkpoint
from tests.generation.measured import answered


@pytest.fixture(autouse=True)
def stated(settings):
    settings.CHUNK_SECONDS, settings.CHUNK_PROMPTS, settings.ENGINE_SLOTS = 20, 7, 16


@pytest.fixture
def version(db):
    return builders.prompt_set(4)


@pytest.fixture
def wren(version) -> Checkpoint:
    """Of the same family as owl, and nothing was generated with it yet."""
    return engine_checkpoint("wren")


def owl_answers(version, every_s: float, tokens: int = 30) -> Checkpoint:
    owl = engine_checkpoint("owl")
    answered(plan_run(owl, version, Sampling()), tokens, every_s)
    return owl


def endpoint(name: str) -> Checkpoint:
    asked = Endpoint(EndpointUrl.parse("https://api.example.org/v1"), model=name, concurrency=8)
    fields = {"digest": asked.digest, "description": asked.description, "uri": str(asked.url)}
    return Checkpoint.objects.create(name=name, source="endpoint", **fields)


def test_a_family_that_was_never_measured_gets_the_stated_number(wren):
    assert prompts_of_chunk(wren, Sampling(), turns=1) == 7


@pytest.mark.parametrize(
    ("every_s", "prompts"),
    [(0.2, 100), (0.05, 400), (0.001, MOST_PROMPTS), (2, 16), (300, 16)],  # 20 s over it, within bounds
)
def test_a_measured_family_gets_as_many_as_fill_the_time(version, wren, every_s, prompts):
    owl_answers(version, every_s)
    assert prompts_of_chunk(wren, Sampling(), turns=1) == prompts


def test_every_turn_takes_its_time_and_a_length_limit_saves_some(version, wren):
    owl_answers(version, every_s=0.2)
    assert prompts_of_chunk(wren, Sampling(), turns=2) == 50
    assert prompts_of_chunk(wren, Sampling(max_new_tokens=15), turns=1) == 200


def test_what_two_workers_made_together_was_made_at_half_the_pace_by_each(version, wren, settings):
    settings.CHUNK_PROMPTS = 2
    run = plan_run(engine_checkpoint("owl"), version, Sampling())
    answered(run, tokens=30, every_s=0.2)
    for number in (0, 1):
        run.chunks.filter(number=number).update(owner=f"worker {number}")
    assert prompts_of_chunk(wren, Sampling(), turns=1) == 50
    run.chunks.update(owner="worker 0")
    assert prompts_of_chunk(wren, Sampling(), turns=1) == 100


def test_an_endpoint_goes_by_its_own_pace_and_by_its_requests_at_a_time(version, settings):
    settings.ENDPOINT_HOSTS = AllowedHosts.parse(["api.example.org"])
    owl_answers(version, every_s=0.2)
    heron, crane = endpoint("heron"), endpoint("crane")
    assert prompts_of_chunk(heron, Sampling(), turns=1) == 7
    answered(plan_run(heron, version, Sampling()), tokens=30, every_s=0.5)
    assert prompts_of_chunk(heron, Sampling(), turns=1) == 40
    answered(plan_run(crane, version, Sampling()), tokens=30, every_s=60)
    assert prompts_of_chunk(crane, Sampling(), turns=1) == 32  # four rounds of eight


def test_without_a_time_the_stated_number_holds_whatever_was_measured(version, wren, settings):
    settings.CHUNK_SECONDS = 0
    owl_answers(version, every_s=0.2)
    assert prompts_of_chunk(wren, Sampling(), turns=1) == 7


def test_a_run_is_cut_so_and_holds_each_place_once(version, wren):
    owl_answers(version, every_s=300)
    run = plan_run(wren, builders.prompt_set(prompts=40, slug="more"), Sampling())
    parts = [chunk.item_ids for chunk in run.chunks.order_by("number")]
    assert [len(part) for part in parts] == [16, 16, 8]
    assert sorted(chain(*parts)) == sorted(run.items.values_list("pk", flat=True))
