"""Servers that are busy, down, broken or hostile: what is asked again, what is an answer, and what people are told."""

import socket
import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from django.utils import timezone

from generation.backends.endpoint import server as asking
from generation.endpoint_hosts import AllowedHosts
from generation.models import Response
from generation.runs import plan_run
from generation.sampling import Sampling
from tests import builders
from tests.generation.endpoint_server import EndpointServer, Said, chat, echo
from tests.generation.endpoints import answered, failure_of, heron, work_off_once

pytestmark = pytest.mark.django_db


def error(status: int, message: str = "Sorry.", **fields) -> Said:
    return Said(status, {"error": {"message": message, **fields}})


@pytest.fixture
def one(db):
    return builders.prompt_set(prompts=1)


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 502, 503, 529])
def test_a_server_that_is_busy_or_down_for_a_while_is_asked_again(server, one, status):
    server.script(error(status), error(status))
    run = answered(heron(server), one)
    assert len(server.asked) == 3 and not run.missing.exists()


def test_a_stated_wait_is_heeded(server, version):
    came: list[float] = []

    def first_is_too_much(asked):
        came.append(time.monotonic())
        return Said(429, {}, {"Retry-After": "0.3"}) if len(came) == 1 else echo(asked)

    server.answer = first_is_too_much
    run = answered(heron(server, concurrency=1), version)
    assert not run.missing.exists() and len(came) == 6
    assert came[1] - came[0] >= 0.3  # a bound that a slow machine cannot break


def test_a_wait_may_be_stated_as_a_date(server, one):
    past = format_datetime(datetime.now(UTC) - timedelta(hours=1))
    server.script(Said(503, {}, {"Retry-After": past}), Said(503, {}, {"Retry-After": "soon"}))
    assert not answered(heron(server), one).missing.exists()


@pytest.mark.parametrize(
    "absurd",
    [
        "Tue, 15 Nov 1994 12:45:26 +9999999999999",
        "Tue, 15 Nov 99999999999 12:45:26 GMT",
        "99999999999 99999999999 99999999999",
        "-5",
        "1e9",
    ],
)
def test_an_absurd_wait_is_as_none_at_all(server, one, absurd):
    server.script(Said(503, {}, {"Retry-After": absurd}))
    run = answered(heron(server), one)
    assert len(server.asked) == 2 and not run.missing.exists()


def test_a_long_wait_puts_the_chunk_back_for_as_long(server, one):
    server.script(Said(429, {}, {"Retry-After": "3600"}))
    run = answered(heron(server), one)
    assert "HTTP 429" in failure_of(run) and "asks to be left alone for 3600 s" in failure_of(run)
    assert run.chunks.get().not_before > timezone.now() + timedelta(minutes=59)
    assert len(server.asked) == 1


def test_a_server_that_stays_down_fails_the_chunk_and_is_told_with_host_and_status(server, one, settings):
    settings.ENDPOINT_TRIES = 3
    server.answer = lambda asked: error(500, "CUDA out of memory")
    told = failure_of(answered(heron(server), one))
    assert f"{server.host}: HTTP 500 (CUDA out of memory): it is busy or down; tried 3 times" in told
    assert len(server.asked) == 3 and not Response.objects.exists()


def test_one_prompt_that_gets_no_answer_does_not_hold_up_the_others(server, version):
    server.answer = lambda asked: error(500) if "prompt 0" in asked.text else echo(asked)
    run = answered(heron(server, concurrency=1), version)
    assert "1 prompts got no answer" in failure_of(run)
    assert [place.prompt.key for place in run.missing] == ["p0000"]


def test_a_server_that_answers_nobody_is_not_asked_for_every_prompt(server, settings):
    settings.ENDPOINT_TRIES = 1
    server.answer = lambda asked: error(503)
    run = answered(heron(server, concurrency=1), builders.prompt_set(prompts=16))
    assert "3 prompts got no answer" in failure_of(run)
    assert len(server.asked) <= 4  # one more may have begun before the third failure was seen


@pytest.mark.parametrize("status", [400, 403, 413, 422, 451])
def test_a_refusal_is_that_prompts_answer_and_holds_up_nobody(server, version, status):
    server.answer = lambda asked: error(status, "Not this.") if "prompt 1" in asked.text else echo(asked)
    run = answered(heron(server), version)
    assert run.chunks.get().status == "done" and not run.missing.exists()
    refused = run.items.get(prompt__key="p0001").response
    assert (refused.status, refused.finish_reason, refused.turns) == ("error", "error", [])
    told = f"{server.host}: HTTP {status} (Not this.): it refuses this prompt"
    assert refused.provenance["error"] == told
    assert Response.objects.filter(status="ok").count() == 4


