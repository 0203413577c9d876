"""A rating page and its judgment beside a bare Django view: processor time, waiting times, losses, memory.

One turn is an answer sent and the next page received. Each site is served by gunicorn with the same settings on the
same database, one after the other in one run; raters keep their connections, answer at a steady pace with jitter, and
follow redirects. Processor time is that of gunicorn's processes, from /proc, divided by the turns; a database server's
own is not in it. Database by DATABASE_URL; SQLite in a file of its own by default.

    python -m benchmarks.web [--raters 50 --pace-s 1 --seconds 30]
    python -m benchmarks.web --raters 500 --pace-s 40 --seconds 600 --only ours
"""

import argparse
import math
import random
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import Any

from benchmarks.web.raters import Browser, PacedRater, Tally, all_at_work
from benchmarks.web.stage import OURS, Server, Site, people, served, signed_in, start_django, study_of

SITES = {
    "bare": Site("benchmarks.web.bare_site", "django.contrib.auth.backends.ModelBackend"),
    "ours": OURS,
}
WARM_UP_S = 5.0
RATINGS = 3
SAMPLES = 12  # of memory, over the time measured


@dataclass(frozen=True)
class Measured:
    """What one site took for the turns of its raters."""

    tally: Tally
    cpu_ms: float
    memory_mb: list[float]


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--raters", type=int, default=50)
    parser.add_argument("--pace-s", type=float, default=1.0, help="between two answers of one rater")
    parser.add_argument("--seconds", type=float, default=30.0, help="for each site")
    parser.add_argument("--prompts", type=int, help="by default twice as many as are judged meanwhile")
    parser.add_argument("--workers", type=int, default=2, help="gunicorn's, with four threads each")
    parser.add_argument("--only", choices=list(SITES))
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        start_django(Path(folder))
        study = study_of(options.prompts or prompts_for(options), RATINGS)
        users = people(study, options.raters)
        results = {}
        for name in [options.only] if options.only else SITES:
            starts = first_pages(name, study, options.raters)
            cookies = [signed_in(user, SITES[name]) for user in users]
            with served(SITES[name], options.workers) as server:
                results[name] = measured(server, list(zip(cookies, starts, strict=True)), options)
        show(results, options)
        if "ours" in results:
            print(kept(study, results["ours"].tally.sent))


def prompts_for(options: argparse.Namespace) -> int:
    """So many that nobody runs out of comparisons: raters hold some, and are kept from most once they judged them."""
    answers = options.raters * ((WARM_UP_S + options.seconds) / options.pace_s + 1)
    return max(2000, math.ceil(2 * answers / RATINGS))


def first_pages(name: str, study: Any, raters: int) -> list[str]:
    """Where each rater begins."""
    if name == "ours":
        return [f"/rate/{study.public_id}/next/"] * raters
    first = study.comparisons.order_by("pk").values_list("pk", flat=True)[0]
    return [f"/judge/{first + number}/" for number in range(raters)]


def measured(server: Server, raters: list[tuple[str, str]], options: argparse.Namespace) -> Measured:
    """Lets the raters work: a while for warming up, and the time that counts."""
    tally, memory = Tally(), list[float]()
    at_work = [
        PacedRater(Browser(server.port, cookies), first, options.pace_s, tally, random.Random(number))
        for number, (cookies, first) in enumerate(raters)
    ]
    all_at_work(at_work, WARM_UP_S)
    tally.turns_ms.clear()
    before = server.cpu_ms()
    with sampled(server, options.seconds / SAMPLES, memory):
        all_at_work(at_work, options.seconds)
    return Measured(tally, server.cpu_ms() - before, memory)


@contextmanager
def sampled(server: Server, every_s: float, memory: list[float]) -> Iterator[None]:
    over = threading.Event()

    def look() -> None:
        while not over.wait(every_s):
            memory.append(server.memory_mb())

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def show(results: dict[str, Measured], options: argparse.Namespace) -> None:
    print(f"{options.raters} raters, one answer each {options.pace_s:g} s, {options.seconds:g} s a site")
    for name, one in results.items():
        for error in one.tally.errors[:5]:
            print(f"    {error}")
        turns = one.tally.turns_ms
        cuts = quantiles(turns, n=100)
        print(
            f"  {name}: {len(turns)} turns, {one.cpu_ms / len(turns):.1f} ms of processor a turn; waiting, p50 "
            f"{cuts[49]:.0f}, p95 {cuts[94]:.0f}, p99 {cuts[98]:.0f} ms; {len(one.tally.errors)} errors; memory "
            f"{' '.join(f'{sample:.0f}' for sample in one.memory_mb)} MB"
        )
    if len(results) == 2:
        ours, bare = (results[name].cpu_ms / len(results[name].tally.turns_ms) for name in ("ours", "bare"))
        print(f"  ratio: {ours / bare:.2f}")


def kept(study: Any, sent: set[str]) -> str:
    """What the database holds of what was acknowledged: each answer once, and no comparison rated too often."""
    from django.db.models import F

    from raters.models import Judgment

    keys = list(
        Judgment.objects.filter(assignment__comparison__study=study).values_list("idempotency_key", flat=True)
    )
    over = study.comparisons.filter(ratings_taken__gt=F("ratings_wanted")).count()
    return (
        f"  {len(sent)} answers acknowledged: {len(sent - set(keys))} lost, {len(keys) - len(set(keys))} doubled, "
        f"{over} comparisons rated too often"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
