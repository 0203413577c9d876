"""Each kind of constraint, on a response that keeps it and on one that does not."""

import pytest

from promptsets.constraints import check, fault_of, holds

CASES = [
    ({"kind": "words", "min": 2, "max": 3}, "two words", "only one two three four"),
    ({"kind": "characters", "min": None, "max": 5}, "short", "longer"),
    ({"kind": "sentences", "min": 2, "max": 2}, 'He said "No." She left!', "Just one."),
    ({"kind": "paragraphs", "min": 2, "max": None}, "a\n\nb", "a\nb"),
    ({"kind": "lines", "min": 3, "max": 3}, "a\n\nb\nc", "a\nb"),
    ({"kind": "bullets", "min": 2, "max": 2}, "- a\n* b", "- a\nb"),
    ({"kind": "numbered", "min": 2, "max": None}, "1. a\n2) b", "1. a"),
    ({"kind": "headings", "min": 1, "max": 1}, "# A\ntext", "#A"),
    ({"kind": "json", "keys": ["a", "b"]}, '```json\n{"b": 1, "a": 2}\n```', '{"a": 1}'),
    ({"kind": "table", "columns": 2, "rows": 1}, "|a|b|\n|---|---|\n|1|2|", "|a|b|\n|1|2|"),
    ({"kind": "starts_with", "text": "Dear"}, "Dear all", "dear all"),
    ({"kind": "ends_with", "text": "?"}, "Why?", "Why"),
    ({"kind": "wrapped", "prefix": "<<", "suffix": ">>"}, "<<a>>", "<<a"),
    ({"kind": "contains", "text": "sea", "min": 2, "max": None}, "Sea by the sea.", "sea seaside"),
    ({"kind": "excludes", "text": ","}, "no comma", "one, comma"),
    ({"kind": "excludes_letter", "letter": "e"}, "Dark island.", "Café"),
    ({"kind": "starts_lines_with", "letters": "OAK"}, "Oh\nand\nkin", "Oh\nkin"),
    ({"kind": "case", "value": "lower"}, "all low, 5", "Not low"),
    ({"kind": "case", "value": "upper"}, "ALL HIGH!", "ALL hIGH"),
    ({"kind": "capital_words", "min": None, "max": 1}, "one LOUD word", "TWO LOUD words"),
    ({"kind": "title_case_first_line"}, "# The Old Mill of Kent\nbody", "The old mill"),
    ({"kind": "language", "value": "fr"}, "Le chat est dans la rue et il dort.", "The cat is in the street."),
    ({"kind": "language", "value": "ja"}, "猫は道で寝ています。", "猫在路上睡觉。"),
    ({"kind": "language", "value": "zh"}, "猫在路上睡觉。", "猫は道で寝ています。"),
    ({"kind": "language", "value": "ru"}, "Кошка спит на улице.", "Koshka spit na ulitse."),
    (
        {"kind": "language", "value": "sw"},
        "Paka ni wa rangi ya kijivu na analala kwa nyumba.",
        "Der Kater ist grau.",
    ),
]


@pytest.mark.parametrize(("constraint", "kept", "broken"), CASES, ids=lambda value: str(value)[:40])
def test_a_constraint_tells_kept_from_broken(constraint, kept, broken):
    assert holds(kept, constraint)
    assert not holds(broken, constraint)


def test_white_space_around_a_response_decides_nothing():
    assert holds("\n Dear all \n", {"kind": "starts_with", "text": "Dear"})


def test_every_constraint_of_a_prompt_is_told_apart():
    constraints = [{"kind": "words", "min": 1, "max": 2}, {"kind": "ends_with", "text": "!"}]
    assert [one.holds for one in check("two words", constraints)] == [True, False]


@pytest.mark.parametrize(
    ("constraint", "fault"),
    [
        ({"kind": "rhymes"}, "kind is 'rhymes'; it must be one of"),
        ({"kind": "words", "min": 3}, "words takes least, most"),
        ({"kind": "words", "min": None, "max": None}, "needs a min or a max"),
        ({"kind": "case", "value": "lower", "loud": True}, "case takes value"),
    ],
)
def test_a_senseless_constraint_is_refused_with_its_reason(constraint, fault):
    assert fault in fault_of(constraint)
    with pytest.raises(ValueError, match=r"must|takes|needs"):
        holds("text", constraint)


def test_a_language_that_cannot_be_told_is_an_error_not_a_guess():
    with pytest.raises(ValueError, match="'tlh' is none of the languages"):
        holds("nuqneH", {"kind": "language", "value": "tlh"})