def test_a_refusal_in_mid_conversation_keeps_what_was_said_before(server):
    server.script(chat("First."), error(400))
    refused = answered(heron(server), builders.prompt_set(prompts=1, turns=3)).items.get().response
    assert (refused.status, refused.turns, len(server.asked)) == ("error", ["First."], 2)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (error(401), "HTTP 401 (Sorry.): put a key that it accepts into HERON_KEY"),
        (error(402), "HTTP 402 (Sorry.): the account behind HERON_KEY cannot pay"),
        (
            error(404, "No such model"),
            "HTTP 404 (No such model): check the path, which usually ends in /v1, and",
        ),
        (error(400, "Unsupported", param="max_tokens"), "it does not take max_tokens as we send it"),
        (Said(405, b"<h1>No</h1>"), "HTTP 405 (<h1>No</h1>): check the path"),
        (Said(204, b""), "HTTP 204: expected 200 and a completion"),
    ],
)
def test_what_would_meet_every_prompt_alike_is_no_prompts_answer(server, version, said, told):
    server.answer = lambda asked: said
    assert told in failure_of(answered(heron(server, key_env="HERON_KEY"), version))
    assert not Response.objects.exists()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (Said(body=b'{"choices": [{"mess'), "HTTP 200, but its body is not JSON"),
        (Said(body=b"[" * 100_000), "HTTP 200, but its body is not JSON"),
        (Said(body=[1]), "its body has no choices"),
        (Said(body={"choices": []}), "its body has no choices"),
        (Said(body={"choices": [{"finish_reason": "stop"}]}), "its choice has no message"),
        (chat("Hello.", "abort"), "finish_reason is 'abort'; known are stop, "),
        (chat("Hello.", None), "finish_reason is None; known are stop, "),
        (chat(["Hello."]), "its choice holds no text"),
    ],
)
def test_an_answer_that_cannot_be_read_is_told_and_not_paid_for_again(server, one, said, told):
    server.answer = lambda asked: said
    assert told in failure_of(answered(heron(server), one))
    assert len(server.asked) == 1 and not Response.objects.exists()


def test_a_body_without_end_is_cut(server, one, monkeypatch):
    monkeypatch.setattr(asking, "LARGEST_BODY", 100_000)
    server.answer = lambda asked: Said(body=b"x" * 10_000_000)
    assert "its body goes on after 100,000 bytes" in failure_of(answered(heron(server), one))


def test_a_redirect_to_another_host_is_not_followed(server, one):
    with EndpointServer().running() as other:
        server.answer = lambda asked: Said(307, {}, {"Location": f"http://ann:hunter2@{other.host}/v1"})
        told = failure_of(answered(heron(server, key_env="HERON_KEY"), one))
        assert other.asked == []
    assert f"HTTP 307: it leads to {other.host}, and redirects are not followed" in told
    assert "hunter2" not in told


def test_silence_is_waited_for_so_long_and_no_longer(server, one, settings):
    settings.ENDPOINT_TIMEOUT_S, settings.ENDPOINT_TRIES = 0.05, 2
    heard = threading.Event()
    server.answer = lambda asked: Said(body=chat("Too late.").body, wait=lambda: heard.wait(30))
    told = failure_of(answered(heron(server), one))
    heard.set()
    assert "no whole answer within 0.05 s (ENDPOINT_TIMEOUT_S); tried 2 times" in told


def test_an_answer_that_only_drips_is_not_waited_for_any_longer(server, one, settings):
    settings.ENDPOINT_TIMEOUT_S, settings.ENDPOINT_TRIES = 0.1, 1
    server.answer = lambda asked: Said(body=b"{", drips=True)
    assert "no whole answer within 0.1 s" in failure_of(answered(heron(server), one))


def test_a_server_that_is_not_there_is_told(server, one, settings):
    checkpoint = heron(server)
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        checkpoint.uri = f"http://127.0.0.1:{unheard.getsockname()[1]}/v1"
        checkpoint.save()
        settings.ENDPOINT_HOSTS, settings.ENDPOINT_TRIES = AllowedHosts.parse(["127.0.0.1"]), 1
        assert "ConnectError" in failure_of(answered(checkpoint, one))


def test_a_host_that_is_no_longer_listed_is_not_asked(server, one, settings):
    run = plan_run(heron(server), one, Sampling())
    settings.ENDPOINT_HOSTS = AllowedHosts.parse(["api.example.org"])
    work_off_once()
    assert f"{server.host} is not among ENDPOINT_HOSTS (api.example.org)" in failure_of(run)
    assert server.asked == []


@pytest.mark.parametrize(
    ("key", "told"),
    [(None, "HERON_KEY is not set in this worker's environment"), ("sk-\n1", "HERON_KEY cannot be a key")],
)
def test_a_key_that_is_missing_or_none_is_told_by_its_name(server, one, settings, key, told):
    settings.ENDPOINT_KEYS = {"HERON_KEY": key} if key else {}
    assert told in failure_of(answered(heron(server, key_env="HERON_KEY"), one))
    assert server.asked == []
