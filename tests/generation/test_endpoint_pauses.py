"""Pauses before a server is asked again: longer each time, never the same for two, and as long as it asks for."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from generation.backends.base import NotNow
from generation.backends.endpoint import server as asking
from generation.backends.endpoint.faults import UnavailableError
from generation.backends.endpoint.server import FIRST_PAUSE_S, LONGEST_PAUSE_S, LONGEST_WAIT_S, Server
from generation.endpoint_urls import EndpointUrl
from generation.endpoints import Endpoint
from generation.sampling import Sampling

ROUNDS = 60  # draws enough that luck neither passes nor fails
TRIES = 10
ANSWERED = "answered"


class Clock:
    """Time that passes only while somebody sleeps; `slept` holds for how long each time."""

    def __init__(self) -> None:
        self.now, self.slept = 0.0, list[float]()

    def time(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)  # others come in before it is over
        self.now += seconds


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    timed = SimpleNamespace(timeout=asyncio.timeout, sleep=clock.sleep, get_running_loop=lambda: clock)
    monkeypatch.setattr(asking, "asyncio", timed)
    return clock


@pytest.fixture
def pauses(clock, settings, monkeypatch) -> Callable[..., list[float]]:
    """How long one who asks sleeps, each time, where the server fails so often and asks for such waits."""
    settings.ENDPOINT_TRIES = TRIES

    def ask(*waits: float | None, at_once: int = 1) -> list[float]:
        clock.slept = []
        failing = iter(waits)

        async def ask_once(self: Server, body: object) -> str:
            if (wait_s := next(failing, ANSWERED)) is ANSWERED:
                return ANSWERED
            raise UnavailableError("HTTP 503", wait_s)

        async def asked() -> list[str]:
            endpoint = Endpoint(EndpointUrl.parse("http://127.0.0.1:1/v1"), "heron-large")
            async with Server(endpoint, key="") as server:
                asks = [server.ask(["Hello"], Sampling(), seed) for seed in range(at_once)]
                return await asyncio.gather(*asks)

        monkeypatch.setattr(Server, "_ask_once", ask_once)
        assert asyncio.run(asked()) == [ANSWERED] * at_once
        return clock.slept

    return ask


def test_pauses_double_up_to_the_longest_and_are_drawn_from_all_of_their_length(pauses):
    rounds = [pauses(*[None] * (TRIES - 1)) for _ in range(ROUNDS)]
    for tries, drawn in enumerate(zip(*rounds, strict=True)):
        longest = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2**tries)
        assert 0 <= min(drawn) < 0.25 * longest and 0.75 * longest < max(drawn) <= longest
    assert longest == LONGEST_PAUSE_S == 60 and FIRST_PAUSE_S == 1


def test_no_two_who_ask_come_back_at_once(pauses):
    assert len({tuple(pauses(None, None)) for _ in range(ROUNDS)}) == ROUNDS


def test_a_stated_wait_takes_the_place_of_a_pause_and_is_a_little_longer_for_each(pauses):
    slept = [sum(pauses(30)) for _ in range(ROUNDS)]
    assert min(slept) >= 30 and max(slept) <= 30 + FIRST_PAUSE_S
    assert len(set(slept)) == ROUNDS


def test_others_leave_the_server_alone_as_well(pauses):
    first, second = pauses(30, at_once=2)
    assert first >= 30 and second >= 30 and first != second


def test_a_wait_longer_than_a_worker_waits_is_handed_on(clock, pauses):
    with pytest.raises(NotNow, match="asks to be left alone for 121 s") as handed_on:
        pauses(LONGEST_WAIT_S + 1)
    assert handed_on.value.wait_s == LONGEST_WAIT_S + 1 and clock.slept == []
