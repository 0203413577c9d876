"""Which checkpoints share a scale on a leaderboard, and under which names."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.reports.boards.gathering import entries_of, gather
from assay.reports.boards.scopes import Scope
from assay.reports.boards.writing import content_of, linked, sources
from assay.reports.live import fold
from raters.models import StudyArm
from tests import builders
from tests.compared import compared
from tests.raters.working import work

NAMES = st.sampled_from("abcdefg")
MET = st.lists(st.tuples(NAMES, NAMES).filter(lambda pair: pair[0] != pair[1]))


def groups(pairs) -> list[tuple[str, ...]]:
    return linked(SimpleNamespace(pairs=pairs))


def reached(start: str, pairs) -> set[str]:
    """All that a walk over pairs comes to, step by step."""
    seen = {start}
    for _ in pairs:
        seen |= {name for pair in pairs if seen & set(pair) for name in pair}
    return seen


@given(MET)
def test_a_group_is_all_that_a_walk_over_comparisons_reaches(pairs):
    found = groups(pairs)
    assert sorted(name for group in found for name in group) == sorted(
        {name for pair in pairs for name in pair}
    )
    assert all(set(group) == reached(group[0], pairs) for group in found)


@given(MET, st.randoms())
def test_who_met_first_changes_no_group(pairs, random):
    shuffled = [pair[:: random.choice((1, -1))] for pair in random.sample(pairs, len(pairs))]
    assert groups(shuffled) == groups(pairs)


@pytest.mark.parametrize(
    ("pairs", "found"),
    [
        ([], []),
        ([("b", "a")], [("a", "b")]),
        ([("a", "b"), ("c", "d"), ("d", "e")], [("c", "d", "e"), ("a", "b")]),
        ([("c", "d"), ("a", "b")], [("a", "b"), ("c", "d")]),
        ([("a", "b"), ("c", "d"), ("b", "c")], [("a", "b", "c", "d")]),
    ],
)
def test_the_largest_group_comes_first_and_of_equal_ones_the_first_by_name(pairs, found):
    assert groups(pairs) == found


@pytest.fixture
def version(db):
    return builders.prompt_set(prompts=4)


def judged(version, candidate, baseline, **fields):
    study = compared(version, candidate, baseline, gold_every=0, **fields)
    list(work(builders.rater(study, f"rita-{study.slug}"), study, "a"))
    fold(study)
    return study


def content(*studies) -> dict:
    return content_of(Scope(studies[0].prompt_set_version, False, tuple(studies), {}))


def test_a_checkpoint_stands_once_for_each_sampling_with_which_it_took_part(version):
    study = judged(version, "owl", "wren")
    [arm] = study.arms.filter(run__checkpoint__name="owl")
    twin = arm.run
    twin.pk, twin.sampling_sha256 = None, "b" * 64
    twin.save()
    other = StudyArm.objects.create(study=study, run=twin, role="candidate")
    names = {key: entry.name for key, entry in entries_of(StudyArm.objects.all()).items()}
    assert names[other.pk] == "owl, sampling bbbbbb" and names[arm.pk].startswith("owl, sampling ")
    assert sorted(names.values())[-1] == "wren"
    assert len({entry.checkpoint for entry in entries_of(StudyArm.objects.all()).values()}) == 2


def test_a_study_without_numbers_gives_no_entry_and_no_pair(version):
    waiting = compared(version, "owl", "crow")
    fold(waiting)
    found = content(judged(version, "owl", "wren"), waiting)
    assert set(found["checkpoints"]) == {"owl", "wren"} and len(found["pairs"]) == 1


def test_where_no_study_has_numbers_the_board_says_why(version):
    waiting = compared(version, "owl", "wren")
    fold(waiting)
    found = content(waiting)
    assert (found["groups"], found["pairs"], found["checkpoints"]) == ([], [], {}) and found["notes"]


def test_two_checkpoints_are_not_ranked_and_three_are(version):
    one, other = judged(version, "owl", "wren"), judged(version, "wren", "crow")
    assert content(one)["groups"][0]["standings"] == []
    assert len(content(one, other)["groups"][0]["standings"]) == 3


def test_a_pair_is_the_first_name_s_rate_whichever_was_the_candidate(version):
    [found] = content(judged(version, "wren", "owl"))["pairs"]
    assert (found["first"], found["second"], found["value"]) == ("owl", "wren", 0.0)
    assert (found["wins"], found["losses"], found["n"]) == (0, 4, 4)


def test_each_pair_names_the_studies_behind_it_with_their_own_counts(version):
    one, other = judged(version, "owl", "wren"), judged(version, "wren", "owl", slug="back")
    list(work(builders.rater(other, "otto"), other, "b"))
    fold(other)
    studies = (one, other)
    [met] = sources(studies, gather(studies)).values()
    assert [(source["slug"], source["n"]) for source in met] == [("owl-wren", 4), ("back", 8)]


def test_a_pair_that_met_on_one_prompt_has_counts_and_no_rate(version):
    study = judged(version, "owl", "wren")
    other = judged(version, "owl", "crow")
    keep = other.comparisons.order_by("pk").first()
    other.comparisons.exclude(pk=keep.pk).update(status="excluded")
    study_only = content(study, other)
    assert {pair["first"] for pair in study_only["pairs"]} == {"owl"}  # of one prompt no table is made
