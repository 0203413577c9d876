"""The discrete-event model keeps what must be kept, and agrees with what is known of queues in closed form."""

import math
import random
from itertools import accumulate

import pytest

from benchmarks.queues import Job, Visit, run


def arrivals(rng: random.Random, a_second: float, jobs: int) -> list[float]:
    return list(accumulate(rng.expovariate(a_second) for _ in range(jobs)))


def one_visit(at_s: float, service_s: float) -> Job:
    return Job("job", at_s, ((Visit("desk", service_s),),))


def three_stations(seed: int, jobs: int = 400) -> list[Job]:
    """Jobs that fork into parts and go through several places, some of them for no time at all."""
    rng = random.Random(seed)
    return [
        Job(
            "forked",
            at_s,
            (
                (Visit("web", rng.expovariate(2.0)),),
                tuple(Visit("device", rng.uniform(0, 3)) for _ in range(rng.randint(1, 4))),
                (Visit("web", 0.0),),
            ),
        )
        for at_s in arrivals(rng, 0.5, jobs)
    ]


@pytest.mark.parametrize("seed", range(5))
def test_nothing_is_lost_or_doubled(seed):
    jobs = three_stations(seed)
    found = run({"web": 1, "device": 3}, jobs)
    assert found.came == len(jobs) == len(found.took_s["forked"])
    for name, station in found.stations.items():
        wanted = [visit for job in jobs for stage in job.stages for visit in stage if visit.station == name]
        assert station.came == station.left == len(wanted) == len(station.waits_s)
        assert station.busy_s == pytest.approx(sum(visit.service_s for visit in wanted))
        assert station.busy == 0 and not station.line


@pytest.mark.parametrize("seed", range(5))
def test_little_s_law_holds_at_every_station(seed):
    """L = lambda W: the mean number there is the rate of arrivals times the mean stay, over a run that ends empty."""
    found = run({"web": 1, "device": 3}, three_stations(seed))
    for station in found.stations.values():
        mean_there = station.present_s / found.ended_s
        rate, mean_stay = station.came / found.ended_s, station.stayed_s / station.came
        assert mean_there == pytest.approx(rate * mean_stay, rel=1e-9)


def test_one_server_is_first_come_first_served():
    found = run({"desk": 1}, [one_visit(0, 10), one_visit(1, 5), one_visit(2, 1)])
    assert list(found.stations["desk"].waits_s) == [0, 9, 13] and found.ended_s == 16
    assert found.stations["desk"].longest_line == 2


def test_a_stage_waits_for_the_last_of_its_parts():
    parts = (Visit("device", 3), Visit("device", 1), Visit("device", 1))
    found = run({"device": 2, "light": 1}, [Job("fork", 0, (parts, (Visit("light", 1),)))])
    assert list(found.took_s["fork"]) == [4]  # 3 on one device beside 1 + 1 on the other, then 1


@pytest.mark.parametrize(("servers", "load"), [(1, 0.6), (4, 0.8)])
def test_random_arrivals_wait_as_erlang_s_formula_says(servers, load):
    """M/M/c: mean wait = C / (c mu - lambda), C by Erlang (1917)."""
    rng, a_second = random.Random(7), load * servers
    jobs = [one_visit(at_s, rng.expovariate(1.0)) for at_s in arrivals(rng, a_second, 120_000)]
    waits = run({"desk": servers}, jobs).stations["desk"].waits_s
    top = a_second**servers / math.factorial(servers) / (1 - load)
    waiting = top / (sum(a_second**k / math.factorial(k) for k in range(servers)) + top)
    assert sum(waits) / len(waits) == pytest.approx(waiting / (servers - a_second), rel=0.1)


def test_what_has_waited_too_long_takes_no_time():
    late = Job("job", 1, ((Visit("desk", 5, expires_s=2),),))
    found = run({"desk": 1}, [one_visit(0, 10), late, one_visit(2, 1)])
    assert (found.stations["desk"].expired, found.ended_s) == (1, 11)


def test_jobs_out_of_order_are_refused():
    with pytest.raises(ValueError, match="in order"):
        run({"desk": 1}, [one_visit(5, 1), one_visit(4, 1)])
