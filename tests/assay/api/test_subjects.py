"""Each subject of the API, through the functions that pages and commands use, with the same words."""

import json
from collections import Counter

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from ninja import Schema

from assay.accounts.models import AuditEvent
from assay.evaluations.tasks import sweep
from generation.asked import work_off_one
from generation.endpoint_hosts import AllowedHosts
from generation.models import Checkpoint, Chunk, GenerationRun, Registration
from promptsets.models import PromptSet
from raters.models import Study
from tests import builders
from tests.generation.conftest import tiny_folder

__all__ = ["tiny_folder"]  # the fixture

ROW = '{"schema": "prompt/1", "id": "%s", "kind": "instruction", "turns": [{"role": "user", "content": "%s"}]}\n'
PROMPTS = (ROW % ("b1", "Which bird?") + ROW % ("b2", "Why does it sing?")).encode()


def file(content: bytes = PROMPTS, name: str = "birds.jsonl") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def schemas(of: type = Schema) -> set[type]:
    return {one for each in of.__subclasses__() for one in (each, *schemas(each))}


def test_no_two_answers_are_described_under_one_name():
    """Of two that are called alike the API's description keeps one, and says of the other what is not so."""
    ours = {one for one in schemas() if one.__module__.startswith("assay.api") and "[" not in one.__name__}
    assert [name for name, n in Counter(one.__name__ for one in ours).items() if n > 1] == []


def test_a_dry_run_reads_everything_and_saves_nothing(api, db):
    told = api.upload("prompt-sets?slug=birds&dry_run=true", file()).json()
    assert (told["saved"], told["prompts"]) == (False, 2) and "birds@1" in told["told"]
    assert not PromptSet.objects.exists()


def test_an_upload_becomes_a_version_and_again_changes_nothing(api, db):
    made = api.upload("prompt-sets?slug=birds", file())
    assert made.status_code == 201 and made.json()["version"]["name"] == "birds@1"
    assert api.upload("prompt-sets?slug=birds", file()).status_code == 200
    assert api.get("prompt-sets/birds").json()["latest"] == 1
    assert AuditEvent.objects.get(action="promptset.imported").actor.username == "rosa"


def test_a_bad_file_is_refused_with_line_and_field(api, db):
    answer = api.upload("prompt-sets?slug=birds", file(PROMPTS.replace(b"b2", b"b1")))
    error = answer.json()["errors"][0]
    assert answer.status_code == 422 and error["line"] == 2 and error["field"] == "id"


def test_responses_are_imported_as_by_the_command(api, db):
    api.upload("prompt-sets?slug=birds", file())
    rows = [{"schema": "response/1", "prompt_id": key, "turns": ["A heron."]} for key in ("b1", "b2", "b9")]
    sent = "\n".join(map(json.dumps, rows)).encode()
    address = "checkpoints/responses?prompt_set=birds&checkpoint=ours"
    first, again = (api.upload(address, file(sent, "r.jsonl")) for _ in range(2))
    told = first.json()
    assert (told["rows"], told["filled"], told["not_joined"], told["missing"]) == (3, 2, 1, 0)
    assert (first.status_code, again.status_code) == (201, 200)


def test_an_endpoint_is_registered_at_once_and_its_options_are_checked(api, db, settings):
    from generation.endpoint_hosts import AllowedHosts

    settings.ENDPOINT_HOSTS = AllowedHosts.parse(["api.example.org"])
    body = {"name": "theirs", "uri": "https://api.example.org/v1", "model": "theirs-7b"}
    assert api.post("checkpoints", body).status_code == 201
    again = api.post("checkpoints", {**body, "licence": "Apache-2.0"})
    told = again.json()
    assert (again.status_code, told["licence"], told["licence_from"]) == (200, "Apache-2.0", "told")
    wrong = api.post("checkpoints", {**body, "dtype": "float32"})
    assert wrong.json()["errors"][0]["field"] == "dtype" and "is for a folder" in wrong.json()["detail"]


def test_a_folder_waits_for_a_worker_which_says_what_became_of_it(api, db, settings, tmp_path):
    settings.CHECKPOINT_ROOTS = [tmp_path]
    (tmp_path / "empty").mkdir()
    answer = api.post("checkpoints", {"name": "ours", "uri": str(tmp_path / "empty")})
    where = answer.headers["Location"].removeprefix("/api/v1/")
    assert answer.status_code == 202 and api.get(where).json()["status"] == "waiting"
    assert work_off_one() is True and work_off_one() is False
    told = api.get(where).json()
    assert told["status"] == "refused" and told["reason"] and told["checkpoint"] is None


def test_a_dry_run_tells_what_would_be_registered(api, db, settings, tiny_folder):
    answer = api.post("checkpoints?dry_run=true", {"name": "tiny", "uri": str(tiny_folder)})
    assert answer.status_code == 202 and work_off_one()
    told = api.get(answer.headers["Location"].removeprefix("/api/v1/")).json()
    assert (told["status"], told["checkpoint"]) == ("seen", None)
    assert told["found"]["family"] == "recurrentgemma" and told["found"]["description"]["stop_ids"]
    settings.ENDPOINT_HOSTS = AllowedHosts.parse(["models.example.org"])
    endpoint = {"name": "theirs", "uri": "https://models.example.org/v1"}
    answer = api.post("checkpoints?dry_run=true", endpoint)
    assert (answer.status_code, answer.json()["id"]) == (200, None)
    assert answer.json()["description"]["model"] == "theirs" and not Checkpoint.objects.exists()


