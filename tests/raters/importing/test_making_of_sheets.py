"""A sheet of judgments becomes a finished study of all its candidates, with every change of mind kept."""

import pytest
from django.core.management import CommandError, call_command

from assay.reports.printing import caption
from assay.reports.refresh import refresh
from assay.takeaway.card import limits_of_import
from raters.importing.judged_file import Choices, rows_named
from raters.importing.making import import_study
from raters.importing.reading import judged_of
from raters.models import Assignment, Judgment, Rater, Study
from raters.rubrics.naming import newest_rubrics
from raters.studies.progress import progress_of
from tests.raters.importing.sheets import Formula, judged, three_pairs, workbook

pytestmark = pytest.mark.django_db


def brought_in(rows, slug="herons", **choices):
    return import_study(judged_of("herons.xlsx", workbook(rows), "tulu-sheet", Choices(**choices)), slug)


@pytest.fixture
def study():
    return brought_in(three_pairs()).study


def test_all_pairs_are_one_study_against_the_model_in_each(study):
    arms = {arm.run.checkpoint.name: arm.role for arm in study.arms.select_related("run__checkpoint")}
    assert arms == {"plover": "baseline"} | dict.fromkeys(("heron", "ibis", "stork"), "candidate")
    assert (study.status, study.is_blinded, study.pool, study.ratings_per_comparison) == (
        "closed",
        False,
        3,
        2,
    )
    statuses = study.comparisons.values_list(
        "prompt__key", "arm_a__run__checkpoint__name", "status", "ratings_taken"
    )
    assert sorted(statuses) == [
        ("task_0", "heron", "open", 2),
        ("task_0", "ibis", "open", 1),
        ("task_0", "stork", "excluded", 0),  # of which the sheet has no response
        ("task_1", "heron", "open", 1),
        ("task_1", "ibis", "excluded", 0),
        ("task_1", "stork", "open", 1),
    ]


def test_the_later_judgment_counts_and_the_earlier_is_history(study):
    both = Judgment.objects.filter(
        assignment__comparison__prompt__key="task_1",
        assignment__comparison__arm_a__run__checkpoint__name="heron",
    )
    earlier, later = both.order_by("pk")
    assert (earlier.preference, earlier.raw_answers["shown_left"]) == ("tie", "heron")
    assert (later.preference, later.strength, later.supersedes) == ("b", 1, earlier)
    assert later.assignment == earlier.assignment and later.assignment.a_is_left is False
    assert list(both.counted(study)) == [later] and Assignment.objects.count() == 5


def test_nothing_more_is_waited_for(study):
    progress = progress_of(study)
    assert (progress.judgments, progress.wanted) == (5, 5)


def test_acceptability_and_comments_are_kept(study):
    of_stork = Judgment.objects.get(assignment__comparison__arm_a__run__checkpoint__name="stork")
    assert (of_stork.acceptable_a, of_stork.acceptable_b, of_stork.comment) == (False, True, "Clearer.")
    assert study.rubric.asks_acceptability and study.rubric.slug not in newest_rubrics()


def test_no_raters_name_is_stored(study):
    raters = Rater.objects.filter(enrolments__study=study)
    assert {rater.code for rater in raters} == {f"IMP{study.pk}-00{n}" for n in (1, 2, 3)}
    stored = " ".join(map(str, Judgment.objects.values_list("raw_answers", "raw_answer", "comment")))
    assert "evaluator" not in stored and "'bo'" not in stored


def test_reports_count_every_pair(study):
    report = refresh(study)
    assert "Judged elsewhere, imported of herons.xlsx" in caption(report, report.estimates.all())
    assert study.imported["raters"] == "codes" and study.design["imported"] == study.imported


def test_the_same_sheet_by_other_choices_is_another_study(study):
    rows = three_pairs()
    assert brought_in(rows, "again").study == study
    assert brought_in(rows, "again", baseline="plover").study == study
    fewer = brought_in(rows, "fewer", leave_out=rows_named("5"))
    assert fewer.is_new and Study.objects.count() == 2
    assert brought_in(rows, "again", leave_out=rows_named("5")).study == fewer.study


def test_a_card_tells_which_rows_were_left_out():
    made = brought_in(
        [judged(0), judged(1), judged(2, "heron", "ibis")], baseline="plover", leave_out=rows_named("3")
    )
    told = " ".join(limits_of_import(made.study.imported))
    assert "Whoever imported the file left out its rows 3." in told
    assert "compares other pairs, too, which are not here: heron and ibis (1 row)" in told


def test_the_command_tells_what_it_left_out(tmp_path, capsys):
    path = tmp_path / "herons.xlsx"
    path.write_bytes(workbook([*three_pairs(), judged(2, completion_a=Formula("C98"))]))
    with pytest.raises(CommandError, match=r"row 8, column G \(completion_a\): is a formula"):
        call_command("import_study", path, format="tulu-sheet")
    with pytest.raises(CommandError, match=r"--leave-out: row 99 holds no judgment.*Nothing was imported"):
        call_command("import_study", path, format="tulu-sheet", leave_out="99")
    assert not Study.objects.exists()
    call_command("import_study", path, format="tulu-sheet", leave_out="8")
    told = capsys.readouterr().out
    assert "heron, ibis, stork against plover: 2 prompts, 5 judgments" in told
    assert "Left out as asked: 1 row: 8" in told and "Imported as herons, finished." in told
