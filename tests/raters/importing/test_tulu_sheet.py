"""A sheet of judgments is read strictly: what a spreadsheet may have spoilt is named by sheet, row and column."""

import pytest

from promptsets.formats.problems import PromptFileError
from promptsets.refusals import FieldError
from raters.importing.judged_file import Choices, rows_named
from raters.importing.reading import judged_of
from tests.raters.importing.sheets import HEADER, Formula, csv_of, judged, three_pairs, workbook


def read(content, **choices):
    return judged_of("herons.xlsx", content, "tulu-sheet", Choices(**choices))


def refused(content, **choices):
    with pytest.raises(PromptFileError) as error:
        read(content, **choices)
    assert "Nothing was imported." in str(error.value)
    return str(error.value)


@pytest.mark.parametrize("made", [workbook, csv_of])
def test_the_model_in_every_pair_is_the_baseline_and_sides_are_kept(made):
    file = read(made(three_pairs()))
    assert (file.baseline, file.candidates) == ("plover", ("heron", "ibis", "stork"))
    first, second = file.prompts
    assert (first.key, first.text) == ("task_0", "Question 0?\n")
    assert first.responses == {name: f"{name} says 0." for name in ("heron", "plover", "ibis")}
    told = [
        (one.rater, one.candidate, last.preference, last.strength, last.a_is_left)
        for one in first.verdicts
        for last in one.ratings[-1:]
    ]
    expected = [(0, "heron", "a", 2, True), (1, "heron", "tie", 0, False), (0, "ibis", "b", 1, True)]
    assert told == expected
    stork = second.verdicts[0].ratings[0]
    assert (stork.preference, stork.a_is_left, stork.comment) == ("a", False, "Clearer.")
    assert (stork.acceptable_a, stork.acceptable_b) == (
        False,
        True,
    )  # of stork, which stood right, and of plover


def test_of_one_raters_two_judgments_the_later_comes_last_wherever_it_stands():
    rows = three_pairs()
    file = read(workbook([rows[5], *rows[:5]]))
    changed = next(one for one in file.prompts[0].verdicts if one.candidate == "heron")
    assert [(one.preference, one.a_is_left) for one in changed.ratings] == [("tie", True), ("b", False)]
    assert (file.judgments, file.superseded, file.raters, file.ratings) == (5, 1, 3, 2)
    assert "Replaced: 1 judgment, by a later one of the same rater; kept as history" in file.told()


def test_raters_names_and_the_sheets_words_are_told_apart():
    file = read(workbook(three_pairs()))
    raw = file.prompts[1].verdicts[0].ratings[0].raw
    assert raw == {
        "id": "101",
        "instance_index": "1",
        "instance_id": "task_1",
        "timestamp": "45066.5",
        "row": 5,
        "preference": "b-is-better",
        "shown_left": "plover",
        "completion_a_is_acceptable": "yes",
        "completion_b_is_acceptable": "no",
    }
    assert file.record[
        "raters"
    ] == "codes" and "Raters: 3, kept apart under codes; their names stay" in "".join(file.told())


def test_blank_rows_and_columns_that_are_not_read_are_told():
    file = read(
        workbook([judged(0) | {"mood": "fine"}], [*HEADER[:14], "mood", "timestamp"], blank=152),
        baseline="plover",
    )
    assert "Blank rows: 152" in file.told() and "Columns not read: mood" in file.told()


FORMULAS = [judged(0), judged(1, completion_a=Formula('IF(C98,"yes")'), completion_b=Formula("B2", "Other"))]


def test_a_text_that_became_a_formula_is_named_with_sheet_row_and_column():
    told = refused(workbook(FORMULAS))
    assert (
        "sheet 'sheet', row 3, column G (completion_a): is a formula: a spreadsheet took the text for one"
        in told
    )
    assert "row 3, column H (completion_b): is a formula" in told and "leave out row 3" in told


def test_rows_are_left_out_by_name_and_told():
    file = read(workbook(FORMULAS), baseline="plover", leave_out=rows_named("3"))
    assert file.judgments == 1 and "Left out as asked: 1 row: 3" in file.told()
    assert file.record["left_out"] == "3"


def test_where_more_is_wrong_than_is_listed_all_rows_are_told_first():
    told = refused(workbook([judged(number, completion_a=None) for number in range(30)]))
    assert "30 problems" in told and f"in 30 rows: {', '.join(map(str, range(2, 32)))}" in told


@pytest.mark.parametrize("text", ["0", "3-5", "row 3", "-1", "x" * 5000])
def test_what_names_no_row_is_refused(text):
    with pytest.raises(FieldError, match="is no number of a row: give them as 580, 639"):
        rows_named(text)


