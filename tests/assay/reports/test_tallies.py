"""Tallies are what all judgments add up to, at any time, and say so themselves."""

import threading
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from analysis.tables import read_judgments
from assay.reports import live
from assay.reports.counted import Counted
from assay.reports.judgments import columns_of
from assay.reports.live import fold
from assay.reports.models import ComparisonTally, RaterTally
from assay.reports.recounting import recount
from assay.reports.refresh import is_stale, refresh, refresh_stale
from assay.reports.votes import Vote, packed, unpacked
from raters import judging
from raters.assignment import claim_next
from raters.comparisons.holding import hold
from raters.models import Assignment, Judgment, StudyArm
from raters.simulation import Simulation, simulate
from tests import builders
from tests.raters.working import answer


@pytest.fixture
def simulated(db):
    study = builders.study(prompts=12)
    simulate(study, Simulation(raters=6, seed=5))
    return study


def outcomes(row):
    return (row.wins, row.ties, row.losses)


def test_votes_come_out_of_their_bytes_as_they_went_in():
    votes = [Vote(70_000, 1, True, True), Vote(7, 2, False, False), Vote(8, 0, True, False)]
    assert unpacked(packed(votes)) == sorted(votes) and len(packed(votes)) == 15


def test_the_table_of_the_tallies_is_the_table_of_the_judgments(simulated):
    fold(simulated)
    assert Counted.of(simulated).table().digest == read_judgments(columns_of(simulated)).digest


def test_three_arms_are_tallied_pair_by_pair(db):
    study = builders.study(prompts=6, ratings=2)
    third = builders.run(study.prompt_set_version, "curlew")
    arm = StudyArm.objects.create(study=study, run=third, role="candidate")
    one = study.comparisons.first()
    type(study).objects.filter(pk=study.pk).update(status="draft")
    for comparison in list(study.comparisons.all()):
        comparison.pk, comparison.arm_a = None, arm
        comparison.save()
    type(study).objects.filter(pk=study.pk).update(status="collecting")
    simulate(study, Simulation(raters=5, seed=1))
    fold(study)
    assert Counted.of(study).table().digest == read_judgments(columns_of(study)).digest
    assert {row.arm_a_id for row in RaterTally.objects.all()} == {arm.pk, one.arm_a_id}


def test_a_judgment_is_marked_until_it_is_folded(study, rater):
    answer(claim_next(rater, study))
    assert Assignment.objects.filter(untallied=True).count() == 1 and is_stale(study)
    assert fold(study) == 1 and not Assignment.objects.filter(untallied=True).exists()
    assert ComparisonTally.objects.get().n == RaterTally.objects.get().n == 1


def test_a_changed_answer_takes_the_place_of_the_first(study, rater):
    held = claim_next(rater, study)
    answer(held, "left")
    fold(study)
    before = outcomes(RaterTally.objects.get())
    judging.record(held, judging.Answer("same", "a-second-key-of-the-same-page"))
    fold(study)
    assert before != outcomes(RaterTally.objects.get()) == (0, 1, 0)
    assert ComparisonTally.objects.get().judgments == 2 and recount(study) == []


def test_a_flagged_comparison_leaves_the_tallies_and_makes_the_report_old(simulated):
    refresh(simulated)
    hold(simulated.comparisons.first())
    assert is_stale(simulated) and refresh_stale() == 1 and not is_stale(simulated)
    assert simulated.reports.first().judgments == 33
    assert sum(row.n for row in RaterTally.objects.all()) == 33 and recount(simulated) == []


def test_looking_for_old_reports_costs_one_statement_however_many_studies_there_were(
    simulated, django_assert_num_queries
):
    refresh(simulated)
    for number in range(3):
        builders.study(prompts=1, slug=f"past-{number}")
    with django_assert_num_queries(1):
        assert refresh_stale() == 0


def test_what_comes_in_while_folding_is_folded_the_next_time(study, rater, monkeypatch):
    answer(claim_next(rater, study))
    late = [claim_next(builders.rater(study, "late"), study)]
    real = live.replace

    def slow(*given):
        if late:
            answer(late.pop())
        real(*given)

    monkeypatch.setattr(live, "replace", slow)
    assert fold(study) >= 2 and not live.marks_of(study).exists()
    assert sum(row.n for row in ComparisonTally.objects.all()) == 2 and recount(study) == []


@pytest.mark.django_db(transaction=True)
def test_many_who_fold_at_once_while_raters_judge_count_each_judgment_once():
    study = builders.study(prompts=12, ratings=2)
    raters = [builders.rater(study, name) for name in ("ana", "ben")]
    errors = []

    def guarded(work):
        try:
            work()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    def judge(rater):
        while held := claim_next(rater, study):
            answer(held)

    works = [lambda rater=rater: judge(rater) for rater in raters] + [lambda: fold(study)] * 3
    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    fold(study)
    assert errors == [] and sum(row.n for row in RaterTally.objects.all()) == 24
    assert recount(study) == []


def test_a_recount_names_what_differs_and_mends_it(simulated):
    fold(simulated)
    wrong, gone = ComparisonTally.objects.all()[:2]
    ComparisonTally.objects.filter(pk=wrong.pk).update(left_wins=99)
    ComparisonTally.objects.filter(pk=gone.pk).delete()
    RaterTally.objects.first().delete()
    found = recount(simulated)
    assert f"comparison {wrong.comparison_id}: left_wins" in found
    assert f"comparison {gone.comparison_id}: no tally" in found and "rater" in found[2]
    assert recount(simulated) == [] and sum(row.n for row in ComparisonTally.objects.all()) == 36


def test_judgments_from_before_there_were_tallies_are_counted(simulated):
    Assignment.objects.update(untallied=False)
    assert refresh(simulated).judgments == 36


def test_the_command_says_equal_or_what_differs(simulated):
    refresh(simulated)
    said = [StringIO(), StringIO()]
    call_command("recount", stdout=said[0])
    ComparisonTally.objects.update(surplus=1)
    call_command("recount", simulated.slug, stdout=said[1])
    assert "autumn: 36 judgments, equal" in said[0].getvalue()
    assert "12 differed and are mended" in said[1].getvalue() and Judgment.objects.count() == 36
