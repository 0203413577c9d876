"""Claims and judgments a second, beside a floor that does the same writes without asking who may have what.

The floor, for each judgment: one UPDATE of a comparison's counter and one INSERT each of an assignment and a judgment,
in one transaction. Both run with the same threads on the same database in turn; the ratio is what assignment, blinding
and idempotency cost. Claims alone are timed with a bare UPDATE in the place of the answer, and the statements of one
claim and of one judgment are counted. Database by DATABASE_URL; SQLite in a file of its own by default.

    python -m benchmarks.claims [--raters 8 --prompts 200]
"""

import argparse
import os
import secrets
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 5


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--raters", type=int, default=8)
    parser.add_argument("--prompts", type=int, default=200)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        start_django(Path(folder))
        rounds = [one_round(number, options.raters, options.prompts) for number in range(ROUNDS)]
        claimed, judged = statements()
        vendor = connection_vendor()
    ours, claims, floors = zip(*rounds, strict=True)
    ratios = [a / c for a, _, c in rounds]
    print(
        f"{vendor}: {options.raters} raters, {options.prompts} prompts x 3, {ROUNDS} rounds (median, least, most)"
    )
    for name, values in (
        ("claim and judge, per second", ours),
        ("claims alone, per second", claims),
        ("bare writes, per second", floors),
        ("ratio", ratios),
    ):
        print(f"  {name:30} {statistics.median(values):9.2f} {min(values):9.2f} {max(values):9.2f}")
    print(f"  statements: {claimed} for a claim, {judged} for a judgment, BEGIN and COMMIT left out")


def start_django(folder: Path) -> None:
    sys.path.insert(0, str(ROOT / "platform"))
    os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder / 'claims.sqlite3'}")
    os.environ.update(
        DEBUG="1", SECRET_KEY=secrets.token_urlsafe(48), DJANGO_SETTINGS_MODULE="assay.settings"
    )
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.DEBUG = False  # with it on, Django would keep every query in memory
    call_command("migrate", verbosity=0)


def one_round(number: int, raters: int, prompts: int) -> tuple[float, float, float]:
    """Judgments a second of ours, claims a second, and judgments of the floor, each over a fresh study."""
    from tests import builders

    judgments = prompts * 3
    rates = []
    for kind, work in (
        ("ours", judge_until_done),
        ("claims", claim_until_done),
        ("floor", write_without_asking),
    ):
        study = builders.study(prompts=prompts, ratings=3, slug=f"{kind}-{number}")
        people = [builders.rater(study, f"{kind}{number}-{person}") for person in range(raters)]
        started = time.perf_counter()
        at_once([partial(work, study, person, share) for share, person in enumerate(people)])
        rates.append(judgments / (time.perf_counter() - started))
    return rates[0], rates[1], rates[2]


def at_once(parts: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=part) for part in parts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def judge_until_done(study, person, _share) -> None:
    from django.db import connection

    from raters import judging
    from raters.assignment import claim_next

    while assignment := claim_next(person, study):
        judging.record(assignment, judging.Answer("left", f"key-of-assignment-{assignment.pk}"))
    connection.close()


def claim_until_done(study, person, _share) -> None:
    from django.db import connection

    from raters.assignment import claim_next
    from raters.models import Assignment

    while assignment := claim_next(person, study):
        Assignment.objects.filter(pk=assignment.pk).update(state="done")
    connection.close()


def statements() -> tuple[int, int]:
    """How many SQL statements a claim and a judgment take, in a study with the settings that come by default."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from assay.operations.claim_times import add
    from raters import judging
    from raters.assignment import claim_next
    from tests import builders

    study = builders.study(prompts=5, slug="counted")
    person = builders.rater(study, "counted")
    counts = []
    add()  # the times of the claims above, which would else be written within the next one
    with CaptureQueriesContext(connection) as queries:
        assignment = claim_next(person, study)
        counts.append(len(queries))
        judging.record(assignment, judging.Answer("left", f"key-of-assignment-{assignment.pk}"))
        counts.append(len(queries) - counts[0])
    bounds = sum(query["sql"] in {"BEGIN", "BEGIN IMMEDIATE", "COMMIT"} for query in queries.captured_queries)
    return counts[0] - bounds // 2, counts[1] - bounds // 2


def connection_vendor() -> str:
    from django.db import connection

    return connection.vendor


def write_without_asking(study, person, share) -> None:
    """This thread's part of the same number of writes: each comparison once, by three of the raters."""
    from django.db import connection, transaction
    from django.db.models import F
    from django.utils import timezone

    from raters.models import Assignment, Comparison, Judgment

    raters = study.enrolments.count()
    for place, pk in enumerate(study.comparisons.order_by("pk").values_list("pk", flat=True)):
        if (share - place) % raters >= 3:
            continue
        with transaction.atomic():
            Comparison.objects.filter(pk=pk).update(ratings_taken=F("ratings_taken") + 1)
            made = Assignment.objects.create(
                comparison_id=pk, rater=person, a_is_left=True, state="done", lease_until=timezone.now()
            )
            Judgment.objects.create(
                assignment=made,
                preference="a",
                strength=2,
                raw_answer="left",
                idempotency_key=f"floor-{made.pk}",
            )
    connection.close()


if __name__ == "__main__":
    main(sys.argv[1:])
