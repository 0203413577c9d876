"""Tables of several studies become one, whichever checkpoint was whose candidate."""

import pytest

from analysis.merging import merged
from analysis.tables import TableError, read_judgments
from analysis.win_rate import win_rate

OWL = {"owl": "owl", "wren": "wren"}


def table(candidate, baseline, outcomes, rater="r", side="left"):
    n = len(outcomes)
    return read_judgments(
        {
            "prompt_id": [f"p{i}" for i in range(n)],
            "rater_id": [rater] * n,
            "candidate": [candidate] * n,
            "baseline": [baseline] * n,
            "outcome": outcomes,
            "side": [side] * n,
        }
    )


def test_a_win_of_the_baseline_is_a_win_wherever_it_stands():
    one = table("owl", "wren", ["win", "loss", "tie"], "ada")
    other = table("wren", "owl", ["loss", "loss", "win"], "ben")  # owl wins twice
    whole = merged([(one, OWL), (other, OWL)])
    assert whole.pairs == (("owl", "wren"),)
    assert win_rate(whole).wins == 3 and win_rate(whole).losses == 2
    assert sorted(whole.side.tolist()) == [-1, -1, -1, 1, 1, 1]


def test_checkpoints_go_by_their_names_in_the_whole():
    one = table("owl", "wren", ["win", "tie"], "ada")
    other = table("heron", "wren", ["win", "tie"], "ben")
    whole = merged(
        [(one, {"owl": "owl, greedy", "wren": "wren"}), (other, {"heron": "heron", "wren": "wren"})]
    )
    assert whole.pairs == (("heron", "wren"), ("owl, greedy", "wren"))


def test_what_stands_in_two_studies_counts_once_as_said_last():
    early, late = table("owl", "wren", ["win", "win"]), table("wren", "owl", ["win", "tie"])
    whole = merged([(early, OWL), (late, OWL)])
    assert whole.points.tolist() == [0, 1]
    assert whole.notes == ("2 judgments stand in several studies, and count once",)


def test_a_checkpoint_is_not_compared_with_itself():
    twice = table("owl, warm", "owl, cold", ["win", "win"])
    one = table("owl, warm", "wren", ["win", "loss"])
    names = {"owl, warm": "owl", "owl, cold": "owl", "wren": "wren"}
    whole = merged([(twice, names), (one, names)])
    assert len(whole) == 2 and "2 judgments compare a checkpoint with itself" in whole.notes[0]


def test_nothing_to_merge_is_refused():
    with pytest.raises(TableError, match="no judgment compares"):
        merged([])
    with pytest.raises(TableError, match="no judgment compares"):
        merged([(table("owl, warm", "owl, cold", ["win", "win"]), {"owl, warm": "owl", "owl, cold": "owl"})])
