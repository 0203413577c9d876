"""Studies and prompt sets are archived and deleted on pages that show first what depends on them."""

import pytest
from django.urls import reverse

from generation.models import CheckpointSeries
from promptsets.models import PromptSet
from raters.models import Study, StudyMember
from raters.studies.copying import duplicate
from raters.studies.phases import take
from tests import builders
from tests.generation.conftest import engine_checkpoint


@pytest.fixture
def go(client, researcher):
    client.force_login(researcher)

    def sent(page: str, *args: object, act: str | None = None, query: str = ""):
        address = reverse(f"dashboards:{page}", args=args) + query
        return client.post(address, {"act": act}, follow=True) if act else client.get(address)

    return sent


def test_a_collecting_study_is_neither_deleted_nor_archived_and_says_why(go, study):
    page = go("remove_study", "autumn").text
    assert "It cannot be deleted: it is collecting" in page and "Delete it" not in page
    refused = go("remove_study", "autumn", act="archive")
    assert refused.status_code == 422 and "pause or finish it" in refused.text
    assert go("remove_study", "autumn", act="delete").status_code == 422
    assert Study.objects.get().archived_at is None


def test_an_archived_study_leaves_the_lists_until_it_is_brought_back(go, client, study):
    take(study, "pause")
    assert study.title not in go("remove_study", "autumn", act="archive").text
    assert study.title not in client.get("/").text
    assert study.title in go("studies", query="?archived").text
    assert "archived</span>" in go("study", "autumn").text
    assert study.title in go("remove_study", "autumn", act="bring_back").text


def test_a_draft_is_deleted_on_its_page(go, study, researcher):
    duplicate(study, "twin", researcher)
    assert "Nothing depends on it" in go("remove_study", "twin").text
    assert "is deleted" in go("remove_study", "twin", act="delete").text
    assert not Study.objects.filter(slug="twin").exists()


def test_a_prompt_set_in_use_names_only_the_studies_that_its_reader_may_know(go, study):
    prompts = study.prompt_set_version.prompt_set.slug
    page = go("remove_prompt_set", prompts).text
    assert "1 study: Heron against plover, autumn" in page and "Delete it" not in page
    StudyMember.objects.create(study=study, user=builders.researcher("olga"), role="owner")
    page = go("remove_prompt_set", prompts).text
    assert "1 study" in page and "Heron against plover" not in page


def test_an_archived_prompt_set_is_offered_by_no_form(go, db):
    engine_checkpoint("owl")
    CheckpointSeries.objects.create(slug="owls", title="Owls")
    winter = builders.prompt_set(2, slug="winter")
    builders.prompt_set(2, slug="summer")
    assert "Winter" not in go("remove_prompt_set", "winter", act="archive").text
    assert "Winter" in go("prompt_sets", query="?archived").text
    for page in ("new_study", "new_run", "import_responses", "new_plan"):
        text = go(page).text
        assert "summer@1" in text and "winter@1" not in text, page
    assert go("new_study", query="?prompts=winter@1").context["planned"].version != winter
    page = go("prompt_set", "winter@1").text
    assert "archived</span>" in page and "Start a run" not in page


def test_a_study_that_is_followed_keeps_its_archived_prompts(go, study):
    version = study.prompt_set_version
    go("remove_prompt_set", version.prompt_set.slug, act="archive")
    assert go("new_study", query="?follows=autumn").context["planned"].version == version


def test_a_prompt_set_that_nothing_uses_is_deleted(go, db):
    builders.prompt_set(2)
    assert "Nothing depends on it" in go("remove_prompt_set", "everyday").text
    assert "everyday is deleted" in go("remove_prompt_set", "everyday", act="delete").text
    assert not PromptSet.objects.exists()
