"""Studies copied, runs and checkpoints removed, by programs as by pages."""

import pytest

from generation.models import Checkpoint, GenerationRun
from raters.models import Study, StudyTemplate
from tests import builders


@pytest.fixture
def study(db):
    return builders.study()


@pytest.fixture
def lonely(db):
    return builders.run(builders.prompt_set(2), "heron")


def test_a_study_is_duplicated_made_a_new_version_and_kept_as_a_template(api, study):
    path = f"studies/{study.slug}/copies"
    twin = api.post(path, {"way": "duplicate", "name": "twin"})
    later = api.post(path, {"way": "version", "name": "autumn-2"})
    kept = api.post(path, {"way": "template", "name": "As in autumn"})
    assert [one.status_code for one in (twin, later, kept)] == [201, 201, 201]
    assert twin.json()["study"]["status"] == "draft" and twin.json()["template"] is None
    assert Study.objects.get(slug="autumn-2").follows == study
    assert kept.json() == {"study": None, "template": "As in autumn"}
    assert StudyTemplate.objects.get().name == "As in autumn"


@pytest.mark.parametrize("name", ["two words", "autumn", ""])
def test_a_name_that_is_taken_or_no_address_is_refused(api, study, name):
    answer = api.post(f"studies/{study.slug}/copies", {"way": "duplicate", "name": name})
    assert answer.status_code == 422 and answer.json()["errors"][0]["field"] in {"name", "slug", "body.name"}
    assert Study.objects.count() == 1


def test_a_draft_has_no_new_version(api, study):
    study.status = "draft"
    study.save()
    answer = api.post(f"studies/{study.slug}/copies", {"way": "version", "name": "autumn-2"})
    assert answer.status_code == 422 and "is a draft" in answer.json()["detail"]


def test_a_run_that_a_study_needs_is_archived_and_not_deleted(api, study):
    run = study.arms.first().run
    depends = api.get(f"runs/{run.pk}/dependents").json()
    assert {"kind": "study arms", "n": 1} in depends
    refused = api.post(f"runs/{run.pk}/remove", {"act": "delete"})
    assert refused.status_code == 422 and "archive it instead" in refused.json()["detail"]
    archived = api.post(f"runs/{run.pk}/remove", {"act": "archive"}).json()
    assert archived["archived"] and not archived["deleted"]
    assert api.post(f"runs/{run.pk}/remove", {"act": "bring_back"}).json()["archived"] is False


def test_what_nothing_depends_on_is_deleted(api, lonely):
    heron = lonely.checkpoint
    assert api.get(f"checkpoints/{heron.pk}/dependents").json() == [{"kind": "generation runs", "n": 1}]
    assert api.post(f"checkpoints/{heron.pk}/remove", {"act": "delete"}).status_code == 422
    gone = api.post(f"runs/{lonely.pk}/remove", {"act": "delete"})
    assert gone.json()["deleted"] and not GenerationRun.objects.exists()
    assert api.post(f"checkpoints/{heron.pk}/remove", {"act": "delete"}).json()["name"] == "heron"
    assert not Checkpoint.objects.exists()


def test_an_act_that_is_none_and_a_row_that_is_not_there_are_told(api, lonely):
    assert api.post(f"runs/{lonely.pk}/remove", {"act": "burn"}).status_code == 422
    assert api.post("runs/999/remove", {"act": "archive"}).status_code == 404


def test_a_draft_and_a_set_that_nothing_uses_are_deleted_and_others_stay(api, study):
    assert api.post(f"studies/{study.slug}/copies", {"way": "duplicate", "name": "twin"}).status_code == 201
    assert api.get("studies/twin/dependents").json() == []
    assert api.post("studies/twin/remove", {"act": "delete"}).json()["deleted"] is True
    refused = api.post(f"studies/{study.slug}/remove", {"act": "delete"})
    assert refused.status_code == 422 and "archive it instead" in refused.json()["detail"]
    refused = api.post(f"studies/{study.slug}/remove", {"act": "archive"})
    assert refused.status_code == 422 and "pause or finish it" in refused.json()["detail"]
    builders.prompt_set(2, slug="winter")
    assert api.get("prompt-sets/winter/dependents").json() == []
    assert api.post("prompt-sets/winter/remove", {"act": "delete"}).json()["name"] == "winter"
    used = study.prompt_set_version.prompt_set.slug
    assert {"kind": "studies", "n": 1} in api.get(f"prompt-sets/{used}/dependents").json()
    assert api.post(f"prompt-sets/{used}/remove", {"act": "delete"}).status_code == 422
