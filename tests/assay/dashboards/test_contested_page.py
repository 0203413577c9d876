"""The page of contested comparisons: votes in the reader's order, decisions by name, who may decide."""

import pytest
from django.urls import reverse

from raters import judging
from raters.assignment import claim_next
from raters.models import Study
from raters.quality.contested import claim_contested, set_senior
from raters.rubrics.answers import Answer
from raters.studies.unblinding import labels_of
from tests import builders
from tests.raters.working import say


@pytest.fixture
def split(db):
    """Two comparisons; of the four raters of the first two say a, one b and one neither."""
    study = builders.study(prompts=2, ratings=4, contested_split=True, gold_every=0)
    first = study.comparisons.order_by("pk").first()
    for name, says in {"ana": "a", "ben": "a", "cleo": "b", "dan": "tie"}.items():
        rater = builders.rater(study, name)
        while held := claim_next(rater, study):
            say(held, says if held.comparison_id == first.pk else "a")
    return study


@pytest.fixture
def page(client, researcher, split):
    client.force_login(researcher)
    return lambda: client.get(reverse("dashboards:contested", args=[split.slug]))


def seniors(study: Study, *names: str) -> list:
    made = [builders.rater(study, name) for name in names]
    for rater in made:
        set_senior(study.enrolments.get(rater=rater), True)
    return made


def test_votes_stand_in_the_order_of_the_labels_that_the_reader_knows(page, split):
    first = split.comparisons.order_by("pk").first()
    orders = set()
    for digit in range(8):
        Study.objects.update(secret=str(digit) * 64)
        split.refresh_from_db()
        [row] = page().context["rows"]
        a_is_first = labels_of(split)[first.arm_a_id] == "Model 1"
        assert (row.first, row.ties, row.second) == ((2, 1, 1) if a_is_first else (1, 1, 2))
        assert (row.prompt, row.pair) == (first.prompt.key, "Model 1 – Model 2")
        orders.add(a_is_first)
    assert orders == {True, False}


def test_once_names_are_told_votes_stand_by_the_comparisons_own_order(page, split):
    Study.objects.update(unblinded_at="2026-03-01T12:00Z")
    [row] = page().context["rows"]
    first = split.comparisons.order_by("pk").first()
    names = (first.arm_a.run.checkpoint.name, first.arm_b.run.checkpoint.name)
    assert (row.pair, row.first, row.second) == (" – ".join(names), 2, 1)


@pytest.mark.parametrize("preference", ["a", "b"])
def test_a_decision_names_the_arm_that_was_preferred_and_who_decided(page, split, preference):
    [sora] = seniors(split, "sora")
    say(claim_contested(sora, split), preference)
    answer = page()
    [row] = answer.context["rows"]
    first = split.comparisons.order_by("pk").first()
    arm = first.arm_a_id if preference == "a" else first.arm_b_id
    assert row.decided == labels_of(split)[arm]
    assert f'{row.decided} <span class="muted">{sora.code}</span>' in answer.text
    assert "1 decided, 0 of them changed" in answer.text and "waits" not in answer.text


def test_a_decision_that_was_changed_after_the_votes_is_counted_and_a_tie_named(page, split):
    [sora] = seniors(split, "sora")
    held = claim_contested(sora, split)
    say(held, "a")
    held.refresh_from_db()
    judging.record(held, Answer("same", "a-second-key-of-this-page"))
    text = page().text
    assert "1 decided, 1 of them changed" in text
    assert f'<td>tie <span class="muted">{sora.code}, changed</span></td>' in text


def test_before_a_decision_it_waits_and_a_link_leads_to_where_seniors_are_chosen(page, split):
    text = page().text
    assert "0 decided, 0 of them changed" in text and '<span class="muted">waits</span>' in text
    assert f'<a href="{reverse("dashboards:study_raters", args=[split.slug])}">choose among' in text


def test_senior_raters_are_told_in_the_order_of_their_codes_and_others_are_not(page, split):
    codes = sorted(rater.code for rater in seniors(split, "sora", "uma", "vic"))
    text = page().text
    assert f"Senior raters: {', '.join(codes)}." in text
    assert not any(part.rater.code in text for part in split.enrolments.filter(is_senior=False))
