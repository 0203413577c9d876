"""What all answers share: pages by cursor, entity tags, limits, problems."""

import json

import pytest

from tests import builders

PROMPTS = "prompt-sets/set-of-autumn/versions/1/prompts"


def test_pages_by_cursor_give_each_row_once_and_in_order(api, db):
    builders.study(prompts=7)
    keys, after = [], ""
    while after is not None:
        page = api.get(f"{PROMPTS}?limit=3&after={after}").json()
        keys += [item["key"] for item in page["items"]]
        after = page["next"]
    assert keys == [f"p{n:04d}" for n in range(7)]


@pytest.mark.parametrize("cursor", ["x", "%00", "LTE", "é"])
def test_what_is_no_cursor_is_told(api, study, cursor):
    answer = api.get(f"{PROMPTS}?after={cursor}")
    assert answer.status_code == 422 and answer.json()["errors"][0]["field"] == "after"


def test_who_has_it_already_gets_304(api, study):
    first = api.get(PROMPTS)
    again = api.get(PROMPTS, **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert api.get("studies", **{"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_one_request_too_many_waits(api, study, settings):
    settings.API_REQUESTS_A_MINUTE = 3
    answers = [api.get("studies") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert (
        answers[0].headers["RateLimit-Remaining"] == "2" and 0 < int(answers[3].headers["Retry-After"]) <= 60
    )


@pytest.mark.parametrize(
    ("path", "status"),
    [("nothing/here", 404), ("studies/no-such", 404), ("runs/99999", 404), ("studies/a b", 422)],
)
def test_an_error_is_a_problem_and_no_page(api, db, path, status):
    answer = api.get(path)
    assert answer.status_code == status and answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == status and answer.json()["title"]


def test_every_wrong_field_is_named_at_once(api, study):
    answer = api.post("studies/autumn/invitations", {"uses": 0, "days": "x", "colour": 1})
    assert {one["field"] for one in answer.json()["errors"]} == {"uses", "days", "colour"}


@pytest.mark.parametrize("query", ["=false", "statsu=held", "limit=1&colour=red", "LIMIT=1"])
def test_a_parameter_that_is_not_known_is_named_with_those_that_are(api, study, query):
    answer = api.get(f"studies/autumn/comparisons?{query}")
    name = query.rpartition("&")[2].partition("=")[0]
    assert answer.status_code == 422 and [one["field"] for one in answer.json()["errors"]] == [name]
    assert answer.json()["errors"][0]["message"].endswith("known are after, category, kind, limit, status")


def test_a_parameter_where_none_is_known_is_refused_before_anything_is_written(api, study):
    answer = api.post("studies/autumn/invitations?uses=3", {"uses": 2})
    assert answer.status_code == 422 and "none is known" in answer.json()["detail"]
    assert not study.invitations.exists()


def test_who_sent_no_token_learns_no_parameters(client, db):
    assert client.get("/api/v1/studies?colour=red").status_code == 401


def test_a_method_that_is_not_there_says_which_are(api, db):
    answer = api.post("studies", method="delete")
    assert answer.status_code == 405 and "POST" in answer.headers["Allow"]


def test_a_body_that_is_no_json_is_told(client, api, study):
    answer = client.post("/api/v1/studies", "{", content_type="application/json", headers=api.headers({}))
    assert answer.status_code == 400 and json.loads(answer.content)["status"] == 400


def test_what_breaks_is_told_without_its_insides(api, study, monkeypatch, caplog):
    def broken(_):
        raise RuntimeError("password=hunter2")

    monkeypatch.setattr("assay.api.study_progress.progress_of", broken)
    answer = api.get("studies/autumn/progress")
    assert answer.status_code == 500 and "hunter2" not in answer.text and "hunter2" in caplog.text


def test_no_answer_is_kept_by_anybody_but_its_reader(api, study):
    headers = api.get("studies").headers
    assert headers["Cache-Control"] == "private, no-cache" and "Authorization" in headers["Vary"]
