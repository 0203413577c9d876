"""Runs and checkpoints are deleted only while nothing depends on them; archived at any time."""

import pytest

from assay.accounts.models import AuditEvent
from generation.models import Checkpoint, GenerationRun, Response
from generation.removing import archive, delete, dependents
from generation.runs import same_run_over
from promptsets.subsets import Sample, subset
from tests import builders


@pytest.fixture
def run(db):
    return builders.run(builders.prompt_set(3), "heron")


def test_a_run_in_a_study_is_not_deleted_and_the_study_is_named(study):
    run = study.arms.first().run
    found = dependents(run)
    assert [(one.kind, one.n) for one in found] == [("study arms", 1)]
    with pytest.raises(ValueError, match="1 study arm depends on it"):
        delete(run)
    assert GenerationRun.objects.filter(pk=run.pk).exists()


def test_a_run_that_nothing_needs_goes_with_its_responses(run, researcher):
    delete(run, researcher)
    assert not GenerationRun.objects.exists() and not Response.objects.exists()
    assert AuditEvent.objects.get(action="run.deleted").detail == {"name": "heron over everyday@1"}


def test_responses_that_another_run_links_stay(run):
    part, _ = subset(run.prompt_set_version, "part", {}, Sample(1))
    same_run_over(run, part)
    delete(run)
    assert Response.objects.count() == 1


def test_a_checkpoint_with_a_run_is_not_deleted(run):
    with pytest.raises(ValueError, match="archive it instead"):
        delete(run.checkpoint)
    delete(run)
    delete(Checkpoint.objects.get())
    assert not Checkpoint.objects.exists()


def test_archiving_and_bringing_back_are_told_once_each(run):
    for archived in (True, True, False):
        archive(run, archived=archived)
    assert run.archived_at is None
    told = AuditEvent.objects.filter(action__startswith="run.").values_list("action", flat=True)
    assert sorted(told) == ["run.archived", "run.brought_back"]
