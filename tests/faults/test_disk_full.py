"""A disk that takes no more: what was acknowledged stays, and work goes on as soon as there is room."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection

from raters.assignment import claim_next
from raters.models import Judgment
from tests import builders
from tests.raters.working import answer

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="a file of SQLite's is what is filled here"),
]


ROOM = 1 << 19  # bytes; some answers' worth of SQLite's write-ahead log


@contextmanager
def disk_full() -> Iterator[None]:
    """No file of this process is written beyond its first so many bytes, as the log soon would be.

    The log is emptied before: as long as earlier work made it, it would be written from its start without growing.
    """
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


def test_a_full_disk_loses_nothing_that_was_acknowledged():
    study = builders.study(prompts=400, ratings=1)
    rater, sent = builders.rater(study), 0
    with disk_full(), pytest.raises(OperationalError):
        while assignment := claim_next(rater, study):
            answer(assignment, comment="as long as it may be " * 13)
            sent += 1
    connection.close()
    assert 0 < sent < 400 and Judgment.objects.counted(study).count() == sent
    while assignment := claim_next(rater, study):
        answer(assignment)
    assert Judgment.objects.counted(study).count() == 400
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
