"""Leaderboards hold what their readers may know, no more, and say what analysis says of the same judgments."""

import pytest
from django.utils import timezone

from analysis.win_rate import win_rate
from assay.reports.boards import keeping
from assay.reports.boards.keeping import A_WHILE, refresh_boards
from assay.reports.boards.scopes import scopes_for
from assay.reports.counted import Counted
from assay.reports.models import Board
from assay.reports.refresh import refresh
from raters.models import Rater, StudyMember
from raters.studies.sharing import share
from raters.studies.unblinding import unblind
from tests import builders
from tests.compared import compared, simulated, three_in_a_row
from tests.raters.working import work


@pytest.fixture
def version(db):
    return builders.prompt_set(prompts=10)


@pytest.fixture
def three(version):
    return three_in_a_row(version)


def judged_by_people(version, candidate, baseline, **fields):
    study = compared(version, candidate, baseline, **fields)
    for name in ("ada", "ben"):
        rater = Rater.objects.filter(user__username=name).first()
        user = rater.user if rater else None
        rater = builders.rater(study, name) if user is None else enrolled(study, rater)
        list(work(rater, study, "a"))
    refresh(study)
    return study


def enrolled(study, rater):
    study.enrolments.create(rater=rater)
    return rater


def content_for(user):
    return [scope.board().content for scope in scopes_for(user)]


def test_all_that_are_linked_are_ranked_on_one_scale(three, researcher):
    refresh_boards()
    (content,) = content_for(researcher)
    (group,) = content["groups"]
    assert [one["checkpoint"] for one in group["standings"]] == ["owl", "wren", "crow"]
    assert group["n"] == 60 and group["prompts"] == 10 and "Davidson" in group["method"]
    assert {(one["first"], one["second"]) for one in content["pairs"]} == {("crow", "wren"), ("owl", "wren")}


def test_a_pair_says_what_the_headline_of_its_only_study_says(three, researcher):
    refresh_boards()
    (content,) = content_for(researcher)
    study = three.studies.get(slug="owl-wren")
    rate = win_rate(Counted.of(study).table())
    pair = next(one for one in content["pairs"] if one["first"] == "owl")
    assert (pair["value"], pair["low"], pair["high"]) == (rate.value, rate.low, rate.high)
    a, b = study.comparisons.values_list("arm_a", "arm_b").first()
    assert [(one["slug"], one["pair"]) for one in pair["studies"]] == [("owl-wren", f"{a}-{b}")]


def test_groups_that_never_met_are_apart(three, researcher):
    simulated(three, "jay", "kite", seed=3)
    refresh_boards()
    (content,) = content_for(researcher)
    assert [len(group["names"]) for group in content["groups"]] == [3, 2]
    assert content["groups"][1]["why_none"].startswith("Two checkpoints")


def test_people_and_simulated_raters_never_stand_on_one_board(three, researcher):
    study = judged_by_people(three, "owl", "crow")
    unblind(study, "all is in")
    refresh_boards()
    by = {scope.simulated: scope.board().content for scope in scopes_for(researcher)}
    assert [one["first"] + one["second"] for one in by[False]["pairs"]] == ["crowowl"]
    assert all(one["slug"] != study.slug for pair in by[True]["pairs"] for one in pair["studies"])


def test_a_blind_study_is_on_no_board_until_it_is_unblinded(version, researcher):
    study = judged_by_people(version, "owl", "wren")
    refresh_boards()
    assert scopes_for(researcher) == [] and not Board.objects.exists()
    unblind(study, "all is in")
    refresh_boards()
    assert "owl" in content_for(researcher)[0]["checkpoints"]


def test_names_known_to_owners_while_blind_stand_on_the_owners_board_alone(version, researcher):
    open_one = judged_by_people(version, "owl", "wren")
    unblind(open_one, "all is in")
    blind = judged_by_people(version, "owl", "crow", arms_known_to=["owner"])
    olga, vera = builders.researcher("olga"), builders.researcher("vera")
    share(blind, olga, "owner")
    share(blind, vera, "viewer")
    refresh_boards()
    assert "crow" in content_for(olga)[0]["checkpoints"]
    assert "crow" not in content_for(vera)[0]["checkpoints"]
    assert "crow" not in content_for(researcher)[0]["checkpoints"]


def test_a_study_of_others_is_not_on_a_strangers_board_and_leaves_it_when_it_is_shared_away(
    three, researcher
):
    refresh_boards()
    olga = builders.researcher("olga")
    StudyMember.objects.create(study=three.studies.get(slug="wren-crow"), user=olga, role="owner")
    assert (
        scopes_for(researcher)[0].board() is None
    )  # what was written of both studies is not theirs any more
    refresh_boards()
    assert set(content_for(researcher)[0]["checkpoints"]) == {"owl", "wren"}
    assert set(content_for(olga)[0]["checkpoints"]) == {"owl", "wren", "crow"}


def test_a_rater_who_judged_one_pair_in_two_studies_counts_once(version, researcher):
    for slug in ("first", "second"):
        study = judged_by_people(version, "owl", "wren", slug=slug)
        unblind(study, "all is in")
    refresh_boards()
    (content,) = content_for(researcher)
    assert content["pairs"][0]["n"] == 20 and len(content["pairs"][0]["studies"]) == 2
    assert content["notes"] == ["20 judgments stand in several studies, and count once"]


def test_it_is_written_again_when_a_report_is_newer_but_not_every_few_seconds(three, researcher):
    assert refresh_boards() == 1 and refresh_boards() == 0
    refresh(three.studies.first())
    assert refresh_boards() == 0
    Board.objects.update(made_at=timezone.now() - 2 * A_WHILE)
    assert refresh_boards() == 1 and refresh_boards() == 0


def test_one_that_fails_stops_no_other(three, researcher, monkeypatch):
    other = builders.prompt_set(prompts=4, slug="other")
    simulated(other, "jay", "kite")
    real = keeping.content_of
    monkeypatch.setattr(keeping, "content_of", lambda scope: 1 / 0 if scope.version == other else real(scope))
    assert refresh_boards() == 1
    assert [bool(scope.board()) for scope in scopes_for(researcher)] == [True, False]
