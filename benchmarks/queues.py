"""Stations with queues as a discrete-event model: jobs come, wait, are served, and go on when all of a stage is done.

Nothing is drawn here: arrivals and service times are handed in. Times are seconds of the model.
"""

import heapq
from array import array
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count


@dataclass(frozen=True)
class Visit:
    """A piece of work for one server of a station. Once it has waited longer than `expires_s`, it takes no time."""

    station: str
    service_s: float
    expires_s: float = float("inf")


@dataclass(frozen=True)
class Job:
    """What comes at a time. The visits of a stage are worked on side by side; the next stage begins after the last."""

    kind: str
    at_s: float
    stages: tuple[tuple[Visit, ...], ...]


@dataclass
class Station:
    """Servers with one line before them, first come, first served; and what was seen of it."""

    servers: int
    busy: int = 0
    line: "deque[tuple[float, Visit, _Underway]]" = field(default_factory=deque)
    came: int = 0
    left: int = 0
    busy_s: float = 0.0  # summed over servers
    stayed_s: float = 0.0  # summed over visits, waiting and being served
    waits_s: "array[float]" = field(default_factory=lambda: array("d"))
    longest_line: int = 0
    expired: int = 0
    present_s: float = 0.0  # the integral of how many are there
    _changed_s: float = 0.0

    def note(self, now_s: float) -> None:
        """Adds what was there since the last change to the integral."""
        self.present_s += (self.busy + len(self.line)) * (now_s - self._changed_s)
        self._changed_s = now_s

    def utilisation(self, span_s: float) -> float:
        return self.busy_s / (self.servers * span_s)


@dataclass
class Outcome:
    """What became of all: each station's numbers, and how long the jobs of each kind took."""

    stations: dict[str, Station]
    took_s: "dict[str, array[float]]" = field(default_factory=dict)
    came: int = 0
    ended_s: float = 0.0


@dataclass
class _Underway:
    job: Job
    stage: int = -1
    open_visits: int = 0


def run(servers: Mapping[str, int], jobs: Iterable[Job]) -> Outcome:
    """Works until every job is done. The jobs are given in the order of their arrival.

    Raises: ValueError if they are not, or KeyError for a station that there is not.
    """
    return _Model(servers).run(jobs)


class _Model:
    def __init__(self, servers: Mapping[str, int]) -> None:
        self.outcome = Outcome({name: Station(number) for name, number in servers.items()})
        self.now_s = 0.0
        self.ends: list[tuple[float, int, Visit, _Underway]] = []  # a heap of services under way
        self.number = count()  # of two that end at once, the one that began first

    def run(self, jobs: Iterable[Job]) -> Outcome:
        for job in jobs:
            if job.at_s < self.now_s:
                raise ValueError(f"a job of {job.at_s} s came after {self.now_s} s: they are given in order")
            self._end_all_until(job.at_s)
            self.now_s = job.at_s
            self.outcome.came += 1
            self._go_on(_Underway(job))
        self._end_all_until(float("inf"))
        self.outcome.ended_s = self.now_s
        return self.outcome

    def _end_all_until(self, at_s: float) -> None:
        while self.ends and self.ends[0][0] <= at_s:
            self.now_s, _, visit, underway = heapq.heappop(self.ends)
            self._end(visit, underway)

    def _go_on(self, underway: _Underway) -> None:
        underway.stage += 1
        if underway.stage == len(underway.job.stages):
            took = self.outcome.took_s.setdefault(underway.job.kind, array("d"))
            took.append(self.now_s - underway.job.at_s)
            return
        stage = underway.job.stages[underway.stage]
        underway.open_visits = len(stage)
        for visit in stage:
            self._come(visit, underway)

    def _come(self, visit: Visit, underway: _Underway) -> None:
        station = self.outcome.stations[visit.station]
        station.note(self.now_s)
        station.came += 1
        station.line.append((self.now_s, visit, underway))
        self._serve(station)
        station.longest_line = max(station.longest_line, len(station.line))

    def _serve(self, station: Station) -> None:
        while station.line and station.busy < station.servers:
            came_s, visit, underway = station.line.popleft()
            waited_s = self.now_s - came_s
            service_s = visit.service_s if waited_s <= visit.expires_s else 0.0
            station.busy += 1
            station.busy_s += service_s
            station.expired += waited_s > visit.expires_s
            station.waits_s.append(waited_s)
            station.stayed_s += waited_s + service_s
            heapq.heappush(self.ends, (self.now_s + service_s, next(self.number), visit, underway))

    def _end(self, visit: Visit, underway: _Underway) -> None:
        station = self.outcome.stations[visit.station]
        station.note(self.now_s)
        station.busy -= 1
        station.left += 1
        self._serve(station)
        underway.open_visits -= 1
        if not underway.open_visits:
            self._go_on(underway)
