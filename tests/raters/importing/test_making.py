"""A file of judged pairs becomes a finished study, under its digest; or nothing of it is there."""

import json

import pytest
from django.core.management import CommandError, call_command

from assay.accounts.models import AuditEvent
from generation.models import Checkpoint, GenerationRun
from promptsets.models import PromptSet
from promptsets.refusals import FieldError
from raters.comparisons.settling import judged_before
from raters.importing import making
from raters.importing.comparator import judged_in
from raters.importing.making import import_study
from raters.importing.reading import slug_for
from raters.models import Assignment, Enrolment, Judgment, Rater, Study
from raters.rubrics.naming import newest_rubrics, rubric_named
from tests import builders
from tests.raters.importing.files import document, example, rating, source

pytestmark = pytest.mark.django_db


@pytest.fixture
def study():
    return import_study(judged_in(source()), "herons").study


@pytest.fixture
def path(tmp_path):
    made = tmp_path / "herons.json"
    made.write_text(json.dumps(document()))
    return made


def test_the_study_is_finished_named_and_marked_with_the_files_digest(study):
    assert (study.status, study.is_blinded, study.simulation) == ("closed", False, None)
    assert study.imported == {"format": "llm-comparator", "file": "herons.json", "sha256": source().sha256}
    assert study.design["imported"] == study.imported and study.title.startswith("heron v2 against plover v1")
    arms = {arm.role: arm.run.checkpoint.name for arm in study.arms.select_related("run__checkpoint")}
    assert arms == {"candidate": "heron v2", "baseline": "plover v1"}
    assert AuditEvent.objects.get(action="study.imported").detail["sha256"] == source().sha256


def test_every_rating_is_a_judgment_that_counts_with_its_side(study):
    told = Judgment.objects.counted(study).filter(assignment__comparison__prompt__key="example-000002")
    fields = ("preference", "strength", "assignment__a_is_left", "raw_answer", "comment")
    assert list(told.order_by("pk").values_list(*fields)) == [
        ("a", 3, True, "left_much", "Why so."),
        ("b", 1, False, "left_slightly", "Why so."),
        ("tie", 0, False, "same", "Why so."),
        ("b", 2, True, "right", "Why so."),
    ]
    assert Judgment.objects.counted(study).count() == 16 == Assignment.objects.filter(untallied=True).count()
    comparison = study.comparisons.get(prompt__key="example-000002")
    assert (comparison.ratings_taken, comparison.response_a.turns) == (4, ["One answer to 1."])
    assert (comparison.prompt.category, comparison.prompt.tags) == ("birds", ["birds", "lakes"])


def test_its_raters_are_pseudonyms_of_a_kind_of_their_own(study):
    raters = Rater.objects.filter(enrolments__study=study)
    assert {(rater.kind, rater.user) for rater in raters} == {("imported", None)} and raters.count() == 4
    assert study.pool == 4
    assert set(Enrolment.objects.values_list("status", flat=True)) == {"finished"}


def test_a_response_that_names_its_writer_counts_and_is_found(db):
    named = example(0, output_text_a="I am ChatGPT, made by OpenAI.")
    study = import_study(judged_in(source(document([named, example(1)]))), "herons").study
    found = study.comparisons.get(prompt__key="example-000001")
    assert (found.status, found.self_identified) == ("open", True)
    assert Judgment.objects.counted(study).count() == 8


def test_a_name_that_is_taken_gets_the_sets_behind_it(db):
    builders.run(builders.prompt_set(), "heron v2")
    import_study(judged_in(source()), "herons")
    assert Checkpoint.objects.filter(name="heron v2 (herons)", source="imported").exists()


def test_pairs_without_ratings_are_there_and_unjudged(db):
    study = import_study(judged_in(source(document([example(0), example(1, ratings=[])]))), "herons").study
    assert sorted(study.comparisons.values_list("ratings_taken", flat=True)) == [0, 4]


def test_the_same_file_again_changes_nothing(study):
    again = import_study(judged_in(source(name="other.json")), "others")
    assert (again.is_new, again.study) == (False, study) and Study.objects.count() == 1


def counts():
    return [model.objects.count() for model in (PromptSet, Checkpoint, GenerationRun, Study, Rater, Judgment)]


def test_what_fails_late_leaves_nothing(monkeypatch):
    def fails(*_):
        raise ValueError("no more room")

    monkeypatch.setattr(making, "take", fails)
    with pytest.raises(ValueError, match="no more room"):
        import_study(judged_in(source()), "herons")
    assert counts() == [0] * 6 and not AuditEvent.objects.exists()


@pytest.mark.parametrize("taken", ["study", "prompt set"])
def test_a_name_that_is_taken_is_refused(path, taken):
    if taken == "study":
        builders.study(slug="herons")
    else:
        builders.prompt_set(slug="herons")
    before = counts()
    with pytest.raises(CommandError, match=r"--slug: .* already.*Nothing was imported"):
        call_command("import_study", path)
    assert counts() == before


def test_the_command_tells_what_it_read_and_what_it_made(path, capsys):
    call_command("import_study", path, dry_run=True)
    told = capsys.readouterr().out
    assert "heron v2 against plover v1: 4 prompts, 16 judgments" in told and "Nothing was saved" in told
    assert counts() == [0] * 6
    call_command("import_study", path, title="Our herons")
    assert "Imported as herons, finished." in capsys.readouterr().out
    assert Study.objects.get().title == "Our herons"
    call_command("import_study", path)
    assert "herons holds this file already; nothing was changed." in capsys.readouterr().out


def test_a_file_that_is_wrong_is_refused_by_the_command(tmp_path):
    path = tmp_path / "herons.json"
    path.write_text(json.dumps(document([example(ratings=[rating(7)])])))
    with pytest.raises(CommandError, match=r"herons.json: examples\[0\].*Nothing was imported"):
        call_command("import_study", path)
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_study", tmp_path / "nowhere.json")


def test_its_rubric_is_offered_for_no_other_study(study):
    assert study.rubric.slug not in newest_rubrics()
    with pytest.raises(FieldError, match="There is no rubric 'imported'"):
        rubric_named(study.rubric.slug)


def test_it_is_no_earlier_study_of_people(study):
    assert judged_before(study, Study.objects.all()) == {}
    other = builders.study(slug="autumn")
    Study.objects.filter(pk=other.pk).update(rubric=study.rubric)
    other.refresh_from_db()
    assert judged_before(other, Study.objects.all()) == {}


def test_examples_without_ratings_are_told(tmp_path, capsys):
    path = tmp_path / "herons.json"
    path.write_text(json.dumps(document([example(0), example(1, ratings=[]), example(2, ratings=[])])))
    call_command("import_study", path)
    told = capsys.readouterr().out
    assert "Not judged: 2 examples without individual ratings; a mean makes none" in told
    assert "Raters: 4, by their place in each example" in told


@pytest.mark.parametrize(
    ("name", "slug"), [("Herons & Plovers.v2.json", "herons-ploversv2"), ("a.json.gz", "a")]
)
def test_a_study_is_named_by_its_file(name, slug):
    assert slug_for(name) == slug


def test_a_file_whose_name_makes_none_wants_one(tmp_path):
    path = tmp_path / "蒼鷺.json"
    path.write_text(json.dumps(document()))
    with pytest.raises(CommandError, match="makes no name for a study: give one with --slug"):
        call_command("import_study", path)
    call_command("import_study", path, slug="herons")
    assert Study.objects.get().slug == "herons"
