"""The ledger's rules, one by one. Times are moved in the rows, nobody waits."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from assay.accounts.models import AuditEvent
from generation.backends import Reply
from generation.chunks import claim, claim_beside, try_again
from generation.leasing import LeaseLost
from generation.models import Chunk, Response
from generation.runs import plan_run
from generation.sampling import Sampling
from tests import builders
from tests.generation.conftest import engine_checkpoint

pytestmark = pytest.mark.django_db
EARLIER = timedelta(hours=1)


@pytest.fixture
def run(heron, version):
    return plan_run(heron, version, Sampling())


@pytest.fixture
def chunk(run):
    return run.chunks.get()


def expire(chunk: Chunk) -> None:
    Chunk.objects.filter(pk=chunk.pk).update(lease_until=timezone.now() - EARLIER)


def be_due(chunk: Chunk) -> None:
    Chunk.objects.filter(pk=chunk.pk).update(not_before=timezone.now() - EARLIER)


def reply_to(sample, text: str = "A reply.", finish_reason: str = "stop") -> Reply:
    return Reply(sample.id, (text,), ((1, 2),), finish_reason, 4, 2, 0)


def store_first(held, text: str = "A reply.") -> Response:
    sample, places = next(iter(held.asked().items()))
    return held.store(sample, places, reply_to(sample, text))


def test_a_claim_takes_a_lease_and_raises_fence_and_attempts(chunk, settings):
    held = claim("ann")
    chunk.refresh_from_db()
    assert (chunk.status, chunk.owner, chunk.fence, chunk.attempts) == ("leased", "ann", 1, 1)
    assert held.fence == 1
    assert chunk.lease_until - timezone.now() <= timedelta(seconds=settings.CHUNK_LEASE_S)


def test_a_held_chunk_cannot_be_claimed(chunk):
    assert claim("ann") and claim("ben") is None


def test_the_oldest_chunk_comes_first(run, heron):
    plan_run(heron, run.prompt_set_version, Sampling(), seed=1)
    assert claim("ann").run == run


def test_the_most_urgent_run_comes_before_older_ones(run, heron):
    urgent = plan_run(heron, run.prompt_set_version, Sampling(), seed=1, priority=5)
    plan_run(heron, run.prompt_set_version, Sampling(), seed=2, priority=-5)
    assert [claim(owner).run.seed for owner in ("ann", "ben", "cleo")] == [urgent.seed, run.seed, 2]


def test_a_run_that_is_asked_for_again_only_becomes_more_urgent(run, heron):
    for priority, then in [(5, 5), (-5, 5), (7, 7)]:
        again = plan_run(heron, run.prompt_set_version, Sampling(), priority=priority)
        again.refresh_from_db()
        assert (again, again.priority) == (run, then)


def test_a_worker_leaves_its_run_between_chunks_for_a_more_urgent_one(heron, version, settings):
    settings.CHUNK_PROMPTS = 2
    plan_run(heron, version, Sampling())
    held = claim("ann")
    assert claim_beside(held).chunk.number == 1
    urgent = plan_run(heron, version, Sampling(), seed=1, priority=5)
    assert claim_beside(held) is None
    assert claim("ben").run == urgent


def test_a_lost_race_changes_nothing(chunk, monkeypatch):
    """Ann and Ben see the same chunk free; Ben takes it between her look and her update."""
    seen = list(Chunk.objects.due())
    ben = claim("ben")
    monkeypatch.setattr("generation.chunks._due", lambda: [seen.pop()] if seen else [])
    assert claim("ann") is None
    chunk.refresh_from_db()
    assert (chunk.owner, chunk.fence) == ("ben", ben.fence) == ("ben", 1)


def test_an_expired_lease_goes_to_the_next(chunk):
    claim("ann")
    expire(chunk)
    assert claim("ben").fence == 2


def test_a_late_worker_may_neither_store_nor_end_the_chunk(chunk):
    ann = claim("ann")
    expire(chunk)
    claim("ben")
    for act in (lambda: store_first(ann), ann.heartbeat, ann.finish, ann.release, lambda: ann.fail("late")):
        with pytest.raises(LeaseLost):
            act()
    assert not Response.objects.exists()
    chunk.refresh_from_db()
    assert (chunk.status, chunk.owner, chunk.error) == ("leased", "ben", "")


def test_an_expired_lease_that_nobody_took_still_stores(chunk):
    ann = claim("ann")
    expire(chunk)
    store_first(ann)
    chunk.refresh_from_db()
    assert Response.objects.count() == 1 and chunk.lease_until > timezone.now()


def test_what_was_stored_is_not_asked_again(chunk):
    ann = claim("ann")
    store_first(ann)
    expire(chunk)
    assert len(claim("ben").asked()) == 4


def test_a_stored_response_holds_what_is_known_of_it(run):
    response = store_first(claim("ann"))
    assert (response.turns, response.token_ids, response.status) == (["A reply."], [[1, 2]], "ok")
    assert (response.n_prompt_tokens, response.n_output_tokens, response.chat_template) == (4, 2, "gemma")
    assert response.provenance == {"chunk": run.chunks.get().pk, "attempt": 1, "seed": 0}


@pytest.mark.parametrize("letter, flag", [("\0", "nul_replaced"), ("\ud800", "surrogate_replaced")])
def test_a_character_that_no_database_holds_is_replaced_and_flagged(run, letter, flag):
    response = store_first(claim("ann"), f"a{letter}b")
    response.refresh_from_db()
    assert (response.turns, response.flags) == (["a\ufffdb"], [flag])


def test_of_two_workers_with_one_key_the_first_response_fills_both_places(run, heron):
    same = plan_run(heron, builders.prompt_set(prompts=5, slug="same-texts"), Sampling())
    ann, ben = claim("ann"), claim("ben")
    assert ann.run == run and ben.run == same
    assert store_first(ann, "The first.") == store_first(ben, "The second.")
    assert Response.objects.get().turns == ["The first."]
    assert run.missing.count() == same.missing.count() == 4


def test_what_another_run_made_meanwhile_is_linked(run, heron, speller):
    ann = claim("ann")
    same = plan_run(heron, builders.prompt_set(prompts=5, slug="same-texts"), Sampling())
    while ann.asked():
        store_first(ann)
    assert claim("ben").link_known() == 5
    assert not same.missing.exists()


def test_a_chunk_with_an_empty_place_cannot_finish(chunk):
    ann = claim("ann")
    with pytest.raises(ValueError, match="5 prompts got no reply"):
        ann.finish()
    chunk.refresh_from_db()
    assert chunk.status == "leased"


def test_a_failed_chunk_waits_twice_as_long_each_time_and_then_is_dead(chunk, settings):
    settings.CHUNK_ATTEMPTS = 3
    waits = []
    for _ in range(2):
        claim("ann").fail("out of memory")
        chunk.refresh_from_db()
        waits.append(round((chunk.not_before - timezone.now()).total_seconds()))
        assert claim("ben") is None
        be_due(chunk)
    claim("ann").fail("out of memory again")
    chunk.refresh_from_db()
    assert waits == [1, 2]
    assert (chunk.status, chunk.error, chunk.attempts) == ("dead", "out of memory again", 3)
    assert claim("ben") is None


def test_a_chunk_that_silences_its_workers_is_set_aside_with_the_reason(chunk, settings):
    settings.CHUNK_ATTEMPTS = 2
    for owner in ("ann", "ben"):
        assert claim(owner)
        expire(chunk)
    assert claim("cleo") is None
    chunk.refresh_from_db()
    assert (chunk.status, chunk.error) == ("dead", "tried 2 times; ben fell silent")


def test_a_released_chunk_is_due_at_once_and_has_lost_no_attempt(chunk):
    claim("ann").release()
    chunk.refresh_from_db()
    assert (chunk.status, chunk.attempts) == ("queued", 0)
    assert claim("ben").fence == 2


def test_trying_again_revives_dead_chunks_alone(run, heron):
    dead, live = run.chunks.get(), plan_run(heron, run.prompt_set_version, Sampling(), seed=1).chunks.get()
    Chunk.objects.filter(pk=dead.pk).update(status="dead", attempts=5, error="out of memory")
    assert try_again([dead, live]) == 1
    dead.refresh_from_db()
    assert (dead.status, dead.attempts) == ("queued", 0)
    assert AuditEvent.objects.filter(action="chunk.retried").count() == 1


def test_the_admin_tries_dead_chunks_again_and_changes_nothing_by_hand(chunk, admin_client):
    Chunk.objects.update(status="dead", attempts=5)
    listed = reverse("admin:generation_chunk_changelist")
    admin_client.post(listed, {"action": "try_dead_chunks_again", "_selected_action": [chunk.pk]})
    chunk.refresh_from_db()
    assert chunk.status == "queued"
    page = reverse("admin:generation_chunk_change", args=[chunk.pk])
    assert admin_client.get(page).status_code == 200
    assert admin_client.post(page, {"status": "done"}).status_code == 403


def test_chunks_of_several_checkpoints_live_side_by_side(heron, version):
    for checkpoint in (heron, engine_checkpoint("plover")):
        plan_run(checkpoint, version, Sampling())
    assert {claim("ann").run.checkpoint.name, claim("ben").run.checkpoint.name} == {"heron", "plover"}
