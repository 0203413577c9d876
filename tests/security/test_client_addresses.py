"""Limits go by the address from which a request came, which nobody but our own proxies can say for another."""

import pytest
from django.core.cache import cache
from django.test import Client, RequestFactory

from assay.accounts.client_address import client_address

NGINX = "10.0.0.2"


@pytest.fixture(autouse=True)
def none_tried_before(db):
    cache.clear()
    yield
    cache.clear()


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (0, "203.0.113.9", NGINX),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.1, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (2, "203.0.113.9", NGINX),
        (1, "", NGINX),
        (1, "unknown", NGINX),
        (1, "203.0.113.9\x00", NGINX),
        (1, "2001:DB8::9", "2001:db8::9"),
    ],
)
def test_only_what_a_proxy_of_ours_wrote_is_believed(settings, proxies, header, address):
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", headers={"X-Forwarded-For": header}, REMOTE_ADDR=NGINX)
    assert client_address(request) == address


def tries(proxies: int, headers: list[str], settings) -> list[int]:
    settings.TRUSTED_PROXIES = proxies
    client = Client(REMOTE_ADDR=NGINX)
    return [
        client.post("/rate/return/", {"code": "R"}, headers={"X-Forwarded-For": header}).status_code
        for header in headers
    ]


def test_without_a_proxy_of_ours_a_made_up_address_buys_no_more_tries(settings):
    assert tries(0, [f"203.0.113.{n}" for n in range(21)], settings)[-1] == 429


def test_behind_a_proxy_what_the_client_wrote_before_it_buys_none_either(settings):
    assert tries(1, [f"198.51.100.{n}, 203.0.113.9" for n in range(21)], settings)[-1] == 429


def test_behind_a_proxy_one_client_does_not_use_up_the_tries_of_another(settings):
    assert tries(1, ["203.0.113.9"] * 21, settings)[-1] == 429
    assert tries(1, ["203.0.113.10"], settings) == [422]


def test_the_api_counts_requests_without_a_token_in_the_same_way(settings):
    settings.TRUSTED_PROXIES, settings.API_REQUESTS_A_MINUTE = 1, 2
    client = Client(REMOTE_ADDR=NGINX)
    for address, expected in (("203.0.113.9", [401, 401, 429]), ("203.0.113.10", [401])):
        sent = {"X-Forwarded-For": f"198.51.100.7, {address}"}
        assert [client.get("/api/v1/studies", headers=sent).status_code for _ in expected] == expected
