"""Rules and questions are written one a line, and what is wrong is told with its line."""

import pytest
from django.core.exceptions import ValidationError

from raters.studies.lines import questions_as_lines, questions_in_lines, rules_as_lines, rules_in

PETS = {
    "key": "pets",
    "en": {"ask": "A cat | a dog?", "answers": ["Yes", "No"]},
    "de": {"ask": "Haustiere?", "answers": ["Ja", "Nein"]},
}


@pytest.mark.parametrize("rules", [{}, {"gold_below": 0.6, "fast_above": 0.5}, {"agreement_below": 1}])
def test_rules_are_read_back_as_they_were_written(rules):
    assert rules_in(rules_as_lines(rules)) == rules


def test_rules_may_be_written_with_spaces_and_empty_lines():
    assert rules_in("\n gold below 0.6 \n\nfast_above .5") == {"gold_below": 0.6, "fast_above": 0.5}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("gold_below 0.6\ncharm 1", "Line 2: a rule and a share, such as gold_below 0.6"),
        ("0.6", "Line 1: a rule and a share"),
        ("gold_below", "Line 1: a rule and a share"),
        ("\ngold_below often", "Line 2: gold_below is a share from 0 to 1, not 'often'"),
        ("gold_below 60", "Line 1: gold_below is a share from 0 to 1, not '60'"),
        ("gold_below nan", "Line 1: gold_below is a share from 0 to 1, not 'nan'"),
        ("gold_below 0.6\ngold_below 0.7", "Line 2: gold_below stands there already"),
    ],
)
def test_a_wrong_rule_is_told_with_its_line(text, told):
    with pytest.raises(ValidationError, match=told.replace(".", "[.]")):
        rules_in(text)


@pytest.mark.parametrize("about", [[], ["age"], ["age", PETS, "field_of_work"]])
def test_questions_are_read_back_as_they_were_written(about):
    assert questions_in_lines(questions_as_lines(about)) == about


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("age\nheight", "Line 2: height is no ready-made question; they are first_language, age"),
        ("pets en: A pet?", "Line 1: write key language: question"),
        ("pets: A pet? | Yes | No", "Line 1: write key language"),
        ("pets tlh: A pet? | Yes | No", "Line 1: write key language"),
        ("age\nage", "Line 2: that question stands there already"),
        (
            "pets en: A pet? | Yes | No\npets en: A pet? | Yes | No",
            "Line 2: that question stands there already",
        ),
        ("pets en: A pet? | Yes | No\npets de: Ein Tier? | Ja", "Line 2: write key language"),
        (
            "pets en: A pet? | Yes | No\npets de: Tiere? | Ja | Nein | Oft",
            "as many answers in every language",
        ),
        ("age\nfirst_language\nfield_of_work\npets en: A pet? | Yes | No", "3 questions at most"),
    ],
)
def test_a_wrong_question_is_told_with_its_line(text, told):
    with pytest.raises(ValidationError, match=told):
        questions_in_lines(text)
