"""What a win rate would be without each rater: as the analysis itself says when it is given the others alone."""

import pytest
from django.urls import reverse

from analysis.tables import read_judgments
from analysis.win_rate import win_rate
from assay.reports.blinding import arms_for
from raters.assignment import claim_next
from raters.models import Judgment, Study
from raters.quality.influence import Influence, influences, told
from tests import builders
from tests.raters.working import say

RATES = {"a": "win", "tie": "tie", "b": "loss"}


@pytest.fixture
def study(db):
    """Vera votes for b of everything; ana, ben and cem are for a, with a tie now and then."""
    study = builders.study(prompts=12, ratings=3, simulation=None)
    for name in ("ana", "ben", "vera", "cem"):
        rater, given = builders.rater(study, name), 0
        while given < 9 and (held := claim_next(rater, study)):
            given += 1
            say(held, "b" if name == "vera" else "tie" if given % 4 == 0 else "a")
    return study


def by_analysis(judgments) -> float:
    rows = [
        (one.assignment.comparison.prompt.key, one.assignment.rater.code, RATES[one.preference])
        for one in judgments.select_related("assignment__rater", "assignment__comparison__prompt")
    ]
    columns = dict(zip(("prompt_id", "rater_id", "outcome"), zip(*rows, strict=True), strict=True))
    return win_rate(read_judgments(columns)).value


def test_each_is_what_the_analysis_says_of_the_others_alone(study):
    counted = Judgment.objects.counted(study)
    everybody, found = by_analysis(counted), influences(study)
    assert len(found) == 4
    for one in found:
        others = by_analysis(counted.exclude(assignment__rater__code=one.rater))
        assert (one.without, one.change) == pytest.approx((others, others - everybody), abs=1e-12)


def test_who_votes_against_the_others_stands_first(study):
    vera = study.enrolments.get(rater__user__username="vera").rater.code
    first = influences(study)[0]
    assert (first.rater, first.n) == (vera, 9) and first.change > 0.1


def test_without_the_only_rater_there_is_no_rate(db):
    study = builders.study(prompts=2, ratings=1)
    rater = builders.rater(study)
    while held := claim_next(rater, study):
        say(held, "a")
    (one,) = influences(study)
    assert (one.without, one.change, one.n) == (None, None, 2)


def test_whom_a_rule_leaves_out_moves_nothing(study):
    Study.objects.update(exclusion_rules={"agreement_below": 0.5})
    study.refresh_from_db()
    vera = study.enrolments.get(rater__user__username="vera").rater.code
    assert vera not in {one.rater for one in influences(study)}


def test_the_page_tells_it_under_labels_while_blind(client, researcher, study):
    client.force_login(researcher)
    arms = arms_for(study, researcher)
    found = [told(one, arms.called, arms.pair) for one in influences(study)]
    assert {one.pair for one in found} == {"Model 1 – Model 2"}
    page = client.get(reverse("dashboards:study_raters", args=[study.slug])).text
    table = page[page.index('id="influence"') :]
    assert f"{100 * found[0].change:+.1f}" in table and "heron" not in page


@pytest.mark.parametrize("first", [1, 2])
def test_no_change_has_one_sign_whichever_of_the_two_comes_first(first):
    one = told(
        Influence("R1", 1, 2, 9, 0.5, 0.0), {1: "Model 1", 2: "Model 2"}, lambda a, b: (first, 3 - first)
    )
    assert f"{one.change:+.1f}" == "+0.0"