def test_a_row_that_holds_nothing_cannot_be_left_out():
    with pytest.raises(FieldError, match="row 9 holds no judgment"):
        read(workbook([judged(0)]), leave_out=rows_named("9"))
    assert "holds no row with a judgment" in refused(workbook([judged(0)]), leave_out=rows_named("2"))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"completion_a": None}, "column G (completion_a): is empty: whether the text was empty or was lost"),
        ({"completion_a": 42.0}, "is the number value '42.0': a spreadsheet made it of the text"),
        ({"completion_b": True}, "is the truth value '1'"),
        ({"completion_b": "#N/A"}, "is '#N/A', which a spreadsheet puts in a text's place"),
        ({"completion_b": "x" * 32_767}, "has 32,767 characters, the most that a cell holds"),
        ({"completion_b": "_x0000_"}, "holds U+0000"),
        ({"prompt": "  "}, "column D (prompt): holds no text"),
        ({"model_a": "plover"}, "column F (model_b): is model_a again"),
        ({"model_a": " heron"}, "column E (model_a): is ' heron': a name of 1 to 100"),
        (
            {"preference": "A-is-better"},
            "column K (preference): is 'A-is-better', not one of a-is-better, a-is-sl",
        ),
        ({"preference": None}, "column K (preference): is ''"),
        (
            {"completion_a_is_acceptable": "maybe"},
            "column I (completion_a_is_acceptable): is 'maybe', not one of yes",
        ),
        ({"evaluator": None}, "column N (evaluator): is empty"),
        ({"evaluator": "an "}, "column N (evaluator): is empty or begins or ends with a blank"),
        (
            {"timestamp": "yesterday"},
            "column O (timestamp): is 'yesterday': a time such as 2023-05-18 13:11:45",
        ),
        ({"timestamp": -1.0}, "column O (timestamp): is '-1.0'"),
        ({"comment": Formula("A1")}, "column M (comment): is the formula 'A1'"),
    ],
)
def test_a_wrong_cell_is_named_with_what_would_be_right(changes, told):
    message = refused(workbook([judged(0), judged(1, **changes)]))
    assert "sheet 'sheet', row 3, " in message and told in message


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (
            judged(0, evaluator="bo", completion_a="Other."),
            "(completion_a): differs from what heron says to the same",
        ),
        (
            judged(0, evaluator="bo", prompt="Other?"),
            "(prompt): differs from that of row 2, which has the same",
        ),
        (
            judged(0, evaluator="bo", instance_id="t"),
            "(prompt): is that of row 2, which has another instance_id",
        ),
        (
            judged(0),
            "(timestamp): does not say whether this or row 2, by the same rater of the same two, came later",
        ),
        (
            judged(0, timestamp=None),
            "(timestamp): is empty, and the same rater judged the same two in another row",
        ),
    ],
)
def test_rows_that_cannot_both_be_right_are_named(row, told):
    message = refused(workbook([judged(0), row]))
    assert told in message and "sheet 'sheet', row" in message


def test_without_one_model_in_every_pair_the_baseline_is_asked_for():
    rows = [judged(0), judged(1, "heron", "ibis"), judged(2, "ibis", "plover")]
    with pytest.raises(
        FieldError, match=r"heron and plover \(1 row\), heron and ibis \(1 row\).*leave open"
    ) as error:
        read(workbook(rows))
    assert error.value.field == "baseline"
    file = read(workbook(rows), baseline="ibis")
    assert (file.candidates, len(file.prompts)) == (("heron", "plover"), 2)
    assert any(
        "since they compare without its baseline: heron and plover (1 row)" in line for line in file.told()
    )
    with pytest.raises(FieldError, match="the sheet has no model 'stork'; it has heron, ibis, plover"):
        read(workbook(rows), baseline="stork")


def test_one_pair_alone_does_not_say_which_is_the_baseline():
    with pytest.raises(FieldError, match="leave open with which"):
        read(workbook([judged(0)]))


def test_ids_that_no_prompt_set_could_hold_are_kept_with_the_judgment_alone():
    file = read(workbook([judged(0, instance_id="Task 0")]), baseline="plover")
    assert file.prompts[0].key == "example-000001"
    assert file.prompts[0].verdicts[0].ratings[0].raw["instance_id"] == "Task 0"


def test_csv_names_the_line_and_takes_times_as_they_are_written():
    rows = [
        judged(0, timestamp="2026-03-01T10:00:00+01:00"),
        judged(0, timestamp="2026-03-01 09:30:00", preference="tie"),
    ]
    file = read(csv_of(rows), baseline="plover")
    assert [one.preference for one in file.prompts[0].verdicts[0].ratings] == ["a", "tie"]
    assert "line 2, completion_a: is '#ERROR!'" in refused(csv_of([judged(0, completion_a="#ERROR!")]))
    assert "is neither a workbook (XLSX) nor CSV" in refused(b'{"models": []}')


@pytest.mark.parametrize(
    ("header", "told"),
    [
        (HEADER[1:-2], "lacks the column 'evaluator'"),
        ([*HEADER[:12], "preference", *HEADER[13:]], "names the column 'preference' twice"),
    ],
)
def test_a_sheet_without_its_columns_is_refused(header, told):
    assert told in refused(workbook([judged(0)], list(header)))
