"""The client against a real server, and against one that is busy."""

import json
import random
import re
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from assay.api.client import AssayClient, AssayError, NotWholeError
from assay.api.client_commands import main
from assay.api.scopes import SCOPES
from assay.api.tokens import make_token
from tests import builders
from tests.processes import ROOT


@pytest.fixture
def token(transactional_db) -> str:
    return make_token(builders.researcher(), "pipeline", list(SCOPES), 1, None).secret


def example() -> str:
    return re.search(r"```python\n(.*?)```", (ROOT / "docs/api.md").read_text(), re.DOTALL).group(1)


def test_the_example_of_the_docs_runs_as_it_stands(live_server, token, tmp_path):
    prompts = tmp_path / "birds.jsonl"
    rows = [
        {
            "schema": "prompt/1",
            "id": key,
            "kind": "instruction",
            "turns": [{"role": "user", "content": f"Which bird is {key}?"}],
        }
        for key in ("b1", "b2")
    ]
    prompts.write_text("\n".join(map(json.dumps, rows)))
    responses = {}
    for name in ("ours", "theirs"):
        responses[name] = tmp_path / f"{name}.jsonl"
        lines = [
            {"schema": "response/1", "prompt_id": key, "turns": [f"{name}, {key}"]} for key in ("b1", "b2")
        ]
        responses[name].write_text("\n".join(map(json.dumps, lines)))
    names = {"url": live_server.url, "token": token, "prompts": prompts, "responses": responses}
    exec(example(), names)
    assert names["study"]["status"] == "collecting" and "/rate/join/" in names["link"]
    assert "only a draft can be locked" in names["told"]


def test_the_command_line_evaluates_and_says_what_is_wrong(live_server, token, capsys):
    version = builders.prompt_set(2)
    for name in ("heron", "plover"):
        builders.run(version, name)
    environment = {"ASSAY_URL": live_server.url, "ASSAY_TOKEN": token}
    names = ["--prompt-set", "everyday", "--candidate", "heron", "--baseline"]
    assert main(["evaluate", *names, "plover", "--slug", "spring"], environment) == 0
    assert json.loads(capsys.readouterr().out)["slug"] == "spring"
    assert main(["evaluate", *names, "owl"], environment) == 1
    assert "There is no checkpoint 'owl'" in capsys.readouterr().err
    assert main(["get", "/studies"], {}) == 2


class Scripted:
    """A real server that answers as told, one after the other, and remembers what it was asked."""

    def __init__(self, *answers: tuple[int, dict[str, str], dict]) -> None:
        self.answers, self.asked = list(answers), []
        scripted = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                scripted.asked.append(dict(self.headers))
                status, headers, body = scripted.answers.pop(0)
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(json.dumps(body).encode())

            do_GET = do_POST  # noqa: N815  the name that http.server calls

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"


def client_of(server: Scripted, **options) -> tuple[AssayClient, list[float]]:
    waits: list[float] = []
    chance = random.Random(0)
    return AssayClient(server.url, "assay_x", sleep=waits.append, chance=chance, **options), waits


def test_a_busy_server_is_asked_again_after_as_long_as_it_says():
    server = Scripted((429, {"Retry-After": "7"}, {}), (503, {}, {}), (200, {}, {"id": 1}))
    client, waits = client_of(server)
    assert client.post("/runs", {}) == {"id": 1}
    assert 7 <= waits[0] <= 7.5 and 0.5 <= waits[1] <= 1
    assert len({asked["Idempotency-Key"] for asked in server.asked}) == 1


def test_a_refusal_is_not_tried_again():
    server = Scripted((422, {"Content-Type": "application/problem+json"}, {"detail": "seed is wrong"}))
    client, waits = client_of(server)
    with pytest.raises(AssayError, match="422: seed is wrong"):
        client.post("/runs", {})
    assert waits == []


def test_patience_ends():
    client, waits = client_of(Scripted(*[(503, {}, {})] * 3), tries=3)
    with pytest.raises(AssayError):
        client.get("/runs")
    assert len(waits) == 2


def test_a_run_that_stands_still_is_not_waited_for():
    progress = {
        "run": {"present": 1, "wanted": 2},
        "under_way": False,
        "failures": [{"error": "out of memory"}],
    }
    client, _ = client_of(Scripted((200, {}, {**progress, "under_way": True}), (200, {}, progress)))
    with pytest.raises(NotWholeError, match="out of memory"):
        client.wait_for_run(1)


def test_a_folder_is_waited_for_until_a_worker_has_read_it():
    asked = {"id": 5, "name": "ours", "status": "waiting", "reason": "", "checkpoint": None}
    done = {**asked, "status": "done", "checkpoint": {"id": 9, "name": "ours"}}
    client, waits = client_of(Scripted((202, {}, asked), (200, {}, asked), (200, {}, done)))
    assert client.register_checkpoint("ours", "ours-2b")["id"] == 9 and waits == [2]
