"""Exports of a large study: time and peak memory of each command, in a process of its own.

python -m benchmarks.exports                      100,000 judgments, beside 10,000
python -m benchmarks.exports --judgments 50000
"""

import argparse
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.full_job import ROOT, measured

RATERS = 50
EXPORTS = (("judgments", "jsonl"), ("judgments", "jsonl.gz"), ("judgments", "csv"), ("judgments", "parquet"))
EXPORTS += (
    ("preferences", "jsonl"),
    ("comparator", "json"),
    ("responses", "jsonl"),
    ("study", "jsonl"),
    ("card", "json"),
)
# A study of so many prompts, each judged by every rater, written straight into the tables.
MAKE = """
import sys
import django
django.setup()
from django.utils import timezone
from raters.models import Assignment, Enrolment, Judgment, Rater, Study
from tests import builders
prompts, raters = int(sys.argv[1]), int(sys.argv[2])
study = builders.study(prompts=prompts, ratings=raters, slug="large")
people = Rater.objects.bulk_create([Rater(kind="human") for _ in range(raters)])
Enrolment.objects.bulk_create([Enrolment(study=study, rater=rater) for rater in people])
now = timezone.now()
for number, rater in enumerate(people):
    given = Assignment.objects.bulk_create([
        Assignment(comparison=row, rater=rater, a_is_left=(row.pk + number) % 2 == 0, state="done",
                   lease_until=now, shown_at=now)
        for row in study.comparisons.order_by("pk")
    ], batch_size=500)
    Judgment.objects.bulk_create([
        Judgment(assignment=one, preference="abt"[(one.comparison_id * 7 + number) % 3].replace("t", "tie"),
                 strength=0 if (one.comparison_id * 7 + number) % 3 == 2 else 2, raw_answer="left",
                 comment="Longer, and it answers what was asked.", active_ms=9000, idempotency_key=f"k{one.pk}")
        for one in given
    ], batch_size=500)
study.comparisons.update(ratings_taken=raters)
"""


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--judgments", type=int, nargs="+", default=[10_000, 100_000])
    options = parser.parse_args(arguments)
    os.environ["SECRET_KEY"] = secrets.token_urlsafe(48)  # without DEBUG, which keeps every query in memory
    table = Table("export", "judgments", "wall s", "processor s", "peak MB", "file MB")
    for judgments in options.judgments:
        with tempfile.TemporaryDirectory() as folder:
            add_rows(table, Path(folder), judgments)
    Console().print(table)


def add_rows(table: Table, folder: Path, judgments: int) -> None:
    database = folder / "exports.sqlite3"
    url = f"sqlite:///{database}"
    make(database, judgments // RATERS)
    for kind, format_ in EXPORTS:
        out = folder / f"{kind}.{format_}"
        step = measured(["export", "large", "--kind", kind, "--out", str(out)], DATABASE_URL=url)
        size = out.stat().st_size / 1e6
        numbers = (f"{step.wall_s:.1f}", f"{step.cpu_s:.1f}", f"{step.peak_mb:.0f}", f"{size:.1f}")
        table.add_row(f"{kind}, {format_}", f"{judgments:,}", *numbers)


def make(database: Path, prompts: int) -> None:
    os.environ["CARD_KEY_FILE"] = str(database.with_name("card-key.pem"))  # for the exports that follow, too
    environment = os.environ | {"DATABASE_URL": f"sqlite:///{database}"}
    environment |= {"DJANGO_SETTINGS_MODULE": "assay.settings", "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}"}
    migrate, key = ["manage.py", "migrate", "--verbosity", "0"], ["manage.py", "card_key"]
    for command in (migrate, key, ["-c", MAKE, str(prompts), str(RATERS)]):
        subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL
        )


if __name__ == "__main__":
    main(sys.argv[1:])
