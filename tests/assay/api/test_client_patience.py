"""How the client asks a server that is busy, away, slow or gone half-way; none of it over a network."""

import random

import httpx
import pytest

from assay.api.client import AssayClient
from assay.api.client_answers import AssayError, NotWholeError


class Line:
    """A server that gives these answers, one after the other, and keeps what it was asked."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers, self.asked, self.waits = list(answers), [], []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def client(self, **options) -> AssayClient:
        given = {"sleep": self.waits.append, "chance": random.Random(1), **options}
        return AssayClient(
            "https://assay.example.org/", "assay_x", transport=httpx.MockTransport(self), **given
        )


def ok(body: object, status: int = 200) -> httpx.Response:
    return httpx.Response(status, json=body)


def page(items: list[int], following: str | None) -> httpx.Response:
    return ok({"items": items, "next": following})


AWAY = httpx.ConnectError("connection refused")


def test_a_server_that_is_away_is_asked_again_and_the_last_error_told():
    line = Line(AWAY, AWAY, ok({"id": 1}))
    assert line.client().get("/runs/1") == {"id": 1} and len(line.waits) == 2
    with pytest.raises(httpx.ConnectError):
        Line(AWAY, AWAY).client(tries=2).get("/runs/1")


def test_pauses_double_up_to_half_a_minute_and_differ_by_chance():
    line = Line(*[httpx.Response(503)] * 9, ok({}))
    line.client(tries=10).get("/runs")
    longest = [0.5, 1, 2, 4, 8, 16, 30, 30, 30]
    assert all(most / 2 <= wait <= most for wait, most in zip(line.waits, longest, strict=True))
    assert len(set(line.waits)) == 9


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_what_a_busy_server_says_is_tried_again(status):
    line = Line(httpx.Response(status), ok({"id": 1}))
    assert line.client().get("/runs/1") == {"id": 1}


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 500])
def test_anything_else_is_an_answer(status):
    line = Line(httpx.Response(status))
    with pytest.raises(AssayError) as told:
        line.client().get("/runs/1")
    assert told.value.status == status and line.waits == []


def test_a_time_that_is_no_number_of_seconds_is_not_waited_for():
    line = Line(httpx.Response(503, headers={"Retry-After": "Mon, 30 Nov 2026 22:00:00 GMT"}), ok({}))
    line.client().get("/runs")
    assert 0.25 <= line.waits[0] <= 0.5


def test_every_write_has_a_key_of_its_own_which_its_repeats_keep_and_reading_has_none():
    line = Line(AWAY, ok({}), ok({}), ok({}), ok({}))
    client = line.client()
    client.post("/runs", {"seed": 1})
    client.put("/series/herons", {})
    client.post("/runs", {"seed": 2}, key="nightly-7")
    client.get("/runs")
    keys = [request.headers.get("Idempotency-Key") for request in line.asked]
    assert keys[0] == keys[1] != keys[2] and keys[3:] == ["nightly-7", None]


def test_it_asks_below_the_sites_address_with_its_token_and_leaves_out_what_is_not_said():
    line = Line(ok({}))
    line.client().get("/runs", limit=5, after=None)
    [request] = line.asked
    assert str(request.url) == "https://assay.example.org/api/v1/runs?limit=5"
    assert request.headers["Authorization"] == "Bearer assay_x"


def test_a_list_is_read_to_its_end_or_from_where_one_is():
    line = Line(page([1, 2], "c2"), page([], "c4"), page([5], None), page([9], None))
    client = line.client()
    assert list(client.pages("/runs", limit=2)) == [1, 2, 5]
    assert [dict(request.url.params) for request in line.asked] == [
        {"limit": "2"},
        {"limit": "2", "after": "c2"},
        {"limit": "2", "after": "c4"},
    ]
    assert list(client.pages("/runs", after="c8")) == [9]
    assert dict(line.asked[-1].url.params) == {"after": "c8"}


def test_a_refusal_without_a_reason_says_at_least_what_it_is():
    with pytest.raises(AssayError, match="404: Not Found"):
        Line(httpx.Response(404, text="<html>")).client().get("/runs/1")
    with pytest.raises(AssayError, match="409: no reason given"):
        Line(httpx.Response(409, json={})).client().get("/runs/1")


def asked(status: str, error: str = "") -> httpx.Response:
    return ok({"token": "t", "status": status, "error": error})


def test_an_export_is_waited_for_and_written_whole(tmp_path):
    line = Line(
        asked("queued"),
        asked("queued"),
        asked("working"),
        asked("done"),
        httpx.Response(200, content=b"rows"),
    )
    to = tmp_path / "judgments.csv"
    line.client().export("autumn", "judgments", "csv", to, counted=True)
    assert to.read_bytes() == b"rows" and [path.name for path in tmp_path.iterdir()] == ["judgments.csv"]
    assert line.waits == [1, 1] and line.asked[-1].url.path == "/api/v1/exports/t/file"
    assert b'"filters":{"counted":true}' in line.asked[0].content


@pytest.mark.parametrize(
    ("status", "error", "told"),
    [("failed", "no space left", "no space left"), ("cancelled", "", "the export is cancelled")],
)
def test_one_that_is_not_made_is_not_waited_for(tmp_path, status, error, told):
    with pytest.raises(NotWholeError, match=told):
        Line(asked("queued"), asked(status, error)).client().export(
            "autumn", "card", "json", tmp_path / "card.json"
        )
    assert not list(tmp_path.iterdir())


def cut_off():
    yield b"half a "
    raise httpx.ReadError("connection reset")


@pytest.mark.parametrize("answer", [httpx.Response(404), httpx.Response(200, content=cut_off())])
def test_a_file_that_does_not_come_whole_leaves_what_lay_there_before(tmp_path, answer):
    to = tmp_path / "judgments.csv"
    to.write_bytes(b"yesterday's")
    with pytest.raises((AssayError, httpx.ReadError)):
        Line(asked("queued"), asked("done"), answer).client().export("autumn", "judgments", "csv", to)
    assert to.read_bytes() == b"yesterday's" and list(tmp_path.iterdir()) == [to]
