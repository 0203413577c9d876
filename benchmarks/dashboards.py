"""How fast the pages of a large study answer, and how soon a new judgment shows on them.

Builds one study of so many judgments straight into the tables, tallies
them, and then asks each page many times in one process, by the site's own views and middleware, without a network.
Then raters judge while the worker's own step keeps the report fresh: from the end of the judging request until the
results page tells of the new judgment. Database by DATABASE_URL; SQLite in a file of its own by default. A database
that holds the large study already is asked again: build with --build-only when the machine may be busy, and measure
when it is quiet.

    python -m benchmarks.dashboards --judgments 100000
    python -m tests.services -- python -m benchmarks.dashboards --judgments 1000000
"""

import argparse
import re
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.claims import start_django
from benchmarks.dashboard_rows import a_rater, large_study

STUDY = "/studies/large/"
PAGES = {
    "study": STUDY,
    "results": f"{STUDY}results/",
    "comparisons": f"{STUDY}comparisons/",
    "comparisons, last page": STUDY + "comparisons/?after={last}",
    "comparisons, raters disagree": f"{STUDY}comparisons/?votes=split",
    "comparisons, second preferred": f"{STUDY}comparisons/?outcome=second&length=s",
    "comparisons of one rater": STUDY + "comparisons/?rater={rater}",
    "comparisons, text": f"{STUDY}comparisons/?q=prompt+17",
    "raters": "{raters}",
    "inbox": "{inbox}",
    "exports": f"{STUDY}exports/",
    "leaderboards": "/leaderboards/",
    "leaderboard": "{leaderboard}",
    "checkpoint": "/checkpoints/{checkpoint}/",
    "checkpoint, its responses": "/checkpoints/{checkpoint}/responses/",
}
BAR_PAGE_MS, BAR_SHOWN_S, SWEEP_S = 300, 5.0, 1.0


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--judgments", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=40)
    parser.add_argument("--build-only", action="store_true", help="build and tally; ask no page")
    parser.add_argument("--looks", type=int, default=10, help="judgments whose way to the page is timed")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        start_django(Path(folder))
        study = standing_study(options.judgments)
        if not options.build_only:
            ask_pages(study, options.requests)
            watch(study, options.looks)


def standing_study(judgments: int) -> Any:
    """The large study, built unless it stands; its tallies are made and checked either way."""
    from django.conf import settings
    from django.db import connection

    settings.ALLOWED_HOSTS = ["testserver"]
    from assay.reports.boards.keeping import refresh_boards
    from assay.reports.kept_quality import keep
    from assay.reports.recounting import recount
    from assay.reports.refresh import refresh
    from raters.models import Study

    study = Study.objects.filter(slug="large").first()
    if study is None:
        took, study = timed(lambda: large_study(judgments))
        print(f"{connection.vendor}: {judgments:,} judgments built in {took:.0f} s")
        print(f"  tallies made and a first report: {timed(lambda: refresh(study))[0]:8.2f} s", flush=True)
    print(f"  a further report:                {timed(lambda: refresh(study))[0]:8.2f} s")
    print(f"  raters' figures, kept:           {timed(lambda: keep(study, 1))[0]:8.2f} s", flush=True)
    refresh_boards()
    took, wrong = timed(lambda: recount(study))
    print(f"  full recompute, {'equal' if not wrong else 'DIFFERS'}:          {took:8.2f} s", flush=True)
    return study


def timed(act: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    found = act()
    return time.perf_counter() - started, found


def ask_pages(study: Any, requests: int) -> None:
    """Each page once unmeasured, then in turns with the others, so that what slows the machine slows all."""
    client, parts = signed_in(), parts_of(study)
    addresses = {name: page.format(**parts) for name, page in PAGES.items()}
    times: dict[str, list[float]] = {name: [] for name in PAGES}
    for turn in range(requests + 1):
        for name, address in addresses.items():
            took, answer = timed(lambda address=address: client.get(address))
            assert answer.status_code == 200, address
            if turn:
                times[name].append(1000 * took)
    print(f"  {'page, ms of ' + str(requests) + ' requests':34} median      p95     most   bar {BAR_PAGE_MS}")
    for name, found in times.items():
        p95 = statistics.quantiles(found, n=20, method="inclusive")[-1]
        print(f"  {name:34} {statistics.median(found):6.0f} {p95:8.0f} {max(found):8.0f}")


def signed_in() -> Any:
    from django.test import Client

    from tests import builders

    client = Client()
    client.force_login(builders.researcher(f"reader-{time.time_ns()}"))
    return client


def parts_of(study: Any) -> dict[str, object]:
    from django.urls import reverse

    keys = study.comparison_tallies.order_by("-comparison").values_list("comparison", flat=True)
    places = {"raters": "study_raters", "inbox": "inbox"}
    return {
        "last": keys[10],
        "rater": study.enrolments.first().rater.code,
        "checkpoint": study.arms.first().run.checkpoint_id,
        "leaderboard": reverse("dashboards:leaderboard", args=[study.prompt_set_version]),
        **{name: reverse(f"dashboards:{place}", args=[study.slug]) for name, place in places.items()},
    }


def watch(study: Any, looks: int) -> None:
    """A worker's step every second beside it, as in use; each look begins when a judgment is stored."""
    stop = threading.Event()
    worker = threading.Thread(target=keep_fresh, args=(stop,))
    worker.start()
    try:
        shown = [until_shown(study, number) for number in range(looks)]
    finally:
        stop.set()
        worker.join()
    print(
        f"  a new judgment shows after, s: median {statistics.median(shown):.1f}, most {max(shown):.1f}",
        end="",
    )
    print(f"   bar {BAR_SHOWN_S:g} (of {looks}; a look every {SWEEP_S:g} s)")


def keep_fresh(stop: threading.Event) -> None:
    from django.db import connection

    from assay.reports.refresh import refresh_stale

    while not stop.wait(SWEEP_S):
        refresh_stale()
    connection.close()


def until_shown(study: Any, number: int) -> float:
    from raters import judging
    from raters.assignment import claim_next

    client = signed_in()
    address = f"/studies/{study.slug}/results/"
    before = counted(client.get(address).text)
    held = claim_next(a_rater(study, number), study)
    assert held, "no comparison wants another rating"
    judging.record(held, judging.Answer("left", f"key-{held.token}"))
    started = time.perf_counter()
    while counted(client.get(address).text) == before:
        time.sleep(0.05)
    return time.perf_counter() - started


def counted(page: str) -> int:
    found = re.search(r"UTC: (\d+) judgments", page)
    return int(found[1]) if found else 0


if __name__ == "__main__":
    main(sys.argv[1:])
