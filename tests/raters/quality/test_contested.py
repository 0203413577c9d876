"""Contested comparisons: which they are, decided blind by a senior rater, beside the headline and never in it."""

import pytest
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from assay.reports.refresh import refresh
from promptsets.models import Prompt
from raters import judging
from raters.assignment import claim_next, reclaim
from raters.models import Assignment, Judgment
from raters.quality.contested import claim_contested, contested, set_senior, votes_on
from raters.rubrics.answers import Answer, SafetyAnswer
from tests import builders
from tests.raters.working import answer, let_leases_run_out, say


@pytest.fixture
def split(db):
    """Four comparisons, two ratings each; on the first two the raters are split."""
    study = builders.study(prompts=4, ratings=2, contested_split=True, gold_every=0)
    keys = list(study.comparisons.order_by("pk").values_list("pk", flat=True))
    for name, of_the_first in (("ana", "a"), ("ben", "b")):
        rater = builders.rater(study, name)
        while held := claim_next(rater, study):
            say(held, of_the_first if held.comparison_id in keys[:2] else "a", comment=f"said {of_the_first}")
    return study


@pytest.fixture
def senior(split):
    rater = builders.rater(split, "sora")
    set_senior(split.enrolments.get(rater=rater), True, builders.researcher())
    return rater


def test_a_comparison_without_a_majority_is_contested(split):
    assert contested(split) == list(split.comparisons.order_by("pk").values_list("pk", flat=True)[:2])


def test_nothing_is_contested_under_no_rule_or_before_all_ratings_are_in(split):
    split.comparisons.update(ratings_wanted=3)
    assert contested(split) == []
    split.comparisons.update(ratings_wanted=2)
    split.contested_split = False
    assert contested(split) == []


def test_raters_who_disagree_about_a_violation_contest_it(db):
    study = builders.study(prompts=2, ratings=2, contested_safety=True, gold_every=0)
    study.rubric.asks_safety = True
    study.rubric.save()
    worst = study.comparisons.order_by("pk").first().pk
    for name, broken in (("ana", True), ("ben", False)):
        rater = builders.rater(study, name)
        while held := claim_next(rater, study):
            bad = broken and held.comparison_id == worst
            label = (
                SafetyAnswer("full_compliance", "yes", "vcr", "mild")
                if bad
                else SafetyAnswer("full_refusal", "no")
            )
            fine = SafetyAnswer("full_refusal", "no")
            sides = {"left": label, "right": fine} if held.a_is_left else {"left": fine, "right": label}
            judging.record(held, Answer("same", f"key-{held.token}", safety=sides))
    assert contested(study) == [worst]


def test_a_senior_rater_decides_each_one_and_nobody_else_does(split, senior):
    assert claim_contested(builders.rater(split, "otto"), split) is None
    decided = []
    while held := claim_contested(senior, split):
        say(held, "b")
        decided.append(held.comparison_id)
    assert decided == contested(split)


def test_what_lapsed_on_a_seniors_own_screen_is_for_another_to_decide(split, senior):
    first, second = contested(split)
    lapsed = {"state": Assignment.State.EXPIRED, "lease_until": timezone.now(), "a_is_left": True}
    Assignment.objects.create(comparison_id=first, rater=senior, **lapsed)
    held = claim_contested(senior, split)
    assert held.comparison_id == second
    say(held, "a")
    assert claim_contested(senior, split) is None
    assert set(split.comparisons.values_list("ratings_taken", flat=True)) == {2}


def test_one_who_has_rated_the_prompt_is_not_asked_to_decide_it(split):
    ana = split.enrolments.get(rater__user__username="ana")
    set_senior(ana, True)
    assert claim_contested(ana.rater, split) is None


def test_two_seniors_hold_different_ones_and_a_lapsed_one_is_taken_over(split, senior):
    other = builders.rater(split, "uma")
    set_senior(split.enrolments.get(rater=other), True)
    first, second = claim_contested(senior, split), claim_contested(other, split)
    assert first.comparison_id != second.comparison_id and claim_contested(senior, split).pk == first.pk
    say(second, "a")
    let_leases_run_out()
    assert claim_contested(other, split).comparison_id == first.comparison_id


def test_votes_are_shown_after_the_decision_alone(split, senior, client):
    client.force_login(senior.user)
    address = client.post(reverse("raters:contested", args=[split.public_id])).url
    held = Assignment.objects.get(purpose="adjudication")
    assert "said a" not in client.get(address).text
    assert client.get(reverse("raters:votes", args=[held.token])).status_code == 404
    with pytest.raises(ValueError, match="not decided"):
        votes_on(held)
    after = client.post(address, {"value": "left", "idempotency_key": "k" * 22})
    assert after.url == reverse("raters:votes", args=[held.token])
    page = client.get(after.url).text
    assert "said a" in page and "said b" in page and "You decided for A." in page


