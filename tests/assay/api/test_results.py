"""Automatic results by the API: imported onto a checkpoint, once, and listed with it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from generation.models import ResultFile
from tests import builders
from tests.generation.harness_files import harness_file


@pytest.fixture
def heron(db):
    return builders.run(builders.prompt_set(2), "heron").checkpoint


def send(api, checkpoint, content):
    file = SimpleUploadedFile("results_heron.json", content)
    return api.upload(f"checkpoints/{checkpoint.pk}/results", file)


def test_a_file_is_imported_once_and_listed(api, heron):
    first, again = send(api, heron, harness_file()), send(api, heron, harness_file())
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json() and first.json()["results"][0]["value"] == 0.656
    listed = api.get(f"checkpoints/{heron.pk}/results").json()["items"]
    assert listed == [first.json()]


def test_a_broken_file_is_refused_with_nothing_kept(api, heron):
    refused = send(api, heron, b"{")
    assert refused.status_code == 422 and "is no JSON" in refused.json()["detail"]
    assert not ResultFile.objects.exists()


def test_results_of_a_checkpoint_that_is_not_there_are_a_404(api, db):
    assert api.get("checkpoints/999/results").status_code == 404
