"""What a win rate would be without each rater: as the analysis itself says when it is given the others alone."""

import numpy as np
import pytest
from django.urls import reverse

from analysis import linear
from analysis.influence import jackknife_se
from analysis.tables import read_judgments
from analysis.win_rate import win_rate
from assay.reports.blinding import arms_for
from assay.reports.counted import Counted
from assay.reports.influences import tallied_influences
from assay.reports.judgments import columns_of
from assay.reports.live import fold
from raters.assignment import claim_next
from raters.models import Judgment, Study, StudyArm
from raters.quality.influence import Influence, all_told, beside_others, influences, told
from tests import builders
from tests.raters.working import say

RATES = {"a": "win", "tie": "tie", "b": "loss"}


@pytest.fixture
def study(db):
    """Vera votes for b of everything; ana, ben and cem are for a, with a tie now and then."""
    return judged(tie_every=4)


@pytest.fixture
def of_six(db):
    """Beside them dora and eli, so that the spread between raters can be estimated."""
    return judged(tie_every=4, others=("dora", "eli"))


def judged(tie_every: int, others=()):
    study = builders.study(prompts=12, ratings=3 + len(others), simulation=None)
    for name in ("ana", "ben", "vera", "cem", *others):
        rater, given = builders.rater(study, name), 0
        while given < 9 and (held := claim_next(rater, study)):
            given += 1
            say(held, "b" if name == "vera" else "tie" if given % tie_every == 0 else "a")
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


def test_the_tallies_say_the_same_to_the_last_digit(study):
    third = builders.run(study.prompt_set_version, "curlew")
    arm = StudyArm.objects.create(study=study, run=third, role="candidate")
    for place, comparison in enumerate(study.comparisons.order_by("pk")[:6]):
        study.comparisons.filter(pk=comparison.pk).update(arm_a=arm, ratings_wanted=3 + place % 2)
    Study.objects.update(exclusion_rules={"agreement_below": 0.5})
    study.refresh_from_db()
    fold(study)
    found = influences(study)
    assert tallied_influences(Counted.of(study)) == found and len({one.a for one in found}) == 2


def test_the_tallies_say_the_same_in_standard_errors(of_six):
    fold(of_six)
    found = influences(of_six)
    assert tallied_influences(Counted.of(of_six)) == found and all(one.in_se for one in found)


def test_a_change_stands_in_jackknife_standard_errors_of_the_win_rate(of_six):
    found = influences(of_six)
    changes = np.array([one.change for one in found])
    variance = 5 / 6 * np.sum(changes**2)
    assert [one.in_se for one in found] == pytest.approx(changes / np.sqrt(variance))
    assert [one.stands_out for one in found] == [abs(one.in_se) > 2 / np.sqrt(6) for one in found]
    vera = of_six.enrolments.get(rater__user__username="vera").rater.code
    assert [one.rater for one in found if one.stands_out] == [vera]


def test_that_standard_error_is_the_analysis_s_where_each_prompt_has_all_raters(db):
    """Then to leave a rater out is to rescale the others' weights, which is what its jackknife does."""
    study = builders.study(prompts=10, ratings=6, simulation=None)
    for number, name in enumerate(("ana", "ben", "cem", "dora", "eli", "vera")):
        rater = builders.rater(study, name)
        while held := claim_next(rater, study):
            say(held, ("a", "b", "tie")[(held.comparison_id * 7 + number * number) % 3])
    table = read_judgments(columns_of(study))
    weights = linear.row_weights(table.prompt, "prompts")
    rate = linear.mean(table.points / 2, weights, table.prompt, table.rater)
    expected = 5 / 6 * np.sum(rate.without_raters**2)
    assert jackknife_se([one.change for one in influences(study)]) ** 2 == pytest.approx(expected)


def test_raters_who_are_alike_have_one_over_the_root_of_the_others(db):
    changes = [0.1, -0.1, 0.1, -0.1, 0.1]
    found = beside_others([Influence(f"R{n}", 1, 2, 9, 0.5, change) for n, change in enumerate(changes)])
    assert [abs(one.in_se) for one in found] == pytest.approx([1 / 2] * 5)
    assert not any(one.stands_out for one in found)


@pytest.mark.parametrize("changes", [[0.1, -0.2, 0.1, 0.0], [0.0] * 6, [1e-17] * 6, [None]])
def test_where_raters_are_few_or_alike_no_standard_error_is_told(changes):
    found = [Influence(f"R{n}", 1, 2, 9, 0.5, change) for n, change in enumerate(changes)]
    assert beside_others(found) == found


def test_page_tells_standard_errors_and_who_stands_out(client, researcher, of_six):
    client.force_login(researcher)
    vera = of_six.enrolments.get(rater__user__username="vera").rater.code
    page = client.get(reverse("dashboards:study_raters", args=[of_six.slug]))
    (one,) = (one for one in page.context["influences"] if one.stands_out)
    table = page.text[page.text.index('id="influence"') :]
    assert one.rater == vera and table.count("stands out</span>") == 1
    assert f'{one.in_se:.2f} <span class="tag">' in table


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


def test_whom_a_rule_leaves_out_moves_nothing(db):
    # Without ties the others are never divided, so each of Vera's nine is a case for the rule, which wants five.
    study = judged(tie_every=10)
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
        Influence("R1", 1, 2, 9, 0.5, 0.0, 0.0), {1: "Model 1", 2: "Model 2"}, lambda a, b: (first, 3 - first)
    )
    assert f"{one.change:+.1f}" == f"{one.in_se:+.1f}" == "+0.0"


def test_standard_errors_turn_with_the_change():
    one = Influence("R1", 1, 2, 9, 0.6, 0.1, 0.9, stands_out=True)
    turned = told(one, {1: "Model 2", 2: "Model 1"}, lambda a, b: (b, a))
    assert (turned.without, turned.change, turned.in_se, turned.stands_out) == (0.4, -0.1, -0.9, True)


@pytest.mark.parametrize("keys", [(1, 2), (2, 1)])
def test_equal_changes_stand_by_what_the_reader_knows(keys):
    """By the arms' keys, which follow the study's title, they would tell who is blind which candidate is which."""
    called = {keys[0]: "Model 1", keys[1]: "Model 2", 3: "Model 3"}
    found = [Influence("R1", key, 3, 9, 0.5, change) for key in (1, 2) for change in (0.0, 1e-12)]
    shown = all_told(found, called, lambda a, b: (a, b), most=3)
    assert [one.pair for one in shown] == ["Model 1 – Model 3"] * 2 + ["Model 2 – Model 3"]
