"""The modelled day: all that comes is worked off, and busy time is the work that the costs make."""

from dataclasses import replace

import pytest

from benchmarks.scale import CHUNK, DAY_S, MEASURED, Load, day, saturated_at

SMALL = Load(checkpoints=4, prompts=100, judgments=5000, open_runs=2)
SERVERS = {"generation": 1, "light": 2, "web": 2, "database": 1}


@pytest.fixture(scope="module")
def found():
    return day(SMALL, MEASURED, SERVERS)


def test_every_checkpoint_and_judgment_is_done(found):
    assert len(found.took_s["checkpoint"]) == 4
    assert found.came == sum(map(len, found.took_s.values()))
    assert len(found.took_s["judgment"]) == pytest.approx(5000, rel=0.06)  # Poisson: four standard deviations


def test_a_station_is_as_busy_as_its_work_is_long(found):
    chunk_s = CHUNK * (SMALL.tokens / MEASURED.tokens_a_second + MEASURED.response)
    generation = found.stations["generation"]
    assert generation.busy_s == pytest.approx(4 * (MEASURED.load + 2 * chunk_s))
    assert saturated_at(found, "generation") == pytest.approx(DAY_S / generation.busy_s)
    web = found.stations["web"]
    assert web.busy_s == pytest.approx(len(found.took_s["judgment"]) * MEASURED.turn)


def test_twice_the_servers_are_half_as_busy_and_nobody_waits_longer(found):
    more = day(SMALL, MEASURED, {**SERVERS, "generation": 2})
    one, two = found.stations["generation"], more.stations["generation"]
    assert two.utilisation(DAY_S) == pytest.approx(one.utilisation(DAY_S) / 2)
    assert sum(two.waits_s) < sum(one.waits_s)


def test_the_same_seed_is_the_same_day(found):
    assert day(SMALL, MEASURED, SERVERS).took_s == found.took_s
    other = replace(SMALL, judgments=1, checkpoints=0)
    quiet = day(other, MEASURED, SERVERS)
    assert quiet.came - len(quiet.took_s.get("judgment", ())) == found.came - 4 - len(
        found.took_s["judgment"]
    )
