"""How far a run has come, how fast it goes now, and what of it failed."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from generation.models import Chunk, GenerationRun, Response
from generation.progress import pace, run_progress
from tests import builders


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


@pytest.fixture
def run(db) -> GenerationRun:
    """Four responses of 60 tokens each."""
    made = builders.run(builders.prompt_set(prompts=4), "heron")
    Response.objects.update(n_output_tokens=60)
    return made


def came(run: GenerationRun, *seconds_ago: float) -> None:
    for item, ago in zip(run.items.order_by("pk"), seconds_ago, strict=False):
        at = timezone.now() - timedelta(seconds=ago)
        Response.objects.filter(pk=item.response_id).update(created_at=at)


def chunk(run: GenerationRun, number: int, status: str, error: str = "") -> None:
    lease = timezone.now() + timedelta(minutes=1) if status == "leased" else None
    Chunk.objects.create(run=run, number=number, item_ids=[], status=status, error=error, lease_until=lease)


def test_the_pace_leaves_out_what_came_first_for_its_own_time_is_not_known(run, clock):
    came(run, 100, 80, 60, 40)
    assert pace(run) == pytest.approx(3 * 60 / 60)
    came(run, 100, 100, 60, 40)
    assert pace(run) == pytest.approx(2 * 60 / 60)


@pytest.mark.parametrize(("ago", "tokens_a_second"), [((120.5, 60, 40), 3.0), ((119.5, 59.5), 1.0)])
def test_only_the_last_two_minutes_tell_the_pace(run, clock, ago, tokens_a_second):
    came(run, *ago, *[9999] * (4 - len(ago)))
    assert pace(run) == pytest.approx(tokens_a_second)


@pytest.mark.parametrize("ago", [(9999, 9999, 9999, 9999), (9999, 9999, 9999, 30), (30, 30, 30, 30)])
def test_of_one_moment_there_is_no_pace(run, clock, ago):
    came(run, *ago)
    assert pace(run) is None


def test_another_runs_responses_are_none_of_its_own(run, clock):
    other = builders.run(run.prompt_set_version, "plover")
    came(run, 9999, 9999, 9999, 9999)
    came(other, 60, 50, 40, 30)
    assert pace(run) is None and run_progress(other).tokens_a_second is not None


def test_what_is_there_is_counted_by_status_with_its_tokens(run):
    first, second, *_ = run.items.order_by("pk")
    Response.objects.filter(pk=first.response_id).update(status="truncated", n_output_tokens=7)
    second.response = None
    second.save()
    told = run_progress(run)
    assert (told.present, told.wanted, told.share) == (3, 4, 0.75)
    assert told.by_status == {"ok": 2, "truncated": 1} and told.tokens == 127


def test_a_run_of_nothing_has_come_nowhere(run):
    run.items.all().delete()
    assert (run_progress(run).share, run_progress(run).is_under_way) == (0.0, False)


@pytest.mark.parametrize(
    ("statuses", "lacks_one", "under_way"),
    [
        (["queued"], True, True),
        (["done", "leased"], True, True),
        (["done", "dead"], True, False),
        (["queued"], False, False),
        ([], True, False),
    ],
)
def test_a_run_is_under_way_while_something_is_missing_that_somebody_may_still_bring(
    run, statuses, lacks_one, under_way
):
    for number, status in enumerate(statuses):
        chunk(run, number, status)
    if lacks_one:
        run.items.filter(pk=run.items.first().pk).update(response=None)
    told = run_progress(run)
    assert told.is_under_way is under_way
    assert told.chunks == {status: statuses.count(status) for status in statuses}


def test_the_first_twenty_failures_are_told_and_no_chunk_without_one(run):
    for number in range(25):
        chunk(run, 24 - number, "dead", error="" if number == 24 else f"poison {24 - number}")
    assert [one.number for one in run_progress(run).failures] == list(range(1, 21))
