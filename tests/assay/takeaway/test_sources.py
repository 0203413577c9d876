"""What every export reads from: all rows once, page by page, in one order; names that tell nothing."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.takeaway.pseudonyms import Pseudonyms
from assay.takeaway.source import Source, keys_of, pages
from promptsets.models import Prompt
from raters.models import Judgment, Study
from raters.studies.unblinding import unblind
from tests import builders
from tests.assay.reports.test_folding import assigned, said

ONE, OTHER = Study(public_id="one"), Study(public_id="other")
KINDS = st.sampled_from(("rater", "judgment", "response"))


@pytest.mark.parametrize(("size", "lengths"), [(1, [1] * 5), (2, [2, 2, 1]), (4, [4, 1]), (5, [5]), (6, [5])])
def test_all_rows_are_read_once_in_order_however_long_a_page_is(db, size, lengths):
    prompts = builders.prompt_set(prompts=5).prompts.order_by("-position")
    found = list(pages(prompts, size=size))
    assert list(map(len, found)) == lengths
    assert [row.pk for page in found for row in page] == sorted(row.pk for row in prompts)


def test_of_no_rows_there_is_no_page(db):
    assert list(pages(Prompt.objects.none())) == [] and list(keys_of(Prompt.objects.none())) == []


def test_what_comes_in_while_pages_are_read_stays_out(study):
    shown = study.comparisons.order_by("pk")
    for comparison in shown[:2]:
        said(assigned(comparison))
    reading = pages(Judgment.objects.all(), "assignment", size=1)
    first = next(reading)
    said(assigned(shown[2]))
    assert len(first) == 1 and len(list(reading)) == 1


def test_rows_come_with_what_they_refer_to(study, django_assert_num_queries):
    for comparison in study.comparisons.all():
        said(assigned(comparison))
    with django_assert_num_queries(2):  # the keys, and one page
        [page] = pages(Judgment.objects.all(), "assignment__rater")
        assert {row.assignment.rater.code for row in page} == {"R1"}


def test_only_what_rates_are_made_of_is_counted(study):
    one, other = study.comparisons.order_by("pk")[:2]
    counted, late = said(assigned(one)), said(assigned(other, state="surplus"))
    last = said(assigned(other, code="R2"))
    source = Source(study)
    assert [source.is_counted(row.pk) for row in (counted, late, last)] == [True, False, True]
    assert not source.is_counted(0) and not source.is_counted(last.pk + 1)


def test_of_a_study_without_judgments_none_is_counted(study):
    assert not Source(study).is_counted(1)


@pytest.mark.parametrize(
    ("filters", "category"),
    [({}, None), ({"category": None}, None), ({"category": ""}, ""), ({"category": 7}, "7")],
)
def test_no_category_is_a_category_that_can_be_asked_for(filters, category):
    assert Source(ONE, filters).of_category == category


def test_while_blind_the_lower_label_stands_first_and_later_the_candidate(study):
    arms = {arm.role: arm.pk for arm in study.arms.all()}
    candidate, baseline = arms["candidate"], arms["baseline"]
    blind = Source(study)
    assert {blind.b_first(candidate, baseline), blind.b_first(baseline, candidate)} == {True, False}
    assert set(blind.names.values()) == {"Model 1", "Model 2"}
    unblind(study, "all is in")
    told = Source(study)
    assert not told.b_first(candidate, baseline) and not told.b_first(baseline, candidate)
    assert told.names == {candidate: "heron-autumn", baseline: "plover-autumn"}


@given(KINDS, st.integers(0))
def test_a_row_has_one_name_in_a_study_and_another_in_any_other(kind, key):
    name = Pseudonyms(ONE)(kind, key)
    assert name == Pseudonyms(Study(public_id="one"))(kind, key) != Pseudonyms(OTHER)(kind, key)
    assert re.fullmatch(rf"{kind}-[a-z2-7]{{16}}", name)


@given(st.lists(st.tuples(KINDS, st.integers(0, 10**6)), unique=True))
def test_no_two_rows_share_a_name(rows):
    names = Pseudonyms(ONE)
    assert len({names(*row).rpartition("-")[2] for row in rows}) == len(rows)


def test_what_is_not_there_has_no_name_and_nought_is_something():
    names = Pseudonyms(ONE)
    assert names.or_none("judgment", None) is None
    assert names.or_none("judgment", 0) == names("judgment", 0)
