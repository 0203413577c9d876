"""A study is archived unless it collects, and deleted only as a draft on which nobody has begun."""

import pytest

from assay.accounts.models import AuditEvent
from generation.models import GenerationRun
from raters.models import Comparison, Study
from raters.studies.copying import duplicate, new_version
from raters.studies.design import lock
from raters.studies.phases import take
from raters.studies.removing import archive, delete, dependents
from tests import builders
from tests.raters.working import work


@pytest.fixture
def draft(study, researcher):
    return duplicate(study, "twin", researcher)


def test_a_draft_goes_with_its_comparisons_and_leaves_runs_and_other_studies(draft, study, researcher):
    assert dependents(draft) == []
    delete(draft, researcher)
    assert list(Study.objects.all()) == [study] and GenerationRun.objects.count() == 2
    assert not Comparison.objects.exclude(study=study).exists()
    told = AuditEvent.objects.get(action="study.deleted")
    assert (told.actor, told.detail["slug"]) == (researcher, "twin")


@pytest.mark.parametrize("step", ["pause", "finish", None])
def test_a_locked_design_is_never_deleted(study, step):
    if step:
        take(study, step)
    with pytest.raises(ValueError, match="autumn cannot be deleted: it is"):
        delete(study)
    assert Study.objects.exists()


def test_a_draft_to_which_raters_came_stays(draft):
    builders.rater(draft)
    assert [(one.kind, one.n) for one in dependents(draft)] == [("enrolments", 1)]
    with pytest.raises(ValueError, match="1 enrolment depends on it"):
        delete(draft)


def test_work_and_later_versions_are_told(study, rater, researcher):
    next(work(rater, study))
    new_version(study, "autumn-2", researcher)
    kinds = {one.kind: one.n for one in dependents(study)}
    assert kinds == {"studies": 1, "enrolments": 1, "assignments": 1}


def test_archiving_waits_until_nothing_is_collected_and_is_told_once_each(study):
    with pytest.raises(ValueError, match="is collecting: pause or finish it"):
        archive(study, archived=True)
    study = take(study, "pause")
    for archived in (True, True, False):
        archive(study, archived=archived)
    told = AuditEvent.objects.filter(action__in=["study.archived", "study.brought_back"])
    assert sorted(told.values_list("action", flat=True)) == ["study.archived", "study.brought_back"]


def test_what_is_archived_collects_nothing_before_it_is_brought_back(study, draft):
    study = take(study, "pause")
    for one in (study, draft):
        archive(one, archived=True)
    with pytest.raises(ValueError, match="autumn is archived: bring it back first"):
        take(study, "start")
    with pytest.raises(ValueError, match="twin is archived"):
        lock(draft)
    take(study, "finish")  # what is out of sight may end
    archive(draft, archived=False)
    lock(draft)
