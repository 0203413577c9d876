"""Preference pairs: which comparisons make one under which rule, in the form that trl reads."""

import io

import pyarrow.parquet as pq
import pytest

from raters.assignment import claim_next
from raters.studies.unblinding import unblind
from tests import builders
from tests.assay.takeaway.conftest import answer, exported, rows_of


def voted(votes: str, turns: int = 1):
    """A study of one comparison with these votes: a and b for a side, = for a tie."""
    study = builders.study(prompts=1, ratings=len(votes), turns=turns)
    for number, vote in enumerate(votes):
        assignment = claim_next(builders.rater(study, f"r{number}"), study)
        value = "same" if vote == "=" else "left" if (vote == "a") == assignment.a_is_left else "right"
        answer(assignment, value)
    unblind(study, "all is in")
    return study


@pytest.mark.parametrize(
    ("votes", "rule", "chosen"),
    [
        ("aab", "majority", ["heron"]),
        ("abb", "majority", ["plover"]),
        ("ab", "majority", []),
        ("a==", "majority", ["heron"]),
        ("==", "majority", []),
        ("aa", "unanimous", ["heron"]),
        ("aa=", "unanimous", []),
        ("aab", "unanimous", []),
        ("a=b", "each", ["heron", "plover"]),
    ],
)
def test_a_rule_makes_pairs_of_votes(db, votes, rule, chosen):
    rows = rows_of(voted(votes), "preferences", rule=rule)
    assert [row["chosen_model"].removesuffix("-autumn") for row in rows] == chosen


def test_votes_are_told_beside_the_pair(db):
    [row] = rows_of(voted("aab="), "preferences")
    assert (row["votes_chosen"], row["votes_rejected"], row["votes_tied"]) == (2, 1, 1)


def test_a_pair_is_a_prompt_and_two_continuations_of_messages(db):
    [row] = rows_of(voted("a", turns=2), "preferences")
    assert [message["role"] for message in row["prompt"]] == ["user"]
    assert [message["role"] for message in row["chosen"]] == ["assistant", "user", "assistant"]
    assert row["chosen"][1] == row["rejected"][1] == {"role": "user", "content": "Turn 1 of prompt 0"}
    assert row["chosen"][0]["content"] != row["rejected"][0]["content"]


def test_parquet_has_lists_of_messages(db):
    table = pq.read_table(io.BytesIO(exported(voted("a"), "preferences", "parquet")))
    [row] = table.to_pylist()
    assert row["prompt"] == [{"role": "user", "content": "Turn 0 of prompt 0"}]


def test_judgments_that_do_not_count_make_no_pair(rich):
    rows = rows_of(rich, "preferences", rule="each")
    assert len(rows) == 3 * 23  # rex is left out by a rule, one comparison is held
