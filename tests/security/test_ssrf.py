"""Where the server may be made to connect to: every spelling of an inner address is refused before a byte is sent."""

import socket

import pytest

from assay.evaluations.webhooks import NotDeliveredError, post
from generation.endpoint_hosts import AllowedHosts
from generation.endpoint_urls import EndpointUrl

SPELLINGS = [
    *("http://127.0.0.1", "http://2130706433", "http://0x7f000001", "http://0177.0.0.1", "http://127.1"),
    *("http://[::1]", "http://[::ffff:127.0.0.1]", "http://[::ffff:7f00:1]", "http://0.0.0.0", "http://[::]"),
    *("http://169.254.169.254", "http://[fd00:ec2::254]", "http://10.0.0.1", "http://192.168.0.1"),
    *("http://metadata.google.internal", "http://localhost", "http://localhost.", "http://127.0.0.1.nip.io"),
    *(
        "https://api.example.org@127.0.0.1",
        "https://127.0.0.1#@api.example.org",
        "https://api.example.org:22",
    ),
    *(
        "https://api.example.org.evil.net",
        "https://api.example.org%2eevil.net",
        "https://api.example.org\\@evil",
    ),
    *("file:///etc/passwd", "gopher://api.example.org", "ftp://api.example.org", "//api.example.org", ""),
]


@pytest.fixture
def nobody_connects(monkeypatch):
    def connects(*_args, **_options):
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket, "getaddrinfo", connects)
    monkeypatch.setattr(socket.socket, "connect", connects)


@pytest.mark.parametrize("address", SPELLINGS)
def test_no_spelling_of_another_address_passes_the_list(address):
    with pytest.raises(ValueError):
        AllowedHosts.parse(["api.example.org:443"]).check(EndpointUrl.parse(f"{address}/v1"))


@pytest.mark.parametrize("address", SPELLINGS)
def test_a_webhook_to_any_of_them_is_given_up_without_a_connection(settings, nobody_connects, address):
    settings.WEBHOOK_HOSTS = AllowedHosts.parse(["api.example.org:443"])
    with pytest.raises(NotDeliveredError) as refused:
        post(f"{address}/hook", "{}", message_id="1", key="k")
    assert refused.value.is_final


@pytest.mark.parametrize(
    "inner",
    [
        *("127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fe80::1", "::ffff:10.0.0.1"),
        *("64:ff9b::a9fe:a9fe", "2002:7f00:1::", "::7f00:1"),
    ],
)
def test_a_listed_name_that_comes_to_lead_inwards_gets_no_connection(settings, monkeypatch, inner):
    settings.WEBHOOK_HOSTS = AllowedHosts.parse(["api.example.org"])
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (inner, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: found)
    with pytest.raises(NotDeliveredError, match="no public address") as refused:
        post("https://api.example.org/hook", "{}", message_id="1", key="k")
    assert refused.value.is_final
