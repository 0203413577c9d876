"""No page changes anything for a request that another site made: a test for each address that the URLconf knows."""

import pytest
from django.test import Client
from django.urls import get_resolver

from assay.api.scopes import SCOPES
from assay.api.tokens import make_token
from tests.assay.routes import routes

UNSAFE = ("post", "put", "patch", "delete")
EXEMPT = {"policy_reports"}  # browsers send those by themselves; it reads no cookie


def sessions() -> list:
    return [route for route in routes(of_libraries=True) if not route.pattern.startswith("/api/")]


@pytest.mark.parametrize("number", [1, 3, 4], ids=["rater", "researcher", "staff"])
def test_every_unsafe_method_of_every_page_refuses_without_a_token(people, number):
    users, arguments = people
    client = Client(enforce_csrf_checks=True)
    client.force_login(users[number])
    let_through = set()
    for route in sessions():
        for method in UNSAFE:
            answer = getattr(client, method)(route.address(arguments))
            if answer.status_code != 403 or "403_csrf.html" not in [one.name for one in answer.templates]:
                let_through.add(route.name)
    assert let_through == EXEMPT


def test_a_token_of_another_site_or_another_session_is_none(client, researcher):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(researcher)
    strict.get("/accounts/password/change/")
    theirs = Client().get("/accounts/login/").cookies["csrftoken"].value
    assert strict.post("/prompts/add/", {"csrfmiddlewaretoken": theirs}).status_code == 403
    ours = strict.cookies["csrftoken"].value
    sent = {"csrfmiddlewaretoken": ours}
    elsewhere = {"origin": "https://evil.example"}
    assert strict.post("/prompts/add/", sent, headers=elsewhere).status_code == 403
    assert strict.post("/prompts/add/", sent).status_code != 403


def operations() -> list:
    return [route for route in routes() if set(route.methods) & {"POST", "PATCH", "PUT", "DELETE"}]


@pytest.mark.parametrize("route", operations(), ids=lambda route: route.name)
def test_a_session_opens_no_operation_of_the_api_and_a_token_needs_no_cookie(client, researcher, route):
    client.force_login(researcher)
    address, method = route.address({}), route.methods[0].lower()
    assert getattr(client, method)(address, content_type="application/json").status_code == 401
    secret = make_token(researcher, "t", list(SCOPES), 1, None).secret
    bare = Client(enforce_csrf_checks=True)
    answer = getattr(bare, method)(address, headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code not in {401, 403} and not answer.cookies


def test_nothing_but_the_api_and_the_reports_is_exempt():
    exempt = {
        pattern.name
        for pattern in get_resolver().url_patterns
        if getattr(getattr(pattern, "callback", None), "csrf_exempt", False)
    }
    assert exempt == EXEMPT
