"""Both win rates of each candidate in one table, as papers print them."""

import pytest
from django.core.management import CommandError, call_command

from assay.reports.paper import KINDS, printed, rates
from assay.reports.refresh import refresh
from raters.models import Rubric
from raters.simulation import Simulation, simulate
from tests import builders


@pytest.fixture
def instruction(db):
    made = builders.study(prompts=30, slug="asked")
    simulate(made, Simulation(raters=6, seed=3))
    return made


@pytest.fixture
def safety(instruction):
    """The same two runs' names are the slug's, so this pair is one of its own."""
    made = builders.study(prompts=30, slug="safe")
    made.rubric = Rubric.objects.create(slug="safer", title="Safer", kind="safety", guide="-")
    made.save()
    simulate(made, Simulation(raters=6, win_rate=0.7, seed=4))
    return made


def test_each_kind_of_study_fills_its_own_column(instruction, safety):
    found = rates([refresh(instruction), refresh(safety)])
    assert [(pair[0], kind) for pair, kind in found] == [
        ("heron-asked", "instruction"),
        ("heron-safe", "safety"),
    ]


def test_rate_interval_and_shares_are_those_of_the_report(instruction):
    estimate = refresh(instruction).estimates.get(name="win_rate", slice="")
    rate, interval, shares = printed(estimate)
    assert rate == f"{estimate.value:.1%}" and interval == f"[{estimate.low:.1%}, {estimate.high:.1%}]"
    counted = [round(float(share.rstrip("%")) * estimate.n / 100) for share in shares.split(" / ")]
    assert counted == [estimate.detail[name] for name in ("wins", "ties", "losses")]
    assert sum(counted) == estimate.n == 90


def test_the_command_prints_one_table_for_several_studies(instruction, safety, capsys):
    call_command("report", "asked", "safe", "--paper")
    told = capsys.readouterr().out
    assert all(name in told for name in KINDS.values())
    assert all(name in told for name in ("heron-asked", "against plover-asked", "heron-safe"))
    assert told.count("simulated raters") == 2 and "true win rate 70.0%" in told


def test_a_rate_that_nobody_measured_is_a_dash():
    assert printed(None) == ("–", "–", "–")


def test_two_studies_of_one_rate_are_refused(instruction):
    with pytest.raises(CommandError, match="asked and asked both give the instruction following rate"):
        call_command("report", "asked", "asked", "--paper")


def test_a_study_that_is_not_there_is_named_before_anything_is_written(instruction):
    with pytest.raises(CommandError, match="There is no study 'nowhere'"):
        call_command("report", "asked", "nowhere", "--paper")
    assert not instruction.reports.exists()
