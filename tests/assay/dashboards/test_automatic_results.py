"""Automatic results on a checkpoint's page: looked at first, then kept, marked as what they are, in no human figure."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from generation.models import AutomaticResult, ResultFile
from promptsets.models import PromptFile
from tests import builders
from tests.generation.harness_files import harness_file


@pytest.fixture
def heron(db):
    return builders.run(builders.prompt_set(2), "heron").checkpoint


@pytest.fixture
def send(client, researcher, heron):
    client.force_login(researcher)

    def sent(content=None, **fields):
        file = {} if content is None else {"file": SimpleUploadedFile("results_heron.json", content)}
        return client.post(f"/checkpoints/{heron.pk}/results/", fields | file)

    return sent


def test_a_file_is_shown_before_anything_is_kept(send):
    page = send(harness_file())
    assert page.status_code == 200 and '<th scope="row">arc_easy</th>' in page.text and "0.6560" in page.text
    assert "pretrained=herons/heron-2b" in page.text and not ResultFile.objects.exists()


def test_what_was_looked_at_is_kept_and_stands_marked_on_the_page(client, send, heron):
    send(harness_file())
    send(save="", sent=PromptFile.objects.get().token)
    text = client.get(f"/checkpoints/{heron.pk}/").text
    assert (
        f"5 automatic results of {heron} are kept." in text and '<span class="tag">automatic</span>' in text
    )
    assert "results_heron.json" in text and "(lower is better)" in text and "by rosa" in text
    assert AutomaticResult.objects.count() == 5 and not PromptFile.objects.exists()


def test_the_same_file_again_is_told_and_not_doubled(client, send, heron):
    for _ in range(2):
        page = send(harness_file())
        send(save="", sent=PromptFile.objects.get().token)
    assert "This file was imported already" in page.text and AutomaticResult.objects.count() == 5
    assert f"5 automatic results of {heron} were here already" in client.get(f"/checkpoints/{heron.pk}/").text


def test_a_file_of_something_else_is_refused_beside_the_form(send):
    page = send(b'{"results": "<b>none</b>"}')
    assert page.status_code == 422 and "has no `results` by task" in page.text
    assert not ResultFile.objects.exists() and not PromptFile.objects.exists()
    assert send().status_code == 422


def test_another_persons_file_cannot_be_saved(client, send, heron):
    send(harness_file())
    client.force_login(builders.researcher("olga"))
    assert send(save="", sent=PromptFile.objects.get().token).status_code == 404
