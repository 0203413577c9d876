"""A clock that jumps: no work is lost, none is done twice, and nothing waits for a time that was never real."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from generation.chunks import claim
from generation.leasing import LeaseLost
from generation.models import Chunk, Response
from generation.runs import plan_run
from generation.sampling import Sampling
from generation.worker import work_off
from raters.assignment import claim_next, reclaim
from raters.models import Judgment
from tests import builders
from tests.generation.conftest import engine_checkpoint, speller  # noqa: F401  the latter is a fixture
from tests.raters.working import answer

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def run(speller):  # noqa: F811
    return plan_run(engine_checkpoint("heron"), builders.prompt_set(prompts=4), Sampling())


def test_a_worker_whose_clock_jumped_ahead_cannot_store_what_another_has_taken(run):
    held = claim("ann")
    with time_machine.travel(timezone.now() + DAY):
        work_off("ben", stop=lambda: False, until_idle=True)
    with pytest.raises(LeaseLost):
        held.heartbeat()
    assert Response.objects.count() == 4 and Chunk.objects.get().status == "done"


def test_a_lease_from_a_clock_that_was_ahead_ends_when_the_clock_is_right_again(run):
    with time_machine.travel(timezone.now() + DAY):
        claim("ann")  # who then dies
    work_off("ben", stop=lambda: False, until_idle=True)
    assert not run.missing.exists() and Chunk.objects.get().status == "done"


def test_a_rater_keeps_a_comparison_no_longer_than_the_lease_whatever_the_clock_said(db):
    study = builders.study(prompts=1, ratings=1)
    with time_machine.travel(timezone.now() + DAY):
        claim_next(builders.rater(study, "ana"), study)
    assert reclaim(study) == 1
    assert answer(claim_next(builders.rater(study, "ben"), study))


def test_answers_on_either_side_of_a_jump_back_count_once_each(db):
    study = builders.study(prompts=2, ratings=1)
    rater = builders.rater(study)
    with time_machine.travel(timezone.now() + DAY):
        answer(claim_next(rater, study))
    answer(claim_next(rater, study))
    assert Judgment.objects.counted(study).count() == 2
