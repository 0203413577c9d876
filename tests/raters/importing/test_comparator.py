"""A file of LLM Comparator is read strictly: each refusal says which example, which field, and what would be right."""

import gzip

import pytest

from promptsets.formats.problems import PromptFileError
from promptsets.formats.source import source_of
from promptsets.refusals import FieldError
from raters.importing import comparator
from raters.importing.comparator import judged_in
from raters.importing.judged_file import Choices
from tests.raters.importing.files import document, example, rating, source


def test_prompts_responses_and_ratings_are_read_verbatim():
    file = judged_in(source(document([example(1), example(2, ratings=[])])))
    assert (file.candidates, file.baseline) == (("heron v2",), "plover v1")
    one, other = file.prompts
    assert (one.text, one.tags) == ("Question 1?", ("birds", "lakes"))
    assert one.responses == {"heron v2": "One answer to 1.", "plover v1": "Another answer to 1."}
    ratings = [verdict.ratings[0] for verdict in one.verdicts]
    told = [(each.preference, each.strength, each.a_is_left) for each in ratings]
    assert told == [("a", 3, True), ("b", 1, False), ("tie", 0, False), ("b", 2, True)]
    assert (ratings[0].raw, ratings[0].comment) == ({"rating_label": "as said"}, "Why so.")
    assert (other.verdicts, file.judgments, file.raters, file.unrated) == ((), 4, 4, 1)


def test_whole_numbers_and_an_empty_response_are_fine():
    file = judged_in(source(document([example(ratings=[rating(-1), rating(0)], output_text_a="")])))
    first = file.prompts[0]
    assert [one.ratings[0].preference for one in first.verdicts] == ["b", "tie"]
    assert first.responses["heron v2"] == ""


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"input_text": None}, "examples[0].input_text: is None, not a text"),
        ({"input_text": " \n"}, "examples[0].input_text: holds no text"),
        (
            {"output_text_b": None},
            'examples[0].output_text_b: is not a text; "" stands for an empty response',
        ),
        ({"output_text_a": "a\x00"}, "examples[0].output_text_a: holds U+0000"),
        ({"output_text_a": "\ud800"}, "examples[0].output_text_a: holds U+0000 or half a surrogate pair"),
        ({"score": "much"}, "examples[0].score: is 'much', not a number or null"),
        ({"tags": "birds"}, "examples[0].tags: is 'birds', not a list"),
        ({"tags": [3]}, "examples[0].tags[0]: is 3, not a text"),
        ({"tags": ["x" * 2000]}, "examples[0].tags[0]: has 2000 characters: at most"),
        ({"individual_rater_scores": {}}, "examples[0].individual_rater_scores: is {}, not a list"),
        ({"individual_rater_scores": [3]}, "individual_rater_scores[0]: is 3, not an object in braces"),
    ],
)
def test_a_wrong_field_is_named_with_its_example(changes, told):
    with pytest.raises(PromptFileError) as refused:
        judged_in(source(document([{**example(), **changes}])))
    assert told in str(refused.value) and str(refused.value).startswith("herons.json: ")
    assert "Nothing was imported." in str(refused.value)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"score": 0.7}, "score: is 0.7, not one of 1.5, 1, 0.5, 0, -0.5, -1 or -1.5"),
        ({"score": True}, "score: is True, not one of"),
        ({"score": None}, "score: is None, not one of"),
        ({"score": [1]}, "score: is [1], not one of"),
        ({"score": "A is better"}, "score: is 'A is better', not one of"),
        ({"is_flipped": None}, "is_flipped: is missing: true or false is needed"),
        ({"is_flipped": 1}, "is_flipped: is 1: true or false is needed, whether A stood on the right"),
        ({"rationale": 3}, "rationale: is 3, not a text"),
        ({"rating_label": "\x00"}, "rating_label: holds U+0000"),
    ],
)
def test_a_wrong_rating_is_named_with_its_place(changes, told):
    with pytest.raises(PromptFileError) as refused:
        judged_in(source(document([example(ratings=[rating(), {**rating(), **changes}])])))
    assert f"examples[0].individual_rater_scores[1].{told}" in str(refused.value)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("[]", "is no JSON object"),
        ("prompt,answer\n1,2\n", "is no JSON object"),
        ('{"models": ', "is no JSON"),
        ("{" * 50 + "}" * 50, "is no JSON"),
        ('{"a":' * 100_000 + "1" + "}" * 100_000, "is nested too deeply"),
        ('{"models": [], "models": []}', "'models' stands twice in one object"),
        ('{"examples": [{"score": NaN}]}', "holds NaN, which is no number"),
        ('{"examples": [{"score": -Infinity}]}', "holds -Infinity, which is no number"),
        ('{"examples": [{"score": ' + "9" * 5000 + "}]}", "is no JSON"),
        (document(models=[{"name": "heron"}]), "models: does not name two different models"),
        (document(models=[{"name": "heron"}] * 2), "models: does not name two different models"),
        (document(models=[{"name": ""}, {"name": "b"}]), "models[0].name: is ''"),
        (document(models=[{"name": "a\nb"}, {"name": "b"}]), "models[0].name: is 'a\\nb'"),
        (document(models="heron"), "models: is 'heron', not a list"),
        (document([]), "examples: holds 0: 1 to 100,000 examples are needed"),
        (document(examples=[3]), "examples[0]: is 3, not an object in braces"),
        (document([example(ratings=[])]), "examples: hold no individual_rater_scores"),
    ],
)
def test_what_is_no_such_file_is_refused_in_one_message(content, told):
    with pytest.raises(PromptFileError) as refused:
        judged_in(source(content))
    assert told in str(refused.value)


def test_a_number_past_all_bounds_is_no_score():
    text = '{"models": [{"name": "a"}, {"name": "b"}], "examples": [%s]}'
    row = '{"input_text": "q", "output_text_a": "", "output_text_b": "", "individual_rater_scores": [%s]}'
    with pytest.raises(PromptFileError, match=r"\[0\]\.score: is inf, not one of"):
        judged_in(source(text % row % '{"score": 1e999, "is_flipped": false}'))


def test_a_prompt_that_stands_twice_is_refused_with_both_places():
    with pytest.raises(PromptFileError, match=r"examples\[2\]\.input_text: is that of examples\[0\] again"):
        judged_in(source(document([example(0), example(1), example(0)])))


def test_the_first_twenty_problems_are_told_and_counted():
    bad = [example(number, score="x") for number in range(30)]
    with pytest.raises(PromptFileError, match="30 problems, of which the first 20"):
        judged_in(source(document(bad)))


@pytest.mark.parametrize("bound", ["MOST_VALUES", "MOST_EXAMPLES", "MOST_RATINGS"])
def test_more_than_fits_is_refused(monkeypatch, bound):
    monkeypatch.setattr(comparator, bound, 1)
    with pytest.raises(PromptFileError):
        judged_in(source())


def test_a_gzipped_file_is_read_and_a_bomb_is_not():
    plain = source()
    zipped = source_of("herons.json.gz", gzip.compress(plain.text.encode()))
    assert judged_in(zipped).prompts == judged_in(plain).prompts
    with pytest.raises(PromptFileError, match="more than 64 MB"):
        source_of("bomb.json.gz", gzip.compress(b" " * (65 << 20)))


@pytest.mark.parametrize("choices", [Choices(baseline="heron"), Choices(leave_out=frozenset({1}))])
def test_what_is_chosen_of_sheets_alone_is_refused(choices):
    with pytest.raises(FieldError, match="a file of LLM Comparator"):
        judged_in(source(), choices)
