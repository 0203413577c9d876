"""How carefully raters judge: figures by hand, flags that chance does not explain, pauses, rules of exclusion."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from assay.accounts.models import AuditEvent
from assay.reports.refresh import refresh
from raters import judging
from raters.assignment import claim_next
from raters.comparisons.gold import make_gold
from raters.models import Enrolment, Study
from raters.quality.binomial import binomial_p, holm
from raters.quality.measures import quality_of, words_in
from raters.quality.pausing import pause, release
from raters.rubrics.answers import Answer
from raters.studies.exclusions import excluded_raters
from raters.studies.rules import known_rules
from tests import builders


def test_words_are_parted_by_spaces_or_are_two_letters_each():
    assert words_in("The tide comes in.") == 4
    assert words_in("回答は空です") == 3
    assert words_in("Ωμέγα and 東京 mean 2 things") == 6


@given(
    st.integers(1, 60),
    st.data(),
    st.just(0.5) | st.floats(0.02, 0.98),
    st.sampled_from(["less", "greater", "two-sided"]),
)
def test_the_exact_test_is_scipys(n, data, share, alternative):
    k = data.draw(st.integers(0, n))
    assert binomial_p(k, n, share, alternative) == pytest.approx(
        binomtest(k, n, share, alternative).pvalue, abs=1e-9
    )


@given(st.integers(200, 4000), st.data(), st.sampled_from(["less", "greater", "two-sided"]))
def test_the_exact_test_is_scipys_for_thousands_and_far_out(n, data, alternative):
    k, share = data.draw(st.integers(0, n)), data.draw(st.sampled_from([0.003, 0.18, 0.5, 0.97]))
    assert binomial_p(k, n, share, alternative) == pytest.approx(
        binomtest(k, n, share, alternative).pvalue, abs=1e-9
    )


def test_holm_adjusts_as_in_the_textbook():  # p = .01, .04, .03, .005: times 4, 3, 2, 1 in order, never falling
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def judge(study, name: str, say, ms: int = 9_000) -> None:
    """The rater answers everything: `say` gives the verdict on a, b or tie, by comparison."""
    rater = builders.rater(study, name)
    while assignment := claim_next(rater, study):
        wanted = say(assignment)
        value = "same" if wanted == "tie" else "left" if (wanted == "a") == assignment.a_is_left else "right"
        judging.record(assignment, Answer(value, f"key-of-{assignment.token}", active_ms=ms))


def truthful(assignment) -> str:
    return "ab"[assignment.comparison_id % 2]


def always_left(assignment) -> str:
    return "a" if assignment.a_is_left else "b"


@pytest.fixture
def watched(db) -> Study:
    """Three careful raters, and one who presses the left button in no time; six of 40 comparisons are gold."""
    study = builders.study(prompts=46, ratings=4, gold_every=6)
    for comparison in study.comparisons.order_by("pk")[:6]:
        make_gold(comparison, truthful_of(comparison), "by hand")
    for name in ("ann", "bea", "cleo"):
        judge(study, name, truthful)
    judge(study, "lou", always_left, ms=300)
    return study


def truthful_of(comparison) -> str:
    return "ab"[comparison.pk % 2]


def by_name(study) -> dict:
    codes = dict(study.enrolments.values_list("rater__code", "rater__user__username"))
    return {codes[one.rater]: one for one in quality_of(study)}


def test_a_careful_rater_has_clean_figures_and_no_flag(watched):
    ann = by_name(watched)["ann"]
    assert ann.shares["gold"].value == 1.0 and ann.shares["agreement"].value == 1.0
    assert ann.shares["fast"].k == 0 and ann.flags == []


def test_one_who_presses_left_in_no_time_is_flagged(watched):
    lou = by_name(watched)["lou"]
    assert lou.shares["left"].value == 1.0 and lou.shares["fast"].value == 1.0
    assert lou.longest_run == lou.n
    assert {"left", "fast", "agreement", "straight_line"} <= set(lou.flags)


def test_careful_raters_are_not_flagged_for_being_unlike_a_careless_one(watched):
    assert [by_name(watched)[name].flags for name in ("ann", "bea", "cleo")] == [[], [], []]


def test_agreement_is_with_what_most_of_the_others_said(db):
    study = builders.study(prompts=2, ratings=3)
    for name in ("ann", "bea"):
        judge(study, name, lambda _: "a")
    judge(study, "lou", lambda _: "b")
    found = by_name(study)
    assert (found["lou"].shares["agreement"].k, found["lou"].shares["agreement"].n) == (0, 2)
    assert found["ann"].shares["agreement"].n == 0  # bea says a, lou says b: the others are divided


def test_a_rater_is_paused_and_released_with_a_reason(study, rater, researcher):
    enrolment = rater.enrolments.get()
    with pytest.raises(ValueError, match="reason"):
        pause(enrolment, " ")
    pause(enrolment, "answers in a second", researcher)
    assert claim_next(rater, study) is None
    release(enrolment, "was a broken page", researcher)
    assert claim_next(rater, study) is not None
    reasons = AuditEvent.objects.filter(target_type="raters.enrolment").values_list(
        "detail__reason", flat=True
    )
    assert set(reasons) == {"answers in a second", "was a broken page"}
    with pytest.raises(ValueError, match="not paused"):
        release(enrolment, "again")


def test_pausing_happens_on_the_page_of_raters(client, researcher, watched):
    client.force_login(researcher)
    address = reverse("dashboards:study_raters", args=[watched.slug])
    assert "straight_line" in client.get(address).text
    enrolment = Enrolment.objects.get(rater__user__username="lou")
    client.post(
        reverse("dashboards:pause_rater", args=[watched.slug, enrolment.pk]), {"reason": "always left"}
    )
    assert "always left" in client.get(address).text


def test_without_a_rule_nobody_is_left_out_whatever_the_flags(watched):
    assert excluded_raters(watched) == {}
    assert not refresh(watched).estimates.filter(name="win_rate_nobody_left_out").exists()


def test_a_rule_fixed_before_leaves_out_and_both_rates_stand_side_by_side(watched):
    Study.objects.update(exclusion_rules={"fast_above": 0.5})
    watched.refresh_from_db()
    report = refresh(watched)
    rates = {row.name: row for row in report.estimates.filter(slice="")}
    assert (rates["win_rate"].n, rates["win_rate_nobody_left_out"].n) == (120, 160)
    assert report.left_out["judgments of raters left out by the study's rules"] == 40


@pytest.mark.parametrize("wrong", [{"gold": 0.5}, {"gold_below": 5}, {"gold_below": True}, ["gold_below"]])
def test_a_rule_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(ValidationError):
        known_rules(wrong)
