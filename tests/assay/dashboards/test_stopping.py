"""The study's page says whether its stopping rule has come true, in counts that tell no arm."""

from types import SimpleNamespace

import pytest

from assay.dashboards.studies.stopping import stopping_of
from raters.studies.stopping import RULES, SEQUENCE


def pair(stopped_at):
    estimate = SimpleNamespace(name="win_rate_anytime", detail={"stopped_at": stopped_at})
    other = SimpleNamespace(name="agreement", detail={})
    return SimpleNamespace(reliability=[SimpleNamespace(estimate=one) for one in (other, estimate)])


@pytest.mark.parametrize(
    ("stops", "decided", "may_end"), [((), 0, False), ((60, None), 1, False), ((60, 75), 2, True)]
)
def test_it_may_end_once_the_sequence_of_every_pair_has_decided(study, stops, decided, may_end):
    study.stop_rule = RULES[SEQUENCE]
    told = stopping_of(study, [pair(stop) for stop in stops])
    assert (told.pairs, told.decided, told.may_end) == (len(stops), decided, may_end)


def test_without_a_rule_nothing_is_said(study):
    assert stopping_of(study, [pair(60)]) is None
