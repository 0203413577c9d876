"""The client against a real server, and against one that is busy."""

import json
import random
import re
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from assay.accounts.models import User
from assay.api.client import AssayClient, AssayError, NotWholeError
from assay.api.client_commands import main
from assay.api.scopes import SCOPES
from assay.api.tokens import make_token
from assay.reports.live import fold
from raters.assignment import claim_next
from raters.models import Study
from raters.studies.copying import keep_as_template
from tests import builders
from tests.processes import ROOT
from tests.raters.working import say, work


@pytest.fixture
def token(transactional_db) -> str:
    return make_token(builders.researcher(), "pipeline", list(SCOPES), 1, None).secret


def examples() -> list[str]:
    return re.findall(r"```python\n(.*?)```", (ROOT / "docs/api.md").read_text(), re.DOTALL)


def test_the_examples_of_the_docs_run_as_they_stand(live_server, token, tmp_path):
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
    for name in ("ours", "theirs", "third"):
        responses[name] = tmp_path / f"{name}.jsonl"
        lines = [
            {"schema": "response/1", "prompt_id": key, "turns": [f"{name}, {key}"]} for key in ("b1", "b2")
        ]
        responses[name].write_text("\n".join(map(json.dumps, lines)))
    names = {"url": live_server.url, "token": token, "prompts": prompts, "responses": responses}
    first, planning, following, people = examples()
    exec(first, names)
    assert names["study"]["status"] == "collecting" and "/rate/join/" in names["link"]
    assert "only a draft can be locked" in names["told"]
    exec(planning, names)
    assert (names["looked_at"]["saved"], names["looked_at"]["filled"]) == (False, 2)
    assert (names["plan"]["judgments"], names["plan"]["prompts"]) == (8, 2)
    assert len(names["three"]["arms"]) == 3 and names["three"]["settings"]["pool"] == 12
    assert names["again"]["settings"]["pool"] == 12 and names["stricter"]["ratings_per_comparison"] == 5
    exec(following, names)
    assert (names["done"], names["moved_most"]) == (0, [])
    User.objects.filter(username="rosa").update(role="administrator")
    exec(people, names)
    assert "/join/" in names["link"] and names["invited"] == ["rosa"]
    assert names["roles"] == {"rosa": "administrator"}


def test_what_a_list_is_asked_by_goes_with_it(assay, db):
    run = builders.run(builders.prompt_set(3), "heron")
    assert [one["key"] for one in assay.prompts("everyday", 1, q="p0002")] == ["p0002"]
    assert [one["prompt"] for one in assay.responses(run.pk, q="p0001")] == ["p0001"]
    builders.study(slug="draft", prompts=2)
    Study.objects.update(status="draft")
    assert assay.check_draft("draft") == {"waits_for": "", "names": [], "leaning": []}


@pytest.fixture
def judged(token):
    """Ana prefers a everywhere; ben says b of the first prompt."""
    study = builders.study(prompts=4, ratings=2)
    list(work(builders.rater(study, "ana"), study))
    ben = builders.rater(study, "ben")
    while held := claim_next(ben, study):
        say(held, "b" if held.comparison.prompt.key == "p0000" else "a")
    fold(study)
    return study


@pytest.fixture
def assay(live_server, token):
    with AssayClient(live_server.url, token) as client:
        yield client


def test_a_study_is_followed_by_name(assay, judged):
    assert assay.study_progress("autumn")["judgments"] == 8
    assert len(list(assay.comparisons("autumn"))) == 4
    assert [one["prompt"] for one in assay.comparisons("autumn", votes="split")] == ["p0000"]
    assert [len(one["votes"]) for one in assay.comparisons("autumn", q="p0002")] == [2]
    assert len(list(assay.comparisons("autumn", limit=1))) == 4  # page by page
    with pytest.raises(AssayError, match="votes is 'both'; it is one of split, alike"):
        list(assay.comparisons("autumn", votes="both"))
    assert {one["pair"] for one in assay.quality("autumn")["influences"]} == {"Model 1 – Model 2"}
    assert assay.groups("autumn") == []


def test_a_study_is_planned_by_name(assay, judged):
    keep_as_template(judged, "Autumn birds", None)
    assert "safety" in {one["slug"] for one in assay.rubrics()}
    assert [one["name"] for one in assay.templates()] == ["Autumn birds"]
    few, many = (assay.power("set-of-autumn", ratings=ratings)["judgments"] for ratings in (1, 3))
    assert (few, many) == (4, 12) and assay.power(prompts=100)["prompts"] == 100


def test_a_pipeline_asks_before_and_follows_after_by_commands(live_server, judged, token, capsys):
    environment = {"ASSAY_URL": live_server.url, "ASSAY_TOKEN": token}

    def told(*arguments):
        assert main(arguments, environment) == 0
        return json.loads(capsys.readouterr().out)

    assert (
        told("power", "--prompt-set", "set-of-autumn", "--ratings", "2", "--candidates", "3")["judgments"]
        == 24
    )
    assert told("progress", "autumn")["judgments"] == 8
    assert [one["prompt"] for one in told("comparisons", "autumn", "votes=split", "q=p0000")] == ["p0000"]
    assert told("comparisons", "autumn", "votes=split", "q=p0001") == []
    assert main(["comparisons", "autumn", "study=winter"], environment) == 1
    assert "study is no parameter here" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        main(["comparisons", "autumn", "votes"], environment)


def test_what_a_run_would_take_is_asked_with_the_run_s_own_options():
    server = Scripted((200, {}, {"wanted": 8}))
    names = ["estimate-run", "heron", "--prompt-set", "everyday", "--max-new-tokens", "32", "--seed", "7"]
    assert main(names, {"ASSAY_URL": server.url, "ASSAY_TOKEN": "assay_x"}) == 0
    sampling = {"max_new_tokens": 32, "temperature": 0.0}
    asked = {"checkpoint": "heron", "prompt_set": "everyday", "sampling": sampling, "seed": 7, "samples": 1}
    assert server.bodies == [asked]


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
        self.answers, self.asked, self.bodies = list(answers), [], []
        scripted = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                scripted.bodies.append(json.loads(body or "null"))
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
