"""What a locked design is told as, and what of it differs from the version before."""

import pytest

from assay.reports.blinding import Arms
from assay.reports.designs import Change, changed, design_for, locked_by, parts_of, told
from raters.models import Study
from raters.studies.copying import duplicate, new_version
from raters.studies.design import lock
from raters.studies.unblinding import unblind
from tests import builders

ARM = {"checkpoint": "heron", "digest": "d" * 64, "seed": 3}
DESIGN = {"title": "Herons", "rubric": {"slug": "plain", "scale": 3}, "arms": [ARM, ARM], "seal": "s"}
BLIND = Arms({7: "Model 10", 8: "Model 2", 9: "Model 1"}, is_blind=True)


def between(before: dict, after: dict, hides: bool = False) -> list[Change]:
    return list(changed({**DESIGN, **before}, {**DESIGN, **after}, hides=hides))


def test_equal_designs_differ_in_nothing():
    assert between({}, {}) == []


def test_a_part_of_a_group_is_told_by_its_own_path():
    after = {"rubric": {"slug": "plain", "scale": 5}}
    assert between({}, after) == [Change("rubric.scale", 3, 5)]


def test_what_only_one_of_the_two_has_is_told_with_nothing_on_the_other_side():
    assert between({}, {"pool": 7}) == [Change("pool", None, 7)]
    assert between({"pool": 7}, {}) == [Change("pool", 7, None)]


def test_a_group_that_was_nothing_before_is_told_part_by_part():
    assert between({"pay": None}, {"pay": {"basis": "hour"}}) == [Change("pay.basis", None, "hour")]


def test_changes_stand_in_the_order_of_the_later_design_and_what_is_gone_comes_last():
    before = {"zeal": 1, "title": "Old"}
    found = [one.part for one in between(before, {"title": "New", "pool": 3, "alpha": 4})]
    assert found == ["title", "pool", "alpha", "zeal"]


@pytest.mark.parametrize("part", ["version", "follows", "seal"])
def test_what_differs_between_any_two_versions_is_no_change(part):
    assert between({part: "one"}, {part: "two"}) == []


@pytest.mark.parametrize(("hides", "found"), [(False, ["comparisons_sha256"]), (True, [])])
def test_the_digest_of_texts_is_a_change_only_for_who_may_know_names(hides, found):
    texts = [{"comparisons_sha256": "a"}, {"comparisons_sha256": "b"}]
    assert [one.part for one in between(*texts, hides=hides)] == found


@pytest.mark.parametrize(
    ("arms", "found"),
    [
        ([ARM, {**ARM, "seed": 4}], []),
        ([ARM, ARM, ARM], [Change("arms", "2 arms", "3 arms")]),
        ([ARM, ARM, ARM, ARM], [Change("arms", "2 arms", "4 arms")]),
    ],
)
def test_of_hidden_arms_only_their_number_is_told(arms, found):
    assert between({}, {"arms": arms}, hides=True) == found


def test_arms_that_may_be_known_are_told_whole():
    after = {"arms": [ARM, {**ARM, "seed": 4}]}
    assert between({}, after) == [Change("arms", DESIGN["arms"], after["arms"])]


def test_a_design_is_cut_into_parts_that_hold_all_of_it():
    parts = dict(parts_of({**DESIGN, "welfare": {}, "texts": "none"}))
    expected = {"title": "Herons", "rubric.slug": "plain", "rubric.scale": 3, "arms": [ARM, ARM], "seal": "s"}
    assert parts == {**expected, "texts": "none"}


def test_while_blind_arms_are_labels_in_the_order_of_their_numbers():
    shown = told({**DESIGN, "comparisons_sha256": "c"}, BLIND)
    assert shown["arms"] == [{"label": f"Model {number}"} for number in (1, 2, 10)]
    assert set(shown) == {"title", "rubric", "arms"}


def test_who_may_know_names_is_told_the_design_as_it_is_and_a_copy():
    shown = told(DESIGN, Arms({7: "heron"}, is_blind=False))
    assert shown == DESIGN and shown is not DESIGN


@pytest.fixture
def later(study, researcher) -> Study:
    made = new_version(study, "autumn-2", researcher)
    Study.objects.filter(pk=made.pk).update(pool=25)
    lock(made, researcher)
    return Study.objects.get(pk=made.pk)


def test_a_draft_has_none(study, researcher):
    assert design_for(duplicate(study, "twin", researcher), researcher) is None


def test_the_first_version_follows_nothing_and_changed_nothing(study, researcher):
    found = design_for(study, researcher)
    assert (found.follows, found.changes, found.locked_by) == (None, (), None)


def test_a_later_one_names_what_it_follows_and_who_locked_it(study, later, researcher):
    found = design_for(later, researcher)
    assert (found.follows, found.locked_by) == (study, "rosa")
    assert found.changes == (Change("pool", 10, 25),)


def test_names_of_the_version_before_are_kept_back_though_the_later_one_is_open(study, later, researcher):
    other = {"arms": [{**later.design["arms"][0], "seed": 9}, later.design["arms"][1]]}
    Study.objects.filter(pk=later.pk).update(design={**later.design, **other})
    unblind(later, "all is in", researcher)
    later.refresh_from_db()
    assert [one.part for one in design_for(later, researcher).changes] == ["pool"]
    unblind(study, "all is in", researcher)
    assert {one.part for one in design_for(later, researcher).changes} == {"pool", "arms"}


def test_a_token_that_may_not_know_names_reads_labels_where_its_owner_reads_names(later, researcher):
    later.members.update_or_create(user=researcher, defaults={"role": "owner"})
    Study.objects.update(arms_known_to=["owner"])
    Study.objects.filter(slug="autumn").update(simulation={"truth": {}})  # which hides nothing
    later.refresh_from_db()
    assert not design_for(later, researcher).is_blind
    assert design_for(later, researcher, names_allowed=False).is_blind


def test_the_first_to_lock_it_is_told_and_nobody_who_did_something_else(study, later, researcher):
    from promptsets.audit import audited

    olga = builders.researcher("olga")
    for action in ("study.locked", "study.paused"):
        audited.send(Study, actor=olga, action=action, target=later, detail={})
    audited.send(Study, actor=olga, action="study.paused", target=study, detail={})
    assert (locked_by(later), locked_by(study)) == ("rosa", None)
