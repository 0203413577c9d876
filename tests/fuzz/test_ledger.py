"""Workers that claim, store, fail, die and come back in any order: each prompt gets its one response, or its reason."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from generation.backends import Reply
from generation.chunks import claim, try_again
from generation.leasing import LeaseLost
from generation.models import Chunk, RunResponse
from generation.runs import plan_run
from generation.sampling import Sampling
from tests import builders
from tests.fuzz.profile import CASES, LEDGER_RUNS, LONG
from tests.generation.conftest import engine_checkpoint

FINISHES = ("stop", "length", "error")  # a backend knows no others: the endpoint's are translated, or refused
CLAIMS = st.integers(0, 30)
TEXTS = st.text(max_size=20) | st.sampled_from(["", "\0", "x" * 3_000, "\ud800", "\u202e"])


class Ledger(RuleBasedStateMachine):
    """Two chunks of three prompts; `claims` are all that were ever taken, most of them long lost."""

    def __init__(self) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.run = plan_run(engine_checkpoint("heron"), builders.prompt_set(prompts=6), Sampling())
        self.claims: list = []
        self.stored: dict[int, str] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    def one(self, number: int):
        CASES["the ledger"] += 1
        return self.claims[number % len(self.claims)] if self.claims else None

    @rule()
    def take(self) -> None:
        CASES["the ledger"] += 1
        if taken := claim("a worker"):
            self.claims.append(taken)

    @rule(number=CLAIMS, text=TEXTS, finish=st.sampled_from(FINISHES))
    def answer(self, number, text, finish) -> None:
        held = self.one(number)
        asked = held.asked() if held else {}
        if asked:
            sample, places = next(iter(asked.items()))
            with suppress(LeaseLost):
                held.store(sample, places, Reply(sample.id, (text,), ((1,),), finish, 4, 1, 0))

    @rule(number=CLAIMS, act=st.sampled_from(["finish", "release", "heartbeat", "link_known"]))
    def act(self, number, act) -> None:
        held = self.one(number)
        if held:
            with suppress(LeaseLost, ValueError):
                getattr(held, act)()

    @rule(number=CLAIMS, error=TEXTS)
    def fail(self, number, error) -> None:
        held = self.one(number)
        if held:
            with suppress(LeaseLost):
                held.fail(error)

    @rule()
    def time_passes(self) -> None:
        earlier = timezone.now() - timedelta(hours=1)
        Chunk.objects.filter(status="leased").update(lease_until=earlier)
        Chunk.objects.filter(status="queued").update(not_before=earlier)

    @rule()
    def try_the_dead_again(self) -> None:
        try_again(Chunk.objects.filter(status="dead"))

    @invariant()
    def what_was_stored_stays(self) -> None:
        now = dict(self.run.items.exclude(response=None).values_list("pk", "response__text_sha256"))
        assert {place: now.get(place) for place in self.stored} == self.stored
        self.stored = now

    @invariant()
    def what_is_done_is_answered(self) -> None:
        for chunk in Chunk.objects.filter(status="done"):
            assert not RunResponse.objects.filter(pk__in=chunk.item_ids, response=None).exists()

    @invariant()
    def what_is_dead_says_why_and_what_is_leased_says_till_when(self) -> None:
        assert not Chunk.objects.filter(status="leased", lease_until=None).exists()
        assert not Chunk.objects.filter(status="dead", finished_at=None).exists()


@pytest.mark.django_db
def test_no_order_of_workers_loses_or_doubles_a_response(settings_of_chunks):
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=LEDGER_RUNS,
            stateful_step_count=50,
            derandomize=not LONG,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.fixture
def settings_of_chunks(settings):
    settings.CHUNK_PROMPTS = 3
