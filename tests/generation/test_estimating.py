"""What a run will take is told from earlier runs of its family, or said to be unknown."""

from datetime import timedelta

import pytest
from django.db.models import F

from generation.estimating import estimate, pace_of_family
from generation.models import GenerationRun, Response
from generation.runs import plan_run
from generation.sampling import Sampling
from tests import builders
from tests.generation.conftest import engine_checkpoint
from tests.generation.measured import answered


@pytest.fixture
def version(db):
    return builders.prompt_set(4)


def test_before_anything_was_measured_only_a_bound_is_known(version):
    told = estimate(engine_checkpoint("owl"), version, Sampling(max_new_tokens=50))
    assert (told.wanted, told.existing, told.tokens, told.measured_on) == (4, 0, 200, 0)
    assert told.seconds is None and told.bytes is None


def test_an_earlier_run_of_the_family_tells_tokens_time_and_disk(version):
    answered(plan_run(engine_checkpoint("owl"), version, Sampling()), tokens=30, every_s=2)
    told = estimate(engine_checkpoint("wren"), version, Sampling())
    assert told.tokens == 120 and told.measured_on == 4
    assert told.tokens_a_second == pytest.approx(
        90 / 6
    )  # what came after the first response, in the time since
    assert told.seconds == pytest.approx(8)
    assert told.bytes and told.bytes > 4 * 80


def test_responses_that_a_run_found_say_nothing_of_its_pace(version):
    owl = engine_checkpoint("owl")
    earlier = plan_run(owl, version, Sampling())
    answered(earlier, tokens=30, every_s=2)
    Response.objects.update(created_at=F("created_at") - timedelta(days=30))
    GenerationRun.objects.update(created_at=F("created_at") - timedelta(days=31))
    more = builders.prompt_set(7, slug="more")  # four of them have the same texts
    later = plan_run(owl, more, Sampling())
    assert later.missing.count() == 3
    answered(later, tokens=30, every_s=1)
    assert pace_of_family(owl) == pytest.approx((90 / 6 + 60 / 2) / 2)


def test_what_exists_costs_nothing(version):
    owl = engine_checkpoint("owl")
    answered(plan_run(owl, version, Sampling()), tokens=30, every_s=2)
    told = estimate(owl, version, Sampling())
    assert (told.existing, told.to_generate, told.tokens) == (4, 0, 0)


def test_a_length_limit_below_the_usual_length_bounds_the_tokens(version):
    answered(plan_run(engine_checkpoint("owl"), version, Sampling()), tokens=30, every_s=2)
    assert estimate(engine_checkpoint("wren"), version, Sampling(max_new_tokens=10)).tokens == 40


def test_another_family_tells_nothing(version):
    answered(plan_run(engine_checkpoint("owl"), version, Sampling()), tokens=30, every_s=2)
    wren = engine_checkpoint("wren")
    wren.family = "another"
    wren.save()
    assert estimate(wren, version, Sampling()).measured_on == 0
