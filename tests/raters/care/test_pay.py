"""Pay is counted for what was done, a skip like an answer; the rater and the researcher see the same figure."""

import csv
import io
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assay.accounts.models import AuditEvent
from raters import judging
from raters.assignment import claim_next
from raters.care.pay import pay_in, pay_of
from raters.care.welfare import exposure_of
from raters.comparisons.gold import make_gold
from raters.models import Assignment, Comparison
from raters.rubrics.answers import Answer
from tests import builders
from tests.raters.working import work


@pytest.fixture
def paying(db):
    """Ten comparisons, one of them gold, one of every four repeated; 20 cents for each."""
    study = builders.study(
        prompts=10, ratings=1, gold_every=5, repeat_every=4, repeat_gap=2, pay_basis="item", pay_rate="0.2"
    )
    make_gold(study.comparisons.first(), "a", "It is right.")
    return study


def test_answers_gold_repeats_skips_and_practice_are_all_paid(paying):
    rater = builders.rater(paying)
    paying.enrolments.update(practised=5)
    first = claim_next(rater, paying)
    if first.comparison.kind == Comparison.Kind.GOLD:  # its place is drawn, and may be the first
        judging.record(first, Answer("left", "the-answer-to-the-gold-one"))
        first = claim_next(rater, paying)
    judging.skip(first)
    list(work(rater, paying))
    due = pay_of(rater, paying)
    assert (due.answered, due.gold, due.repeats, due.skipped, due.practice) == (8, 1, 2, 1, 5)
    assert (due.items, due.amount) == (17, Decimal("3.40"))


def test_who_skips_everything_is_paid_as_who_answers_everything(paying):
    paying.repeat_every = 0
    paying.save()
    skipper, worker = builders.rater(paying, "ana"), builders.rater(paying, "ben")
    while held := claim_next(skipper, paying):
        judging.skip(held)
    list(work(worker, paying))
    assert pay_of(skipper, paying).amount == pay_of(worker, paying).amount > 0


def test_skipping_costs_a_rater_no_standing(paying):
    rater = builders.rater(paying)
    while held := claim_next(rater, paying):
        judging.skip(held)
    place = paying.enrolments.get(rater=rater)
    assert place.status == "active" and place.counts
    assert set(paying.comparisons.values_list("ratings_taken", flat=True)) == {0}


def timed(study, name: str, seconds: int, active_ms: int | None) -> None:
    """One comparison, on the screen for so long."""
    rater = builders.rater(study, name)
    with time_machine.travel("2026-03-01T12:00Z", tick=False) as clock:
        held = claim_next(rater, study)
        judging.now_shown(held)
        clock.shift(timedelta(seconds=seconds))
        judging.record(held, Answer("left", f"key-of-{held.token}", active_ms=active_ms))


def test_an_hour_is_what_was_in_view_and_never_more_than_went_by(db):
    study = builders.study(pay_basis="hour", pay_rate="12", lease_s=1800)
    timed(study, "ana", seconds=600, active_ms=300_000)
    timed(study, "ben", seconds=600, active_ms=86_000_000)  # a page that lies
    timed(study, "cem", seconds=7200, active_ms=None)  # no JavaScript: at most a lease
    by_name = {place.rater.code: place.rater.user.username for place in study.enrolments.all()}
    due = {by_name[row.rater]: (row.minutes, row.amount) for row in pay_in(study)}
    assert due == {
        "ana": (5, Decimal("1.00")),
        "ben": (10, Decimal("2.00")),
        "cem": (30, Decimal("6.00")),
    }


def test_a_skip_counts_as_the_raters_usual_time_else_as_the_studys(db):
    study = builders.study(pay_basis="hour", pay_rate="12")
    timed(study, "ana", seconds=600, active_ms=300_000)
    judging.skip(claim_next(study.enrolments.get().rater, study))
    ben = builders.rater(study, "ben")
    judging.skip(claim_next(ben, study))
    assert [row.amount for row in pay_in(study) if row.rater == ben.code] == [Decimal("1.00")]
    assert sum(row.minutes for row in pay_in(study)) == 15
    assert pay_of(ben, study) in pay_in(study)


def test_a_raters_own_figure_is_made_of_their_own_work_alone(paying):
    """Else a page of one rater's would read a large study whole."""
    rater, other = builders.rater(paying, "ana"), builders.rater(paying, "ben")
    list(work(other, paying))
    with CaptureQueriesContext(connection) as asked:
        untouched = pay_of(rater, paying)
    read = [query["sql"] for query in asked if "raters_assignment" in query["sql"]]
    assert untouched in pay_in(paying) and len(read) == 2
    assert all(f'"rater_id" = {rater.pk}' in sql for sql in read)


def test_rater_and_researcher_see_the_same_figure_and_the_file_has_codes(client, paying):
    rater = builders.rater(paying)
    list(work(rater, paying))
    amount = str(pay_of(rater, paying).amount)
    client.force_login(rater.user)
    assert f"{amount} EUR" in client.get(reverse("raters:part", args=[paying.public_id])).text
    rosa = builders.researcher()
    client.force_login(rosa)
    assert f"{amount} EUR" in client.get(reverse("dashboards:pay", args=[paying.slug])).text
    assert not AuditEvent.objects.filter(action="export.opened").exists()
    file = client.get(reverse("dashboards:pay_file", args=[paying.slug]))
    (row,) = csv.DictReader(io.StringIO(file.getvalue().decode()))
    assert (row["rater"], row["amount"], row["basis"], row["rate"]) == (rater.code, amount, "item", "0.2000")
    event = AuditEvent.objects.get(action="export.opened")
    assert (event.actor, event.target_id, event.detail) == (rosa, str(paying.pk), {"kind": "pay"})


def test_a_study_that_does_not_say_what_it_pays_shows_no_amount(client, study, rater):
    client.force_login(rater.user)
    assert "ask those who invited you" in client.get(reverse("raters:part", args=[study.public_id])).text
    assert pay_of(rater, study).amount is None


def test_the_meter_counts_the_stretch_and_starts_anew_after_a_break(db):
    study = builders.study(prompts=6, exposure_items=4, exposure_minutes=40, break_minutes=10)
    rater = builders.rater(study)
    with time_machine.travel("2026-03-01T12:00Z", tick=False) as clock:
        for _ in range(3):
            held = claim_next(rater, study)
            judging.now_shown(held)
            clock.shift(timedelta(minutes=2))
            judging.record(held, Answer("left", f"key-of-{held.token}"))
        stretch = exposure_of(rater, study)
        assert (stretch.seen, stretch.minutes, stretch.is_over) == (3, 6, False)
        clock.shift(timedelta(minutes=11))
        assert exposure_of(rater, study).seen == 0


def test_the_judging_page_shows_the_meter_where_the_study_sets_a_cap(client, db):
    study = builders.study(exposure_items=30)
    rater = builders.rater(study)
    client.force_login(rater.user)
    held = claim_next(rater, study)
    assert "of 30 until your break" in client.get(reverse("raters:judge", args=[held.token])).text
    study.exposure_items = 0
    study.save()
    assert "until your break" not in client.get(reverse("raters:judge", args=[held.token])).text
    assert Assignment.objects.get().shown_at <= timezone.now()
