"""The histogram of claims: counted by each process for itself, added to rows that all share."""

import threading
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection

from assay.operations import claim_times
from assay.operations.claim_times import Counting, add, count
from assay.operations.models import ClaimTime
from generation.timing import claimed, timed


@pytest.fixture(autouse=True)
def counting(monkeypatch) -> Counting:
    monkeypatch.setattr(claim_times, "counting", Counting())
    return claim_times.counting


def rows() -> dict[tuple[str, str], tuple[int, float]]:
    return {(row.kind, row.at_most_s): (row.count, row.total_s) for row in ClaimTime.objects.all()}


def test_a_claim_falls_into_the_smallest_bucket_that_holds_it(db, counting):
    for seconds in (0.005, 0.0051, 99.0):
        counting.note("chunk", seconds)
    add()
    assert rows() == {
        ("chunk", "0.005"): (1, 0.005),
        ("chunk", "0.01"): (1, 0.0051),
        ("chunk", "+Inf"): (1, 99.0),
    }


def test_what_was_added_is_not_added_again(db, counting):
    counting.note("chunk", 0.001)
    add()
    add()
    assert rows() == {("chunk", "0.005"): (1, 0.001)}


@pytest.mark.django_db(transaction=True)
def test_processes_add_to_the_same_rows_and_lose_nothing(monkeypatch):
    local = threading.local()
    monkeypatch.setattr(claim_times, "counting", local)

    def one() -> None:
        of_its_own = Counting()
        local.note, local.take = of_its_own.note, of_its_own.take
        for _ in range(20):
            local.note("chunk", 0.001)
            add()
        connection.close()

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert rows()["chunk", "0.005"][0] == 80


def test_the_rows_are_written_at_most_every_ten_seconds(db, counting, monkeypatch):
    monkeypatch.setattr(claim_times, "connection", SimpleNamespace(in_atomic_block=False))
    monkeypatch.setattr(claim_times, "add", lambda: counting.take())
    count(None, kind="chunk", seconds=0.1)
    assert counting.counts
    counting.added_at -= 10
    count(None, kind="chunk", seconds=0.1)
    assert not counting.counts


def test_a_claim_stands_though_it_cannot_be_counted(db, counting, monkeypatch, caplog):
    def broken() -> None:
        raise DatabaseError("disk full")

    monkeypatch.setattr(claim_times, "connection", SimpleNamespace(in_atomic_block=False))
    monkeypatch.setattr(claim_times, "add", broken)
    counting.added_at -= 10
    assert timed("chunk")(lambda: "held")() == "held"
    assert "not counted" in caplog.text


def test_only_claims_that_found_something_are_told():
    told = []

    def listener(sender, **facts):
        told.append(facts["kind"])

    claimed.connect(listener)
    try:
        timed("chunk")(lambda: None)()
        timed("comparison")(lambda: "held")()
    finally:
        claimed.disconnect(listener)
    assert told == ["comparison"]
