"""What a card says that its numbers do not say: each sentence where it holds, and only there."""

import pytest

from assay.takeaway.card import limits
from assay.takeaway.judgments import BY_A_MODEL

STUDY = {"simulated": False, "imported": None, "blinded": False, "status": "closed"}
NUMBERS = {
    "judgments": {"counted": 9, "not_counted": {}},
    "blinding": {"style": [], "guesses": []},
    "pairs": [],
    "safety": None,
}
STYLE = {"first": "Heron", "second": "Plover", "value": 0.8}
GUESS = {"arm": "Heron", "value": 0.3, "in_doubt_above": 0.2}
FILE = {"format": "arena", "sha256": "0" * 64}


def said(numbers: dict | None = None, **study) -> str:
    return "\n".join(limits({"study": STUDY | study}, NUMBERS | (numbers or {})))


def test_of_a_closed_study_of_people_only_what_holds_of_all_is_said():
    assert len(said().splitlines()) == 2
    assert "prompts like these and raters like these" in said() and "not told who wrote what" in said()


@pytest.mark.parametrize(
    ("study", "sentence"),
    [
        ({"simulated": True}, "nothing here says anything about people"),
        ({"imported": FILE}, "judgments were made elsewhere and read of a file (arena, SHA-256 000"),
        ({"blinded": True}, "models go by number"),
        ({"status": "collecting"}, "still open when its data were taken out"),
        ({"status": "paused"}, "still open when its data were taken out"),
    ],
)
def test_what_a_study_is_stands_beside_its_numbers(study, sentence):
    assert sentence in said(**study) and sentence not in said()


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        (
            {"blinding": {"style": [STYLE], "guesses": []}},
            "Style alone tells Heron from Plover in 80% of the pairs",
        ),
        ({"blinding": {"style": [], "guesses": [GUESS]}}, "Raters could tell Heron (Bang's index 0.30)"),
        ({"pairs": [{"categories": [{}]}]}, "among many, some miss by chance"),
        ({"safety": {"labels": 4}}, "no proof that none would break the policy"),
        ({"judgments": {"counted": 0, "not_counted": {BY_A_MODEL: 4}}}, "No person judged"),
    ],
)
def test_so_does_what_the_numbers_tell(numbers, sentence):
    assert sentence in said(numbers)


@pytest.mark.parametrize(
    "numbers",
    [
        {"blinding": {"style": [STYLE | {"value": 0.75}], "guesses": [GUESS | {"value": 0.2}]}},
        {"pairs": [{"why_none": "fewer than two prompts"}]},
        {"judgments": {"counted": 1, "not_counted": {BY_A_MODEL: 4}}},
        {"judgments": {"counted": 0, "not_counted": {"superseded": 4}}},
    ],
)
def test_at_its_bound_nothing_is_said(numbers):
    assert said(numbers) == said()


def test_an_export_from_before_studies_could_be_imported_has_a_card_too():
    study = {name: value for name, value in STUDY.items() if name != "imported"}
    assert len(list(limits({"study": study}, NUMBERS))) == 2
