"""A day of 100 checkpoints and a million judgments, as stations with queues: what waits, and what gives way first.

Unit costs are seconds of processor time that were measured of this code (`benchmarks.unit_costs`, docs/performance.md);
the rest is arithmetic and a model. docs/scale.md says what it leaves out.

    python -m benchmarks.scale
    python -m benchmarks.scale --web 12 --light 4 --generation 2 --tokens-a-second 2000
"""

import argparse
import math
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import merge

from rich.console import Console
from rich.table import Table

from benchmarks.queues import Job, Outcome, Visit, run

DAY_S = 86_400.0
REPORTS_EVERY_S, SWEEP_EVERY_S = 2.0, 15.0  # as Beat's entries have it
CHUNK = 64


@dataclass(frozen=True)
class Load:
    """What comes in a day. Judgments follow a sine over the day, whose top is `peak` times the mean."""

    checkpoints: int = 100
    prompts: int = 1000
    tokens: int = 120  # of a response
    opponents: int = 2  # the last that passed, and the baseline
    judgments: int = 1_000_000
    peak: float = 1.8
    open_runs: int = 100  # that collect at any time

    def judgments_a_second(self, at_s: float) -> float:
        return self.judgments / DAY_S * (1 + (self.peak - 1) * math.sin(2 * math.pi * at_s / DAY_S))


@dataclass(frozen=True)
class Costs:
    """Seconds of one server's time for one unit each."""

    turn: float  # an answer sent and the next page received: the web process
    turn_in_database: float
    response: float  # claimed and stored, beside what the device computes
    comparison: float  # scanned, paired, locked
    look: float  # at one run that collects
    fold: float  # of one judgment
    report: float  # of one study
    verdict: float  # report, gate and telling of one run
    load: float  # weights read and described
    tokens_a_second: float  # of one device


def checkpoints(load: Load, costs: Costs, rng: random.Random) -> Iterator[Job]:
    """Each is loaded, generates in chunks side by side, is paired, and in the end judged by the gate."""
    chunk = Visit("generation", CHUNK * (load.tokens / costs.tokens_a_second + costs.response))
    chunks = math.ceil(load.prompts / CHUNK)
    paired = Visit("light", load.prompts * load.opponents * costs.comparison)
    stages = (
        (Visit("generation", costs.load),),
        (chunk,) * chunks,
        (paired,),
        (Visit("light", costs.verdict),),
    )
    for at_s in sorted(rng.uniform(0, DAY_S) for _ in range(load.checkpoints)):
        yield Job("checkpoint", at_s, stages)


def judgments(load: Load, costs: Costs, rng: random.Random) -> Iterator[Job]:
    """Random arrivals of a rate that goes with the day, by thinning (Lewis and Shedler 1979)."""
    stages = ((Visit("web", costs.turn),), (Visit("database", costs.turn_in_database),))
    most, at_s = load.judgments / DAY_S * load.peak, 0.0
    while (at_s := at_s + rng.expovariate(most)) < DAY_S:
        if rng.random() * most < load.judgments_a_second(at_s):
            yield Job("judgment", at_s, stages)


def sweeps(load: Load, costs: Costs) -> Iterator[Job]:
    """The looks at all runs that collect."""
    every = ((Visit("light", load.open_runs * costs.look),),)
    return (Job("sweep", number * SWEEP_EVERY_S, every) for number in range(int(DAY_S / SWEEP_EVERY_S)))


def reports(load: Load, costs: Costs) -> Iterator[Job]:
    """A report of each study that was judged since the pass before, and its judgments folded.

    A pass that could not begin before the next is due is dropped, as Celery does it; the next makes up for it.
    """
    studies = load.open_runs * load.opponents
    for number in range(int(DAY_S / REPORTS_EVERY_S)):
        at_s = number * REPORTS_EVERY_S
        came = load.judgments_a_second(at_s) * REPORTS_EVERY_S
        with_news = studies * (1 - math.exp(-came / studies))
        work_s = with_news * costs.report + came * costs.fold
        yield Job("reports", at_s, ((Visit("light", work_s, expires_s=REPORTS_EVERY_S),),))


def day(load: Load, costs: Costs, servers: Mapping[str, int], seed: int = 0) -> Outcome:
    """The whole day, and what was left of it worked off."""
    rng = random.Random(seed)
    streams = (
        checkpoints(load, costs, random.Random(rng.random())),
        judgments(load, costs, random.Random(rng.random())),
        sweeps(load, costs),
        reports(load, costs),
    )
    return run(servers, merge(*streams, key=lambda job: job.at_s))


def saturated_at(outcome: Outcome, station: str) -> float:
    """How many times this day's work the station could do, all hours alike: 1 over its share of busy time."""
    return 1 / outcome.stations[station].utilisation(DAY_S)


def percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


MEASURED = Costs(
    turn=0.042,  # docs/performance.md, "A rating page"
    turn_in_database=0.0214,  # a rating claimed and recorded in one process, both sides of it: an upper bound
    response=0.0030,
    comparison=0.0035,
    look=0.017,
    fold=0.0002,
    report=0.059,
    verdict=1.6,
    load=21.0,  # 5.4 GB of weights
    tokens_a_second=587.0,  # 46 million parameters on two cores
)


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name, number in (("generation", 1), ("light", 1), ("web", 2), ("database", 2)):
        parser.add_argument(f"--{name}", type=int, default=number, help="servers")
    parser.add_argument("--checkpoints", type=int, default=Load.checkpoints, help="a day")
    parser.add_argument("--judgments", type=int, default=Load.judgments, help="a day")
    parser.add_argument("--tokens-a-second", type=float, default=MEASURED.tokens_a_second, help="of a device")
    options = parser.parse_args(arguments)
    servers = {name: getattr(options, name) for name in ("generation", "light", "web", "database")}
    load = Load(checkpoints=options.checkpoints, judgments=options.judgments)
    costs = Costs(**{**vars(MEASURED), "tokens_a_second": options.tokens_a_second})
    show(day(load, costs, servers))


def show(outcome: Outcome) -> None:
    table = Table("station", "servers", "busy", "full at", "wait, median", "wait, 95%", "longest line")
    for name, station in outcome.stations.items():
        if station.expired:
            print(f"{name}: {station.expired:,} passes over the reports were dropped for want of time")
        waits = [f"{percentile(station.waits_s, share):,.1f} s" for share in (0.5, 0.95)]
        busy = f"{station.utilisation(DAY_S):.0%}"
        full = f"{saturated_at(outcome, name):.1f} times"
        table.add_row(name, str(station.servers), busy, full, *waits, f"{station.longest_line:,}")
    console = Console()
    console.print(table)
    for kind, took in outcome.took_s.items():
        middle, late = (percentile(took, share) for share in (0.5, 0.95))
        console.print(f"{kind}: {len(took):,} done, {middle:,.1f} s in the middle, 95% within {late:,.1f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
