"""What happens every few seconds, whoever does it."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from assay import celery_app
from assay.evaluations import tasks
from assay.evaluations.tasks import sweep, sweep_task
from raters import judging
from raters.assignment import claim_next
from raters.models import Assignment
from tests import builders


@pytest.fixture
def study(db):
    """One comparison left on a screen long ago, two judged, no report yet."""
    study = builders.study(prompts=3, ratings=1)
    rater = builders.rater(study)
    for number in range(2):
        judging.record(claim_next(rater, study), judging.Answer("same", f"a-key-of-many-letters-{number}"))
    claim_next(rater, study)
    Assignment.objects.filter(state="leased").update(lease_until=timezone.now() - timedelta(hours=1))
    return study


@pytest.mark.parametrize("act", [sweep, sweep_task])
def test_it_frees_what_raters_left_and_writes_the_reports_that_are_due(study, act):
    act()
    assert study.comparisons.filter(ratings_taken=0).count() == 1
    assert study.reports.get().judgments == 2


def test_doing_it_twice_does_nothing_twice(study):
    sweep()
    sweep()
    assert study.reports.count() == 1


def test_beat_and_the_queues_name_tasks_that_exist():
    celery_app.loader.import_default_modules()
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        assert entry["task"] in celery_app.tasks
    assert "generation.tasks.generate_chunk" in celery_app.tasks
    assert "assay.takeaway.tasks.make_export" in celery_app.tasks


def test_a_part_that_fails_keeps_no_other_from_its_work(study, monkeypatch, caplog):
    def fail():
        raise RuntimeError("a poison study")

    monkeypatch.setattr(tasks, "PARTS", (fail, *tasks.PARTS[1:]))
    sweep()
    assert "a poison study" in caplog.text
    assert study.reports.get().judgments == 2
