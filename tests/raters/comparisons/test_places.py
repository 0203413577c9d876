"""What stands free for a rater, counted by SQL that is written once, is what the ORM counts each time."""

import pytest
from django.db import connection, transaction
from django.db.models import Count
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from raters.assignment import claim_next, reclaim
from raters.comparisons import places
from raters.comparisons.gold import make_gold
from raters.comparisons.places import first_places, given_so_far, standing
from raters.judging import skip
from raters.models import Assignment, Comparison, Enrolment
from raters.models.prepared import Prepared
from tests import builders
from tests.raters.working import answer, let_leases_run_out


@pytest.fixture
def study(db):
    return builders.study(prompts=6, gold_every=0)


def enrolment_of(study, name="rita") -> Enrolment:
    return Enrolment.objects.get(rater=builders.rater(study, name), study=study)


def test_standing_counts_what_is_done_held_and_left(study):
    rater = builders.rater(study)
    now = standing(rater, study)
    assert (now.done, now.held, now.left) == (0, 0, 6)
    first = claim_next(rater, study)
    answer(first)
    second = claim_next(rater, study)
    now = standing(rater, study, second)
    assert (now.done, now.held, now.left, now.total) == (1, 1, 4, 6)
    assert now.previous == first.token and standing(rater, study, first).previous is None


def test_who_has_no_place_in_the_study_has_no_standing_in_it(study):
    with pytest.raises(LookupError):
        standing(builders.rater(builders.study(prompts=1, slug="winter")), study)


def test_what_ran_out_is_not_counted_as_given(study):
    enrolment = enrolment_of(study)
    skip(claim_next(enrolment.rater, study))
    claim_next(enrolment.rater, study)
    assert given_so_far(enrolment.rater, study) == 2
    let_leases_run_out()
    reclaim(study)
    assert given_so_far(enrolment.rater, study) == 1


def test_each_rater_and_study_has_numbers_of_its_own(study):
    ana, ben = builders.rater(study, "ana"), builders.rater(study, "ben")
    answer(claim_next(ana, study))
    assert (standing(ana, study).done, standing(ben, study).done) == (1, 0)
    other = builders.study(prompts=2, slug="winter")
    Enrolment.objects.create(rater=ana, study=other)
    assert standing(ana, other).left == 2


def test_the_first_gold_and_the_first_regular_one_are_found_beside_each_other(study):
    enrolment = enrolment_of(study)
    gold = study.comparisons.first()
    make_gold(gold, "a", "It says so.")
    found, regular = first_places(enrolment, start=0)
    lots = study.comparisons.regular().order_by("lot").values_list("pk", flat=True)
    assert found == gold.pk and regular == lots[0]


def test_declined_hazards_are_left_out(db):
    study = builders.study(prompts=6, hazards=["vcr", "vcr", None])
    enrolment = enrolment_of(study)
    assert standing(enrolment.rater, study).left == 6
    enrolment.declined_hazards = ["vcr"]
    enrolment.save()
    assert standing(enrolment.rater, study).left == 2
    Comparison.objects.exclude(prompt__hazard="vcr").update(status="held")
    assert first_places(enrolment, start=0) == (None, None)


def test_the_sql_is_written_once_for_each_shape(study):
    written = []

    def write(study: int, *, state: str):
        written.append(state)
        mine = Assignment.objects.filter(comparison__study=study, state=state)
        return mine.order_by().values("state").annotate(n=Count("pk")).values_list("n")

    rater, counted = builders.rater(study), Prepared(write)
    answer(claim_next(rater, study))
    claim_next(rater, study)
    with CaptureQueriesContext(connection) as asked:
        found = [counted.one(study.pk, state=state) for state in ("done", "leased", "done")]
    assert found == [(1,), (1,), (1,)] and len(asked) == 3
    assert written == ["done", "leased"]
    with pytest.raises(LookupError, match="no row"):
        counted.one(study.pk + 1, state="done")


def test_objects_are_found_with_those_that_are_joined_to_them(study, django_assert_num_queries):
    def write(rater: int, token: str):
        rows = Assignment.objects.select_related("comparison__prompt", "repeat_of").defer(
            "comparison__gold_reason"
        )
        return rows.filter(rater=rater, token=token)

    held = claim_next(builders.rater(study), study)
    prepared = Prepared(write)
    with django_assert_num_queries(1):
        found = prepared.one(held.rater_id, held.token)
        assert (found, found.draft, found.lease_until) == (held, {}, held.lease_until)
        assert found.comparison.prompt.turns == ["Turn 0 of prompt 0"[:-1] + found.comparison.prompt.key[-1]]
        assert found.repeat_of is None
    with django_assert_num_queries(1):
        assert found.comparison.gold_reason == ""
    assert prepared.first(held.rater_id, "another token") is None


@pytest.mark.django_db(transaction=True)
def test_no_row_is_locked_outside_a_transaction():
    study = builders.study(prompts=1)
    prepared = Prepared(lambda pk: Assignment.objects.select_for_update().filter(pk=pk))
    held = claim_next(builders.rater(study), study)
    with transaction.atomic():
        assert prepared.first(held.pk) == held
    with pytest.raises(TransactionManagementError, match="there is none"):
        prepared.first(held.pk)


def test_a_number_that_the_query_drops_is_told(study):
    prepared = Prepared(lambda kept, dropped: Assignment.objects.filter(pk=kept).values_list("pk"))
    with pytest.raises(ValueError, match="1 of the values are not among the parameters"):
        prepared.one(1, 2)


def test_what_repeats_nothing_is_not_looked_for_among_all_that_repeats_nothing(study):
    rater = builders.rater(study)
    shown = places._shown(study.comparisons.first().pk, rater.pk)
    for rows in (shown, Assignment.objects.of(rater, study).with_a_place()):
        assert "repeat_of" not in " ".join(line for line in rows.explain().splitlines() if "INDEX" in line)
