"""What is archived is offered nowhere any more, to programs as little as on pages; a filter lists it."""

import pytest

from generation.models import GenerationRun
from generation.removing import archive
from tests import builders


@pytest.fixture
def runs(db) -> dict[str, GenerationRun]:
    version = builders.prompt_set(2)
    return {name: builders.run(version, name) for name in ("heron", "owl", "plover")}


def test_archived_rows_are_listed_apart_and_say_so(api, runs):
    archive(runs["heron"], archived=True)
    archive(runs["owl"].checkpoint, archived=True)
    for subject, gone in (("runs", runs["heron"].pk), ("checkpoints", runs["owl"].checkpoint_id)):
        offered, archived = (api.get(f"{subject}{query}").json()["items"] for query in ("", "?archived=true"))
        assert [(row["id"], row["archived"]) for row in archived] == [(gone, True)]
        assert len(offered) == 2 and not any(row["archived"] for row in offered)
        assert api.get(f"{subject}/{gone}").json()["archived"] is True


@pytest.mark.parametrize("role", ["candidate", "baseline"])
def test_no_study_is_made_of_an_archived_run(api, runs, role):
    archive(runs["heron"], archived=True)
    arms = {"candidate": runs["owl"].pk, "baseline": runs["plover"].pk, role: runs["heron"].pk}
    refused = api.post("studies", arms)
    assert refused.status_code == 422 and refused.json()["errors"][0]["field"] == role
    archive(runs["heron"], archived=False)
    assert api.post("studies", arms).status_code == 201


def test_an_archived_checkpoint_answers_no_new_prompts(api, runs):
    archive(runs["heron"].checkpoint, archived=True)
    refused = api.post("runs", {"checkpoint": "heron", "prompt_set": "everyday"})
    assert refused.status_code == 422 and "heron is archived" in refused.json()["detail"]
    assert "heron" not in api.post("runs", {"checkpoint": "none", "prompt_set": "everyday"}).json()["detail"]
    other = builders.prompt_set(2, slug="winter")
    refused = api.post(f"runs/{runs['heron'].pk}/over", {"prompt_set": str(other)})
    assert refused.status_code == 422 and "heron is archived" in refused.json()["detail"]
    assert not GenerationRun.objects.filter(prompt_set_version=other).exists()


def test_prompt_sets_and_studies_are_listed_apart_once_archived(api, study):
    prompts = study.prompt_set_version.prompt_set.slug
    api.post(f"studies/{study.slug}/pause", {})
    for subject, slug in (("studies", study.slug), ("prompt-sets", prompts)):
        assert api.post(f"{subject}/{slug}/remove", {"act": "archive"}).json()["archived"] is True
        assert api.get(subject).json()["items"] == []
        assert [row["slug"] for row in api.get(f"{subject}?archived=true").json()["items"]] == [slug]
        assert api.get(f"{subject}/{slug}").json()["archived"] is True


def test_nothing_new_is_made_over_archived_prompts(api, runs, study):
    for slug in ("everyday", study.prompt_set_version.prompt_set.slug):
        api.post(f"prompt-sets/{slug}/remove", {"act": "archive"})
    arms = {"candidate": runs["owl"].pk, "baseline": runs["plover"].pk}
    refused = api.post("studies", arms)
    assert refused.status_code == 422 and "everyday is archived" in refused.json()["detail"]
    refused = api.post("runs", {"checkpoint": "heron", "prompt_set": "everyday"})
    assert refused.status_code == 422 and "everyday is archived" in refused.json()["detail"]
    mine = {arm.role: arm.run_id for arm in study.arms.all()}
    assert api.post("studies", mine | {"follows": study.slug, "slug": "next"}).status_code == 201