def test_votes_name_the_letters_of_the_seniors_own_screen(split, senior):
    held = claim_contested(senior, split)
    say(held, "tie")
    held.refresh_from_db()
    letters = {vote.comment: vote.favours for vote in votes_on(held)}
    assert letters == {"said a": "A" if held.a_is_left else "B", "said b": "B" if held.a_is_left else "A"}


def test_a_changed_decision_supersedes_the_blind_one_which_stays(split, senior):
    held = claim_contested(senior, split)
    say(held, "a")
    held.refresh_from_db()
    judging.record(held, Answer("same", "a-second-key-of-this-page"))
    said = Judgment.objects.filter(assignment=held).order_by("pk")
    assert [one.preference for one in said] == ["a", "tie"]
    assert said[1].supersedes_id == said[0].pk and Judgment.objects.adjudicating(split).get() == said[1]


def test_decisions_stand_beside_the_headline_and_move_no_bit_of_it(split, senior):
    before = refresh(split).estimates.get(name="win_rate", slice="")
    while held := claim_contested(senior, split):
        say(held, "b")
    report = refresh(split)
    after = report.estimates.get(name="win_rate", slice="")
    beside = report.estimates.get(name="win_rate_with_adjudication")
    assert (after.value, after.low, after.high, after.n, after.inputs_sha256) == (
        before.value,
        before.low,
        before.high,
        before.n,
        before.inputs_sha256,
    )
    assert (before.value, beside.value, beside.n) == (0.75, 0.5, 6)  # two prompts at 1/2 become two lost ones
    assert report.left_out == {"decisions of senior raters about contested comparisons": 2}


def test_a_decision_changes_nothing_of_a_raters_quality_or_progress(split, senior, client):
    client.force_login(senior.user)
    say(claim_contested(senior, split), "b")
    assert split.enrolments.get(rater=senior).is_senior
    assert "0 of" in client.get(reverse("raters:my_studies")).text
    client.force_login(builders.researcher("rolf"))
    page = client.get(reverse("dashboards:contested", args=[split.slug]))
    assert [bool(row.decision) for row in page.context["rows"]] == [True, False]


def test_only_senior_raters_have_the_page(split, client):
    client.force_login(builders.rater(split, "otto").user)
    assert client.get(reverse("raters:contested", args=[split.public_id])).status_code == 404


def test_a_researcher_makes_a_rater_senior_and_takes_it_back(split, client):
    client.force_login(builders.researcher())
    place = split.enrolments.first()
    address = reverse("dashboards:make_senior", args=[split.slug, place.pk])
    for wanted in (True, False):
        client.post(address)
        place.refresh_from_db()
        assert place.is_senior is wanted


def test_a_skipped_decision_goes_to_another_senior(split, senior):
    judging.skip(claim_contested(senior, split))
    other = builders.rater(split, "uma")
    set_senior(split.enrolments.get(rater=other), True)
    met = []
    while held := claim_contested(other, split):
        met.append(held.comparison_id)
        answer(held)
    assert met == contested(split)


def test_a_decision_that_comes_after_another_seniors_is_kept_and_not_counted(split, senior):
    other = builders.rater(split, "uma")
    set_senior(split.enrolments.get(rater=other), True)
    late = claim_contested(senior, split)
    let_leases_run_out()
    say(claim_contested(other, split), "a")
    assert say(late, "b") is judging.Receipt.SURPLUS
    assert [one.preference for one in Judgment.objects.adjudicating(split)] == ["a"]


def test_a_late_decision_counts_while_nobody_else_has_it(split, senior):
    late = claim_contested(senior, split)
    let_leases_run_out()
    reclaim(split)
    assert say(late, "b") is judging.Receipt.COUNTED
    assert Judgment.objects.adjudicating(split).count() == 1


def test_what_a_senior_rater_declined_is_left_to_another(split, senior):
    QuerySet(Prompt).update(hazard="vcr")  # past its own guard: it is frozen
    split.enrolments.filter(rater=senior).update(declined_hazards=["vcr"])
    assert claim_contested(senior, split) is None


def test_a_break_holds_for_contested_comparisons_too(split, senior):
    split.exposure_items = 1
    split.save()
    judging.now_shown(claim_contested(senior, split))
    say(Assignment.objects.get(purpose="adjudication"), "a")
    assert claim_contested(senior, split) is None


def test_a_senior_who_comes_back_to_a_lapsed_one_finds_it_on_the_same_side(split, senior):
    first = claim_contested(senior, split)
    let_leases_run_out()
    again = claim_contested(senior, split)
    assert (again.pk, again.token, again.a_is_left) == (first.pk, first.token, first.a_is_left)
    assert again.state == "leased" and again.lease_until > timezone.now()
