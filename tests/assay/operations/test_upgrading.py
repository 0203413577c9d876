"""A site that an earlier version filled comes up to date with all its rows, and today's code works on them."""

import json
import subprocess
import sys
from contextlib import contextmanager

import pytest
from django.db import connection

from raters.models.comparison_queries import LOTS
from tests.processes import ROOT, database_url, environment_of

PROMPTS, JUDGED = 1003, 6
OLD_SITE = "tests.assay.operations.old_site"


@contextmanager
def empty_database(tmp_path):
    """The address of a database of its own, of the kind that the tests run on."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path / 'old.sqlite3'}"
        return
    own, name = database_url(), f"{connection.settings_dict['NAME']}_old"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
    yield own.replace(f"/{connection.settings_dict['NAME']}", f"/{name}", 1)
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=["the first", "before lots"])
def found(request, transactional_db, tmp_path) -> dict:
    """What today's code finds on a site of that version."""
    with empty_database(tmp_path) as url:

        def python(*command: str) -> str:
            done = subprocess.run(
                [sys.executable, *command],
                cwd=ROOT,
                env=environment_of(DATABASE_URL=url),
                capture_output=True,
                text=True,
            )
            assert done.returncode == 0, done.stderr
            return done.stdout

        python("-m", OLD_SITE, "build", request.param)
        python("manage.py", "migrate", "--verbosity", "0")
        found: dict = json.loads(python("-m", OLD_SITE, "look"))
        return found | {"version": request.param}


def test_an_old_site_comes_up_to_date_with_its_rows(found):
    """One test, since building the old site takes most of the time."""
    assert found["verdicts"] == [
        ("a", "b", "tie")[(place + rater) % 3] for rater in range(3) for place in range(JUDGED)
    ]
    assert found["searchable"] == found["finds"] == PROMPTS
    reason = "paused before reasons were asked for" if found["version"] == "the first" else "fell ill"
    assert found["reasons"] == sorted(["", "fell ill", reason])
    lots = found["lots"]
    assert len(lots) == PROMPTS and lots[0] >= 0 and lots[-1] < LOTS
    assert len(set(lots)) > PROMPTS - 5  # all the same, as adding the column leaves them, would be one
    assert found["report"] == {"judgments": 18, "value": 0.5, "n": 18}
    assert found["given"]
