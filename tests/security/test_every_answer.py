"""Every kind of answer, of every address that the URLconf knows, carries the whole set of headers."""

import pytest
from django.core.cache import cache
from django.test import Client

from tests.assay.headers import holds_all
from tests.assay.routes import routes

HSTS = "max-age=31536000; includeSubDomains; preload"


@pytest.fixture
def production(settings):
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    settings.ALLOWED_HOSTS = ["testserver"]
    return settings


@pytest.mark.parametrize("number", range(5), ids=["nobody", "rater", "other rater", "researcher", "staff"])
def test_all_addresses_answer_with_the_whole_set(people, production, number):
    users, arguments = people
    client, seen = Client(raise_request_exception=False), set()
    for route in routes(of_libraries=True):
        for method in ("get", "post"):
            if users[number] and "_auth_user_id" not in client.session:  # some addresses sign out
                client.force_login(users[number])
            answer = getattr(client, method)(route.address(arguments), secure=True)
            holds_all(answer)
            assert answer.headers["Strict-Transport-Security"] == HSTS, route.name
            assert answer.status_code < 500, route.name
            seen.add(answer.status_code)
    assert seen >= {200, 302, 404, 405}


@pytest.mark.parametrize(
    ("status", "send"),
    [
        (204, lambda client: report(client, '{"csp-report": {}}')),
        (301, lambda client: client.get("/studies", secure=True)),
        (400, lambda client: client.get("/", headers={"host": "elsewhere.example"}, secure=True)),
        (400, lambda client: report(client, "{")),
        (403, lambda client: client.post("/accounts/login/", secure=True)),
        (404, lambda client: client.get("/no/such/page/", secure=True)),
        (404, lambda client: client.get("/static/no-such-file.css", secure=True)),
        (405, lambda client: client.delete("/rate/return/", secure=True)),
        (413, lambda client: report(client, "[" + " " * 20_000)),
    ],
    ids=lambda value: str(value) if isinstance(value, int) else "",
)
def test_refusals_answer_with_the_whole_set(db, production, status, send):
    answer = send(Client(enforce_csrf_checks=status == 403))
    assert answer.status_code == status
    holds_all(answer)
    assert answer.headers["Strict-Transport-Security"] == HSTS


def report(client, body: str):
    return client.post("/policy-reports/", body, content_type="application/csp-report", secure=True)


def test_whoever_tries_too_often_is_told_with_the_whole_set(db, production):
    cache.clear()
    answers = [Client().post("/rate/return/", {"code": "R"}, secure=True) for _ in range(21)]
    cache.clear()
    assert answers[-1].status_code == 429
    holds_all(answers[-1])


def test_pages_are_kept_nowhere_and_the_api_by_its_client_alone(client, study, researcher):
    client.force_login(researcher)
    for address in ("/studies/", "/studies/autumn/", "/account/", "/prompts/set-of-autumn@1.csv"):
        assert "no-store" in client.get(address).headers["Cache-Control"]
    assert client.get("/api/v1/studies").headers["Cache-Control"] == "private, no-cache"
