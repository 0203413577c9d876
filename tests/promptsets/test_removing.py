"""A prompt set is deleted only while no run, study or plan uses it; archived at any time."""

import pytest

from assay.accounts.models import AuditEvent
from generation.removing import delete as delete_row
from promptsets.models import Prompt, PromptSet, PromptSetVersion
from promptsets.naming import offered_version, version_named
from promptsets.removing import archive, delete, dependents
from tests import builders
from tests.evaluated import series_with_verdicts


@pytest.fixture
def version(db):
    return builders.prompt_set(3)


def test_a_set_that_nothing_uses_goes_with_its_versions_and_prompts(version, researcher):
    delete(version.prompt_set, researcher)
    assert not any(model.objects.exists() for model in (PromptSet, PromptSetVersion, Prompt))
    told = AuditEvent.objects.get(action="promptset.deleted")
    assert (told.actor, told.target, told.detail["versions"]) == (researcher, "everyday", 1)


def test_a_set_in_a_study_stays_and_what_uses_it_is_named(study):
    found = {one.kind: one.n for one in dependents(study.prompt_set_version.prompt_set)}
    assert found == {"generation runs": 2, "studies": 1}
    with pytest.raises(ValueError, match="2 generation runs, 1 study depend on it; archive it instead"):
        delete(study.prompt_set_version.prompt_set)
    assert PromptSet.objects.exists()


def test_a_set_in_a_plan_alone_stays(db):
    prompts = series_with_verdicts(win_rates=()).current.prompt_sets.get().prompt_set
    assert "evaluation versions" in {one.kind for one in dependents(prompts)}


def test_a_frozen_set_goes_once_the_last_run_over_it_is_gone(version):
    run = builders.run(version, "heron")
    version.freeze()
    with pytest.raises(ValueError, match="1 generation run"):
        delete(version.prompt_set)
    delete_row(run)
    delete(version.prompt_set)
    assert not PromptSet.objects.exists()


def test_archiving_and_bringing_back_are_told_once_each_and_lose_nothing(version):
    for archived in (True, True, False):
        archive(version.prompt_set, archived=archived)
    told = AuditEvent.objects.filter(action__startswith="promptset.").values_list("action", flat=True)
    assert sorted(told) == ["promptset.archived", "promptset.brought_back"]
    assert version.prompts.count() == 3


def test_an_archived_set_is_found_by_name_and_offered_for_nothing_new(version):
    archive(version.prompt_set, archived=True)
    assert version_named("everyday") == version
    with pytest.raises(ValueError, match="everyday is archived: bring it back first"):
        offered_version("everyday@1")
    with pytest.raises(ValueError, match="Prompt sets: none yet"):
        version_named("nothing")
    assert not PromptSetVersion.objects.offered().exists()
