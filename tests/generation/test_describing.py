"""Who describes what was found, and what becomes of what cannot be described."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from generation import describing, tasks
from generation.describing import describe_due
from generation.models import Checkpoint, Sighting
from generation.watching import look
from tests.generation.test_watching import look_twice, seen


def test_with_a_broker_describing_is_asked_of_generation_workers(watched, step, settings, monkeypatch):
    step()
    look_twice(watched)
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    asked = []
    monkeypatch.setattr(tasks.describe_sighting, "delay", asked.append)
    tasks.describe_or_ask()
    assert asked == [Sighting.objects.get().pk] and not Checkpoint.objects.exists()
    tasks.describe_sighting(*asked)
    assert Checkpoint.objects.count() == 1


def test_what_kills_every_worker_that_describes_it_is_refused(watched, step):
    step()
    look_twice(watched)
    past = timezone.now() - timedelta(seconds=1)
    Sighting.objects.update(status="describing", attempts=3, lease_until=past)
    describe_due()
    assert seen(watched)["step-000100"] == ("refused", "3 workers fell silent while describing it")


@pytest.mark.django_db(transaction=True)
def test_a_checkpoint_that_takes_longer_than_the_lease_stays_with_its_worker(
    watched, step, monkeypatch, settings
):
    step()
    look_twice(watched)
    settings.DESCRIBE_LEASE_S, due = 0.6, []
    quick = describing.register

    def slow(*arguments, **options):
        time.sleep(3 * settings.DESCRIBE_LEASE_S)
        due.append(Sighting.objects.due().exists())
        return quick(*arguments, **options)

    monkeypatch.setattr(describing, "register", slow)
    describe_due()
    assert due == [False] and seen(watched)["step-000100"][0] == "registered"


def test_a_store_that_fails_for_a_while_is_asked_again_with_limits(watched, step, monkeypatch):
    step()
    look_twice(watched)

    def broken(*arguments, **options):
        raise OSError("the store is away")

    monkeypatch.setattr(describing, "register", broken)
    for _ in range(3):
        Sighting.objects.update(not_before=timezone.now() - timedelta(seconds=1))
        describe_due()
    assert seen(watched)["step-000100"] == ("refused", "tried 3 times: the store is away")


def test_what_changed_and_was_taken_anew_is_not_ended_by_whoever_had_it_before(watched, step, monkeypatch):
    """The first worker reads on while the files are written again, seen whole, and described by a second one."""
    path = step()
    look_twice(watched)

    def written_again(sighting):
        (path / "notes.txt").write_text("a second try")
        look(watched)
        look_twice(watched)
        Sighting.objects.take(Sighting.objects.get())
        raise ValueError("what the first worker read is not there any more")

    monkeypatch.setattr(describing, "_registered", written_again)
    describe_due()
    assert seen(watched)["step-000100"] == ("describing", "")
