"""What a run would take and what a file would become is told before anything is made."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from generation.models import Checkpoint, GenerationRun, ResultFile
from tests import builders
from tests.generation.conftest import engine_checkpoint
from tests.generation.harness_files import harness_file


@pytest.fixture
def version(db):
    return builders.prompt_set(3)


def test_a_run_is_estimated_and_not_made(api, version):
    engine_checkpoint("owl")
    asked = {"checkpoint": "owl", "prompt_set": "everyday", "sampling": {"max_new_tokens": 10}}
    told = api.post("runs/estimate", asked)
    assert told.status_code == 200, told.json()
    wanted = {"wanted": 3, "existing": 0, "to_generate": 3, "tokens": 30, "seconds": None}
    assert {name: told.json()[name] for name in wanted} == wanted
    assert not GenerationRun.objects.exists()
    senseless = api.post("runs/estimate", {**asked, "sampling": {"top_k": 4}})
    assert senseless.status_code == 422 and "at temperature 0" in senseless.json()["detail"]


@pytest.mark.parametrize("key", ["", "k1"])
def test_a_file_of_responses_is_looked_at_and_not_kept(api, version, key):
    rows = [{"schema": "response/1", "prompt_id": name, "turns": ["Yes."]} for name in ("p0000", "p9999")]
    sent = "\n".join(map(json.dumps, rows)).encode()
    address = "checkpoints/responses?prompt_set=everyday&checkpoint=owl"
    look = api.upload(f"{address}&dry_run=true", SimpleUploadedFile("r.jsonl", sent), key=key)
    told = look.json()
    assert (look.status_code, told["saved"], told["run"], told["filled"]) == (200, False, None, 1)
    assert [row["line"] for row in told["first_not_joined"]] == [2] and len(told["first_missing"]) == 2
    assert not Checkpoint.objects.exists() and not GenerationRun.objects.exists()
    kept = api.upload(address, SimpleUploadedFile("r.jsonl", sent))
    assert (kept.status_code, kept.json()["saved"]) == (201, True)
    assert kept.json()["run"] == GenerationRun.objects.get().pk


def test_a_file_of_results_is_looked_at_and_not_kept(api, version):
    owl = builders.run(version, "owl").checkpoint
    sent = harness_file()
    address = f"checkpoints/{owl.pk}/results"
    look = api.upload(f"{address}?dry_run=true", SimpleUploadedFile("results.json", sent))
    assert look.status_code == 200, look.json()
    assert (look.json()["saved"], look.json()["id"], len(look.json()["results"])) == (False, None, 5)
    assert not ResultFile.objects.exists()
    kept = api.upload(address, SimpleUploadedFile("results.json", sent)).json()
    assert (kept["saved"], kept["id"]) == (True, ResultFile.objects.get().pk)
