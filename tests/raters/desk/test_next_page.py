"""The next comparison fetched ahead: under its own lease, at nobody's cost, and only what will be shown."""

import threading

import pytest
from django.db import connection
from django.urls import reverse

from raters import judging
from raters.assignment import claim_ahead, claim_next
from raters.models import Assignment, Comparison, Judgment, Study
from raters.rubrics.answers import Answer
from tests import builders


@pytest.fixture
def page(client, rater):
    client.force_login(rater.user)
    return client


def answer(assignment: Assignment) -> None:
    judging.record(assignment, Answer("left", f"key-of-assignment-{assignment.pk}"))


def test_what_is_fetched_ahead_is_what_comes_next(page, study, rater):
    current = claim_next(rater, study)
    ahead = page.post(reverse("raters:ahead", args=[current.token])).json()
    assert "1 of 3 answered" in ahead["html"] and ahead["token"] in ahead["html"]
    assert Assignment.objects.get(token=ahead["token"]).shown_at is None
    sent = {"value": "left", "idempotency_key": "k" * 22, "ahead": ahead["token"]}
    told = page.post(reverse("raters:judge", args=[current.token]), sent, headers={"X-By-Script": "1"}).json()
    assert told["fetched"] and ahead["token"] in told["next"]
    assert Assignment.objects.get(token=ahead["token"]).shown_at is not None


def test_asking_twice_fetches_one(page, study, rater):
    current = claim_next(rater, study)
    tokens = {page.post(reverse("raters:ahead", args=[current.token])).json()["token"] for _ in range(2)}
    assert len(tokens) == 1 and Assignment.objects.count() == 2


def test_who_finds_nothing_else_takes_what_another_fetched_ahead(db):
    study = builders.study(prompts=2, ratings=1)
    ana, ben = builders.rater(study, "ana"), builders.rater(study, "ben")
    claim_next(ana, study)
    ahead = claim_ahead(ana, study)
    taken = claim_next(ben, study)
    assert taken.comparison_id == ahead.comparison_id
    ahead.refresh_from_db()
    assert ahead.state == "expired" and study.comparisons.get(pk=ahead.comparison_id).ratings_taken == 1


def test_what_is_on_the_screen_is_taken_by_nobody(db):
    study = builders.study(prompts=1, ratings=1)
    claim_next(builders.rater(study, "ana"), study)
    ben = builders.rater(study, "ben")
    assert claim_next(ben, study) is None and claim_ahead(ben, study) is None


def test_a_page_whose_place_went_to_another_is_not_shown(page, db, study, rater):
    current, eve = claim_next(rater, study), builders.rater(study, "eve")
    ahead = claim_ahead(rater, study)
    Comparison.objects.exclude(pk__in=[current.comparison_id, ahead.comparison_id]).update(status="excluded")
    Comparison.objects.update(ratings_wanted=1)
    assert claim_next(eve, study).comparison_id == ahead.comparison_id
    sent = {"value": "left", "idempotency_key": "k" * 22, "ahead": ahead.token}
    told = page.post(reverse("raters:judge", args=[current.token]), sent, headers={"X-By-Script": "1"}).json()
    assert told == {"next": reverse("raters:done", args=[study.public_id]), "fetched": False}
    assert "Others are at work on what is left" in page.get(told["next"]).text


def test_a_break_is_not_worked_around(study, rater):
    study.exposure_items, study.break_minutes = 1, 10
    study.save()
    current = claim_next(rater, study)
    ahead = claim_ahead(rater, study)
    judging.now_shown(current)
    answer(current)
    assert claim_next(rater, study) is None
    ahead.refresh_from_db()
    assert ahead.state == "expired"


def test_what_a_cover_hides_is_not_sent_ahead(client, db):
    study = builders.study(reveal=True, hazards=["ssh"])
    rater = builders.rater(study)
    client.force_login(rater.user)
    current = claim_next(rater, study)
    assert client.post(reverse("raters:ahead", args=[current.token])).status_code == 204


@pytest.mark.django_db(transaction=True)
def test_many_raters_who_fetch_ahead_still_give_exactly_two_ratings_each():
    study = builders.study(prompts=8, ratings=2)
    raters = [builders.rater(study, f"rater{number}") for number in range(12)]
    errors: list[BaseException] = []

    def work(rater):
        try:
            while assignment := claim_next(rater, study):
                claim_ahead(rater, study)
                answer(assignment)
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(rater,)) for rater in raters]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert set(Comparison.objects.values_list("ratings_taken", flat=True)) == {2}
    assert Judgment.objects.counted(study).count() == 16
    assert not Assignment.objects.filter(state="leased").exists()


def test_back_on_a_page_fetched_ahead_leads_to_the_answer_it_follows(page, study, rater):
    current = claim_next(rater, study)
    ahead = page.post(reverse("raters:ahead", args=[current.token])).json()["html"]
    assert f'<a class="button" href="{reverse("raters:judge", args=[current.token])}"' in ahead


def test_who_holds_nothing_and_who_is_due_a_break_fetches_nothing_ahead(study, rater):
    assert claim_ahead(rater, study) is None
    Study.objects.filter(pk=study.pk).update(exposure_items=1, break_minutes=10)
    judging.now_shown(claim_next(rater, study))
    assert claim_ahead(rater, study) is None and Assignment.objects.count() == 1
