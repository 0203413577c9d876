"""Runs, checkpoints and responses are added, started, stopped and removed on pages, with the commands' own messages."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from generation.endpoint_hosts import AllowedHosts
from generation.models import Checkpoint, GenerationRun, Registration, Response
from tests import builders
from tests.generation.conftest import engine_checkpoint
from tests.generation.response_files import response1


@pytest.fixture
def version(db):
    return builders.prompt_set(3)


@pytest.fixture
def post(client, researcher):
    client.force_login(researcher)
    return lambda name, data, *arguments: client.post(
        reverse(f"dashboards:{name}", args=arguments), data, follow=True
    )


@pytest.fixture
def wanted(version):
    sampling = {"max_new_tokens": 20, "temperature": 0, "top_p": 1, "top_k": 0, "seed": 0, "samples": 1}
    return {"checkpoint": engine_checkpoint("owl").pk, "prompt_set": version.pk, **sampling}


def test_a_run_is_looked_at_before_it_is_started(post, wanted):
    text = post("new_run", wanted).text
    assert "Tokens, at most</dt><dd>60" in text and "unknown" in text
    assert not GenerationRun.objects.exists()
    assert "owl over everyday@1" in post("new_run", wanted | {"start": ""}).text
    assert GenerationRun.objects.get().chunks.get().status == "queued"


def test_what_cannot_be_drawn_is_refused_as_the_command_refuses_it(post, wanted):
    assert "at temperature 0 nothing is drawn" in post("new_run", wanted | {"top_k": 5, "start": ""}).text
    assert (
        "all samples of a prompt are the same" in post("new_run", wanted | {"samples": 2, "start": ""}).text
    )
    assert not GenerationRun.objects.exists()


def test_a_run_is_stopped_and_tried_again(post, wanted):
    post("new_run", wanted | {"start": ""})
    run = GenerationRun.objects.get()
    assert "1 chunks were stopped" in post("steer_run", {"act": "stop"}, run.pk).text
    assert "has nothing left to stop" in post("steer_run", {"act": "stop"}, run.pk).text
    assert "1 chunks are tried again" in post("steer_run", {"act": "retry"}, run.pk).text
    assert run.chunks.get().status == "queued"
    assert post("steer_run", {"act": "burn"}, run.pk).status_code == 404


def a_file(version, rows=3):
    prompts = version.prompts.order_by("position")[:rows]
    lines = [json.dumps(response1(one.key, f"Answer {one.key}")) for one in prompts]
    return SimpleUploadedFile("answers.jsonl", "\n".join(lines).encode())


def test_a_file_of_responses_is_looked_at_then_saved(post, client, version):
    sent = {"prompt_set": version.pk, "checkpoint": "gull", "file": a_file(version, rows=2)}
    look = post("import_responses", sent)
    assert "Places filled</dt><dd>2" in look.text and "p0002" in look.text
    assert not Response.objects.exists() and not Checkpoint.objects.exists()
    token = look.context["look"].file.token
    again = {"prompt_set": version.pk, "checkpoint": "gull", "sent": token, "save": ""}
    assert "2 places of gull over everyday@1 were filled" in post("import_responses", again).text
    assert Response.objects.count() == 2


def test_a_file_that_joins_nothing_is_refused_in_the_commands_words(post, version):
    file = SimpleUploadedFile("answers.jsonl", json.dumps(response1("nobody", "Hello")).encode())
    sent = {"prompt_set": version.pk, "checkpoint": "gull", "file": file}
    assert "none of its 1 responses answers a prompt" in post("import_responses", sent).text
    assert "This field is required" in post("import_responses", sent | {"file": ""}).text


def test_a_worker_looks_at_a_folder_and_an_endpoint_is_shown_at_once(post, settings, tmp_path):
    settings.CHECKPOINT_ROOTS = [tmp_path]
    (tmp_path / "owl").mkdir()
    text = post("new_checkpoint", {"name": "owl", "uri": str(tmp_path / "owl")}).text
    assert "A worker reads owl now" in text and Registration.objects.get().only_look
    settings.ENDPOINT_HOSTS = AllowedHosts.parse(["models.example.org"])
    asked = {"name": "theirs", "uri": "https://models.example.org/v1", "stop": "###"}
    text = post("new_checkpoint", asked).text
    assert "<dt>Model</dt><dd>theirs</dd>" in text and "&#x27;###&#x27;" in text
    assert not Checkpoint.objects.exists()
    assert "theirs is registered" in post("new_checkpoint", asked | {"save": ""}).text
    assert Checkpoint.objects.get().source == "endpoint"


def test_what_a_worker_found_is_shown_and_registered_when_somebody_says_so(post, client, monkeypatch):
    found = {
        "source": "engine",
        "uri": "/owl",
        "digest": "d" * 64,
        "family": "recurrentgemma",
        "description": {"parameters": 2500, "dtype": "float32", "chat_format": "gemma", "stop_ids": [1, 107]},
        "licence": "MIT",
        "licence_from": "readme",
    }
    asked = Registration.objects.create(
        name="owl", uri="/owl", dtype="float32", only_look=True, status="seen", found=found
    )
    text = client.get(reverse("dashboards:registration", args=[asked.pk])).text
    for name, value in (
        ("Parameters", "2,500"),
        ("Tokens that end a reply", "1, 107"),
        ("Chat format", "gemma"),
    ):
        assert f"<dt>{name}</dt><dd>{value}</dd>" in text
    assert "MIT (as its README.md says)" in text and not Checkpoint.objects.exists()
    assert "A worker registers owl now." in post("registration", {}, asked.pk).text
    asked.refresh_from_db()
    assert (asked.status, asked.only_look, asked.asked_by.username) == ("waiting", False, "rosa")
    assert "does not wait to be registered" in post("registration", {}, asked.pk).text


def test_what_is_wrong_with_a_checkpoint_stands_beside_its_field(post):
    answer = post("new_checkpoint", {"name": "owl", "uri": "/owl", "model": "owl-7b"})
    assert answer.status_code == 422
    assert "model is for an endpoint" in answer.context["form"].errors["model"][0]


def test_a_run_in_a_study_shows_what_depends_on_it_and_can_only_be_archived(post, client, study):
    run = study.arms.first().run
    address = reverse("dashboards:remove_run", args=[run.pk])
    page = client.get(address).text
    assert "1 study arm" in page and "study arms" not in page and "Delete it" not in page
    assert "(candidate)" not in page  # which part it has in a study that may be blind
    assert "archive it instead" in post("remove_run", {"act": "delete"}, run.pk).text
    assert f"Run {run.pk}<" not in post("remove_run", {"act": "archive"}, run.pk).text
    assert f"Run {run.pk}<" in client.get(reverse("dashboards:runs") + "?archived").text


def test_a_checkpoint_that_nothing_needs_is_deleted(post, db):
    owl = engine_checkpoint("owl")
    assert "owl is deleted" in post("remove_checkpoint", {"act": "delete"}, owl.pk).text
    assert not Checkpoint.objects.exists()
