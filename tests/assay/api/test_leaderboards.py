"""Leaderboards by the API: what the pages say, and to a token no name that it may not know."""

import pytest

from assay.reports.boards.keeping import refresh_boards
from assay.reports.refresh import refresh
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
    three_in_a_row(version)
    refresh_boards()
    return version


@pytest.fixture
def blind(version):
    """Judged by one person; its owners know the names, and nobody else."""
    study = compared(version, "owl", "wren", arms_known_to=["owner"])
    list(work(builders.rater(study, "ada"), study, "a"))
    refresh(study)
    return study


def test_ranks_and_pairs_are_those_of_the_page(api, three):
    (listed,) = api.get("leaderboards").json()["items"]
    assert (listed["prompt_set"], listed["raters"], listed["is_stale"]) == (str(three), "simulated", False)
    assert listed["studies"] == ["owl-wren", "wren-crow"]
    board = api.get(f"leaderboards/{three.prompt_set.slug}/{three.number}?raters=simulated").json()
    (group,) = board["groups"]
    assert [one["checkpoint"] for one in group["standings"]] == ["owl", "wren", "crow"]
    assert set(board["checkpoints"]) == {"owl", "wren", "crow"}
    pair = next(one for one in board["pairs"] if one["first"] == "owl")
    assert pair["low"] < pair["value"] < pair["high"] and pair["studies"] == [{"slug": "owl-wren", "n": 30}]


def test_two_checkpoints_are_found_wherever_they_met(api, three):
    ids = api.get(f"leaderboards/{three.prompt_set.slug}/{three.number}?raters=simulated").json()[
        "checkpoints"
    ]
    (met,) = api.get(f"leaderboards/pairs?one={ids['wren']}&other={ids['owl']}").json()
    assert (met["first"], met["second"], met["prompt_set"]) == ("owl", "wren", str(three))
    assert met["raters_are"] == "simulated"
    assert api.get(f"leaderboards/pairs?one={ids['owl']}&other={ids['crow']}").json() == []


def test_people_s_board_is_not_that_of_simulated_raters(api, three):
    board = api.get(f"leaderboards/{three.prompt_set.slug}/{three.number}").json()
    assert (board["raters"], board["studies"], board["checkpoints"]) == ("people", [], {})
    assert api.get(f"leaderboards/{three.prompt_set.slug}/99").status_code == 404


def test_a_board_that_no_worker_has_written_says_so(api, version):
    simulated(version, "owl", "wren")
    assert api.get("leaderboards").json()["items"][0]["made_at"] is None
    board = api.get(f"leaderboards/{version.prompt_set.slug}/{version.number}?raters=simulated").json()
    assert (board["groups"], board["pairs"], board["checkpoints"]) == ([], [], {})


def test_names_of_a_blind_study_are_told_to_no_token_that_may_not_unblind(api_of, blind, version):
    olga = builders.researcher("olga")
    share(blind, olga, "owner")
    refresh_boards()
    named, unnamed = api_of(olga), api_of(olga, "read")
    address = f"leaderboards/{version.prompt_set.slug}/{version.number}"
    assert "owl" in named.get(address).json()["checkpoints"]
    assert unnamed.get("leaderboards").json()["items"] == []
    told = unnamed.get(address).json()
    assert (told["studies"], told["checkpoints"], told["pairs"]) == ([], {}, [])
    unblind(blind, "all is in")
    refresh_boards()
    assert "owl" in unnamed.get(address).json()["checkpoints"]


def test_a_token_reads_what_is_open_beside_what_its_owner_alone_may_know(api_of, blind, version):
    open_one = compared(version, "owl", "crow")
    list(work(builders.rater(open_one, "ben"), open_one, "a"))
    refresh(open_one)
    unblind(open_one, "all is in")
    olga = builders.researcher("olga")
    share(blind, olga, "owner")
    refresh_boards()
    address = f"leaderboards/{version.prompt_set.slug}/{version.number}"
    assert set(api_of(olga, "read").get(address).json()["checkpoints"]) == {"owl", "crow"}
    assert set(api_of(olga).get(address).json()["checkpoints"]) == {"owl", "wren", "crow"}
