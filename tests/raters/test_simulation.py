"""Simulated raters go the way of people, tell the truth they were given, and never mix with people."""

import pytest
from django.core.management import CommandError, call_command

from analysis.simulate import SimulatedRaters
from analysis.tables import read_judgments
from analysis.win_rate import win_rate
from assay.reports.refresh import refresh
from raters import judging
from raters.assignment import claim_next
from raters.models import Judgment, Rater
from raters.simulation import Simulation, simulate
from tests import builders


def verdicts(study) -> list[tuple[str, str, str]]:
    counted = Judgment.objects.counted(study)
    return sorted(
        counted.values_list("assignment__comparison__prompt__key", "assignment__rater__code", "preference")
    )


def test_they_judge_all_there_is_and_are_marked_for_ever(study):
    assert simulate(study, Simulation(raters=5, seed=1)) == 9
    study.refresh_from_db()
    assert study.simulation["seed"] == 1 and study.simulation["truth"]["win_rate"] == pytest.approx(0.55)
    assert set(Rater.objects.values_list("kind", flat=True)) == {"simulated"}


def test_stopping_and_going_on_gives_what_one_go_gives(db):
    whole, halted = builders.study(prompts=8), builders.study(prompts=8, slug="winter")
    simulate(whole, Simulation(raters=4))

    class StoppedError(Exception):
        pass

    def stop_after(count=[0]):  # noqa: B006  the default is the counter
        count[0] += 1
        if count[0] == 10:
            raise StoppedError

    with pytest.raises(StoppedError):
        simulate(halted, Simulation(raters=4), on_judgment=stop_after)
    simulate(halted, Simulation(raters=4))
    assert len(verdicts(halted)) == len(verdicts(whole)) == 24


def test_a_candidate_that_nearly_always_wins_wins(db):
    study = builders.study(prompts=40)
    simulate(study, Simulation(raters=6, win_rate=0.97))
    wins = Judgment.objects.counted(study).filter(preference="a").count()
    assert wins > 100  # of 120


def test_a_bias_to_the_left_shows_on_the_left(db):
    study = builders.study(prompts=60)
    simulate(study, Simulation(raters=6, win_rate=0.5, position_bias=0.4))
    left = Judgment.objects.counted(study).filter(raw_answer="left").count()
    right = Judgment.objects.counted(study).filter(raw_answer="right").count()
    assert left > 3 * right


def test_other_options_on_the_same_study_are_refused(study):
    simulate(study, Simulation(raters=5))
    study.refresh_from_db()
    with pytest.raises(ValueError, match="simulated with other options"):
        simulate(study, Simulation(raters=5, win_rate=0.6))


def test_a_study_that_people_judge_is_refused(study, rater):
    judging.record(claim_next(rater, study), judging.Answer("left", "a-key-of-sixteen-letters"))
    with pytest.raises(ValueError, match="judgments of people"):
        simulate(study, Simulation())
    study.refresh_from_db()
    assert study.simulation is None and Judgment.objects.count() == 1


@pytest.mark.parametrize(
    ("option", "value"),
    [("--raters", "0"), ("--win-rate", "1.5"), ("--rater-sd", "-1"), ("--position-bias", "0.6")],
)
def test_a_senseless_option_is_named_and_marks_nothing(study, option, value):
    with pytest.raises(CommandError, match=option.strip("-").replace("-", "_")):
        call_command("simulate_raters", study.slug, option, value)
    study.refresh_from_db()
    assert study.simulation is None


def test_the_interval_covers_the_truth_over_200_seeds():
    """100 prompts, 3 ratings each, 20 raters in turn, sides balanced in each prompt; nominal coverage 95%.

    If it holds, the number of 200 seeds that cover lies between 180 and 198 with probability 0.999 (binomial).
    """
    covered = 0
    for seed in range(200):
        simulation = Simulation(seed=seed)
        table = read_judgments(judged_by(SimulatedRaters(simulation.truth(), seed)))
        result = win_rate(table)
        covered += result.low <= simulation.win_rate <= result.high
    assert 180 <= covered <= 198


def judged_by(raters: SimulatedRaters, prompts: int = 100, ratings: int = 3, pool: int = 20):
    rows = {"prompt_id": [], "rater_id": [], "outcome": []}
    for prompt in range(prompts):
        for rating in range(ratings):
            rater = (prompt * ratings + rating * (1 + prompt // pool)) % pool
            side = "left" if (prompt + rating) % 2 else "right"
            rows["prompt_id"].append(f"p{prompt}")
            rows["rater_id"].append(f"r{rater}")
            rows["outcome"].append(raters.outcome(rater, f"p{prompt}", side))
    return rows


def test_the_report_of_the_product_itself_covers_the_truth(db):
    """The whole way, claims and sides and recording and report: a slip in any of them moves the estimate far off.

    If the interval holds, at least 8 of 10 reports cover with probability 0.99 (binomial, 95%).
    """
    covered = 0
    for seed in range(10):
        study = builders.study(prompts=24, slug=f"seed-{seed}")
        simulate(study, Simulation(raters=8, win_rate=0.8, position_bias=0.3, seed=seed))
        headline = refresh(study).estimates.get(name="win_rate", slice="")
        covered += headline.low <= 0.8 <= headline.high
        assert headline.value > 0.6
    assert covered >= 8


def test_a_person_who_loaded_the_study_before_it_was_simulated_gets_nothing(study, rater):
    loaded = type(study).objects.get(pk=study.pk)
    simulate(study, Simulation(raters=1))
    assert loaded.simulation is None and claim_next(rater, loaded) is None