def test_a_folder_outside_the_roots_is_refused_at_once(api, db):
    assert api.post("checkpoints", {"name": "ours", "uri": "/etc"}).status_code == 422
    assert not Registration.objects.exists()


def test_an_address_elsewhere_is_taken_where_the_operator_allows_it(api, db, settings):
    asked = {"name": "ours", "uri": "gs://weights/heron-100"}
    assert "CHECKPOINT_PLACES" in api.post("checkpoints", asked).json()["detail"]
    settings.CHECKPOINT_PLACES = ["gs://weights"]
    assert api.post("checkpoints", asked).status_code == 202


@pytest.fixture
def run(db) -> GenerationRun:
    run = builders.run(builders.prompt_set(2), "heron")
    items = list(run.items.values_list("pk", flat=True))
    run.items.update(response=None)
    Chunk.objects.create(run=run, number=0, item_ids=items)
    return run


def test_a_run_is_stopped_and_tried_again(api, run):
    assert api.get(f"runs/{run.pk}/progress").json()["under_way"] is True
    assert api.post(f"runs/{run.pk}/stop").json() == {"run": run.pk, "chunks": 1}
    progress = api.get(f"runs/{run.pk}/progress").json()
    assert progress["under_way"] is False and progress["failures"][0]["error"] == "stopped"
    assert api.post(f"runs/{run.pk}/retry").json()["chunks"] == 1
    assert Chunk.objects.get().status == "queued" and api.post(f"runs/{run.pk}/retry").status_code == 422


def test_a_run_of_an_unknown_checkpoint_names_the_known_ones(api, run):
    answer = api.post("runs", {"checkpoint": "owl", "prompt_set": "everyday"})
    assert answer.json()["errors"][0]["field"] == "checkpoint" and "heron" in answer.json()["detail"]


def test_sampling_that_makes_no_sense_is_told_in_the_commands_words(api, run):
    body = {"checkpoint": "heron", "prompt_set": "everyday", "sampling": {"top_k": 4}}
    assert "at temperature 0 nothing is drawn" in api.post("runs", body).json()["detail"]


def test_places_without_a_response_are_listed_too(api, run):
    items = api.get(f"runs/{run.pk}/responses").json()["items"]
    assert [item["status"] for item in items] == [None, None] and items[0]["turns"] == []


def test_a_study_goes_from_two_runs_to_its_end(api, db):
    version = builders.prompt_set(3)
    pair = {"candidate": builders.run(version, "heron").pk, "baseline": builders.run(version, "plover").pk}
    made = api.post("studies", {**pair, "slug": "spring", "ratings": 2})
    assert made.status_code == 201 and made.json()["status"] == "draft"
    settled = api.post("studies/spring/settings", {"settings": {"gold_every": 7}}, method="patch")
    assert settled.json()["settings"]["gold_every"] == 7
    steps = ["lock", "pause", "start", "finish"]
    statuses = [api.post(f"studies/spring/{name}").json()["status"] for name in steps]
    assert statuses == ["collecting", "paused", "collecting", "closed"]
    assert "is closed" in api.post("studies/spring/start").json()["detail"]


def test_a_study_that_cannot_be_is_refused_as_on_its_page(api, db):
    run = builders.run(builders.prompt_set(3), "heron")
    answer = api.post("studies", {"candidate": run.pk, "baseline": run.pk})
    assert answer.json()["errors"][0]["field"] == "baseline" and "as well" in answer.json()["detail"]
    assert not Study.objects.exists()


@pytest.mark.parametrize(
    ("settings", "field"),
    [({"gold_every": "often"}, "gold_every"), ({"exclusion_rules": {"charm": 1}}, "exclusion_rules")],
)
def test_a_setting_that_makes_no_sense_is_named(api, study, settings, field):
    Study.objects.update(status="draft")
    answer = api.post("studies/autumn/settings", {"settings": settings}, method="patch")
    assert answer.status_code == 422 and answer.json()["errors"][0]["field"] == field


def test_a_locked_design_is_not_settled(api, study):
    answer = api.post("studies/autumn/settings", {"settings": {"gold_every": 7}}, method="patch")
    assert "locked design is not edited" in answer.json()["detail"]


def test_a_report_is_asked_for_and_a_worker_writes_it(api, study):
    asked = api.post("studies/autumn/reports")
    where = asked.headers["Location"].removeprefix("/api/v1/")
    assert asked.status_code == 202 and api.get(where).json()["report"] is None
    sweep()
    report = api.get(where).json()["report"]
    assert api.get(f"reports/{report}").json()["study"] == "autumn"
    assert [row["id"] for row in api.get("studies/autumn/reports").json()["items"]] == [report]


def test_others_studies_are_not_there(api, api_of, db):
    version = builders.prompt_set(3)
    pair = {"candidate": builders.run(version, "heron").pk, "baseline": builders.run(version, "plover").pk}
    api.post("studies", {**pair, "slug": "mine"})
    other = api_of(builders.researcher("ruth"))
    assert other.get("studies/mine").status_code == other.post("studies/mine/lock").status_code == 404
    assert other.get("studies").json()["items"] == []
    api.post("studies/mine/members", {"user": "ruth", "role": "viewer"})
    assert other.get("studies/mine").status_code == 200
    assert other.post("studies/mine/lock").status_code == 404
