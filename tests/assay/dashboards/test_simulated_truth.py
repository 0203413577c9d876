"""The truth beside the interval: of what was asked, of ties by definition, and turned with the arms."""

import pytest

from assay.dashboards.results.summary import results_of
from assay.dashboards.results.truth import truth_of
from assay.reports.refresh import refresh
from raters.models import Comparison, Study
from raters.simulation import Simulation, simulate
from raters.studies.unblinding import labels_of
from tests import builders

ASKED = 0.9


@pytest.fixture
def study(db):
    """20 of 50 comparisons show two equal texts."""
    study = builders.study(prompts=50)
    equal = list(study.comparisons.values_list("pk", flat=True)[:20])
    study.comparisons.filter(pk__in=equal).update(status=Comparison.Status.EQUAL)
    simulate(study, Simulation(raters=8, seed=3, win_rate=ASKED))
    refresh(study)
    return study


def arms_of(study: Study) -> tuple[int, int]:
    return study.comparisons.values_list("arm_a", "arm_b")[0]


def test_ties_by_definition_are_part_of_the_truth_as_of_the_estimate(study, researcher):
    shown = results_of(study, researcher).pairs[0]
    assert shown.headline.detail["prompts"] == 50
    headline = study.reports.first().estimates.get(name="win_rate", slice="")
    one = truth_of(study, headline, arms_of(study), turned=False)
    assert one.value == pytest.approx(0.4 * 0.5 + 0.6 * ASKED) and one.covered


@pytest.mark.parametrize("turned", [False, True])
def test_while_blind_the_truth_turns_with_the_estimate(study, researcher, turned, monkeypatch):
    labels = labels_of(study)
    names = sorted(labels.values(), reverse=turned)
    drawn = dict(zip(arms_of(study), names, strict=True))
    monkeypatch.setattr("assay.reports.blinding.sees_arms", lambda *_, **__: False)
    monkeypatch.setattr("assay.reports.blinding.labels_of", lambda _: drawn)
    pair = results_of(study, researcher).pairs[0]
    assert pair.candidate == "Model 1" and pair.truth.covered
    assert pair.truth.value == pytest.approx(0.26 if turned else 0.74)
    assert (pair.headline.value < 0.5) == turned


def test_of_judgments_made_for_an_earlier_study_no_truth_is_claimed(study, researcher):
    earlier = builders.study(prompts=1, slug="earlier").comparisons.get()
    equal = study.comparisons.filter(status=Comparison.Status.EQUAL)
    equal.update(status=Comparison.Status.REUSED, reuses=earlier)
    assert results_of(study, researcher).pairs[0].truth is None


def test_without_an_interval_nothing_is_held_against_it(study):
    headline = study.reports.first().estimates.get(name="win_rate", slice="")
    headline.low = headline.high = None
    assert truth_of(study, headline, arms_of(study), turned=False) is None
