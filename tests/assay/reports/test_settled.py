"""Settled comparisons in the table of judgments: the estimate is that of a study in which all were judged."""

import numpy as np
import pytest

from analysis.simulate import SimulatedTruth, simulate_table
from analysis.tables import read_judgments
from analysis.win_rate import win_rate
from assay.reports.judgments import columns_of
from assay.reports.refresh import refresh
from assay.reports.settled import notes_on, ties_for
from raters.comparisons.settling import settle
from raters.models import Comparison, Study
from raters.studies.design import lock
from tests import builders
from tests.raters.comparisons.test_settling import draft, judged_by_people

pytestmark = pytest.mark.django_db


@pytest.fixture
def version():
    return builders.prompt_set(prompts=6)


def of(version, name: str, own: int):
    """A run with texts of its own on the first `own` prompts, and shared ones on the others."""
    return builders.run(version, name, [f"{name}{n}" if n < own else f"all{n}" for n in range(6)])


def test_an_equal_pair_counts_as_a_tie_of_the_raters_who_judged_others(version):
    study = draft(version, "one", of(version, "heron", 3), of(version, "plover", 3))
    settle(study, Study.objects.none())
    judged_by_people(study, "left")
    columns = columns_of(study)
    assert sorted(columns["outcome"]).count("tie") == 3 and len(columns["outcome"]) == 6
    assert len(set(columns["rater_id"])) == 1 and len(set(columns["prompt_id"])) == 6


def test_the_report_says_what_was_settled(version):
    study = draft(version, "one", of(version, "heron", 3), of(version, "plover", 3))
    settle(study, Study.objects.none())
    judged_by_people(study)
    notes = refresh(study).estimates.get(name="win_rate", slice="").detail["notes"]
    assert any("3 comparisons of two equal texts" in note for note in notes)


def test_a_reused_judgment_counts_once_more_turned_to_the_study_s_own_sides(version):
    first, base = of(version, "first", 6), of(version, "base", 6)
    earlier = judged_by_people(draft(version, "earlier", first, base))
    turned = draft(version, "turned", base, first)
    settle(turned, Study.objects.all())
    lock(turned)
    flipped = {"win": "loss", "loss": "win", "tie": "tie"}
    before = dict(zip(columns_of(earlier)["prompt_id"], columns_of(earlier)["outcome"], strict=True))
    after = dict(zip(columns_of(turned)["prompt_id"], columns_of(turned)["outcome"], strict=True))
    assert after == {prompt: flipped[outcome] for prompt, outcome in before.items()}
    assert set(columns_of(turned)["candidate"]) == {"base"} and "6 comparisons judged" in notes_on(turned)[0]
    assert turned.comparisons.filter(status=Comparison.Status.OPEN).count() == 0


def test_where_all_texts_are_equal_the_win_rate_is_one_half(version):
    study = draft(version, "one", of(version, "heron", 0), of(version, "plover", 0))
    settle(study, Study.objects.none())
    lock(study)
    assert refresh(study).estimates.get(name="win_rate", slice="").value == 0.5


def test_sixty_percent_equal_responses_cost_forty_percent_of_the_ratings(version):
    wanted = builders.prompt_set(prompts=10, slug="ten")
    texts = [f"same{n}" if n < 6 else f"own{n}" for n in range(10)]
    heron = builders.run(wanted, "h", texts)
    plover = builders.run(wanted, "p", [text.replace("own", "other") for text in texts])
    study = draft(wanted, "one", heron, plover, ratings=3)
    settle(study, Study.objects.none())
    shown = study.comparisons.filter(status=Comparison.Status.OPEN)
    assert sum(shown.values_list("ratings_wanted", flat=True)) == 12  # of 30


def test_the_interval_with_ties_by_definition_holds_the_truth_as_often_as_it_says():
    """400 simulated studies of 200 prompts, 60% of them equal: 95% intervals of the share over all prompts."""
    truth = SimulatedTruth.from_rates(win_rate=0.62, rater_sd=0.15)
    whole = 0.6 * 0.5 + 0.4 * truth.win_rate
    rng, held = np.random.default_rng(20), []
    for _ in range(400):
        equal = rng.binomial(200, 0.6)
        table = simulate_table(rng, 200 - equal, 2, 20, truth)
        rated = win_rate(read_judgments(with_ties(table, equal)))
        held.append(rated.low <= whole <= rated.high)
    assert 0.92 <= np.mean(held) <= 0.985  # 3 standard errors are 3.3 points


def with_ties(table, equal: int) -> dict[str, list[object]]:
    """The simulated table's rows, and the rows that `settled` adds for so many equal pairs."""
    names, raters = table.prompt.values(), table.rater.values()
    outcome = {0: "b", 1: "tie", 2: "a"}
    judged = [
        {
            "prompt_id": str(prompt),
            "rater_id": str(rater),
            "preference": outcome[int(points)],
            "a_is_left": bool(side == 1),
            "candidate": 1,
            "baseline": 2,
        }
        for prompt, rater, points, side in zip(names, raters, table.points, table.side, strict=True)
    ]
    equal_ones = [{"prompt_id": f"equal{n:04d}", "candidate": 1, "baseline": 2} for n in range(equal)]
    rows = judged + ties_for(equal_ones, judged)
    outcomes = {"a": "win", "b": "loss", "tie": "tie"}
    return {
        "prompt_id": [row["prompt_id"] for row in rows],
        "rater_id": [row["rater_id"] for row in rows],
        "outcome": [outcomes[row["preference"]] for row in rows],
        "side": ["left" if row["a_is_left"] else "right" for row in rows],
    }
