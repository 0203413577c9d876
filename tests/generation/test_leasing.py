"""What every table has in common whose rows one worker at a time holds: chunks, sightings, steps and exports."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.utils import timezone

from assay.evaluations.starting import start
from assay.takeaway.making import request_export
from generation.leasing import LeasedQuerySet, kept, wait_s
from generation.models import CheckpointSeries, Chunk, Sighting
from tests import builders
from tests.evaluated import series_with_verdicts

pytestmark = pytest.mark.django_db


def a_chunk():
    run = builders.run(builders.prompt_set(prompts=1), "heron")
    return Chunk.objects.create(run=run, number=1, item_ids=[])


def a_sighting():
    series = CheckpointSeries.objects.create(slug="owls", title="Owls")
    return Sighting.objects.create(
        series=series, uri="/owls/1", name="1", status="ready", fingerprint="0" * 64
    )


def a_step():
    plan = series_with_verdicts(win_rates=())
    made = builders.run(plan.current.prompt_sets.get(), "heron").checkpoint
    return start(plan, made).steps.get(name="generate")


def an_export():
    return request_export(builders.study(), "judgments", "csv")


ROWS = {"chunk": a_chunk, "sighting": a_sighting, "evaluationstep": a_step, "export": an_export}


@pytest.fixture(params=sorted(ROWS))
def row(request):
    return ROWS[request.param]()


def test_every_table_that_is_worked_so_is_tried_here():
    leased = [
        model for model in apps.get_models() if isinstance(model._default_manager.all(), LeasedQuerySet)
    ]
    assert {model._meta.model_name for model in leased} == set(ROWS)


def test_of_two_who_read_the_same_row_one_has_it(row):
    table = type(row).objects
    assert (table.take(row), table.take(row)) == (1, None)
    row.refresh_from_db()
    assert (row.fence, row.attempts, row.status) == (1, 1, table.all().held)
    assert row not in table.due() and table.held_under(row, 1).get() == row


def test_whoever_fell_silent_is_taken_over_and_holds_nothing_any_more(row):
    table = type(row).objects
    table.take(row)
    table.filter(pk=row.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    row.refresh_from_db()
    assert table.take(row) == 2
    assert not table.held_under(row, 1).exists() and table.held_under(row, 2).exists()


def test_a_lease_from_a_clock_that_was_ahead_keeps_nobody_waiting(row):
    table = type(row).objects
    table.take(row)
    table.filter(pk=row.pk).update(lease_until=timezone.now() + timedelta(days=2))
    assert row in table.due()


def test_what_is_put_off_is_not_due_before_its_time(row):
    if not type(row).objects.all().puts_off:
        assert not hasattr(row, "not_before")
        return
    type(row).objects.filter(pk=row.pk).update(not_before=timezone.now() + timedelta(seconds=60))
    assert row not in type(row).objects.due()


def test_waits_double_up_to_the_longest():
    assert [wait_s(tries, 2, 10) for tries in (1, 2, 3, 4)] == [2, 4, 8, 10]


def test_what_is_kept_of_an_error_has_an_end_and_no_nul():
    assert kept("a\0b") == "a\\0b" and kept("\ud800!") == "\\ud800!" and len(kept("x" * 9999)) == 2000
