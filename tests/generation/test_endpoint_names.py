"""Names and certificates: what a connection goes to is what was checked, and what answers is what was named."""

import socket
import ssl

import pytest
import trustme

from generation.endpoint_hosts import AllowedHosts
from generation.endpoint_urls import EndpointUrl
from generation.endpoints import Endpoint
from generation.registering_endpoints import register_endpoint
from tests import builders
from tests.generation.endpoint_server import EndpointServer
from tests.generation.endpoints import answered, failure_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def one(db):
    return builders.prompt_set(prompts=1)


@pytest.fixture
def resolver(monkeypatch):
    """Finds `heron.test` at the addresses that it is given, one for each time it is asked; the last stays."""
    addresses: list[str] = []
    real = socket.getaddrinfo

    def found(host, port, *args, **kwargs):
        if host != "heron.test":
            return real(host, port, *args, **kwargs)
        address = addresses.pop(0) if len(addresses) > 1 else addresses[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", found)
    return addresses


@pytest.fixture
def secure(tmp_path, monkeypatch):
    """A server with a certificate for `heron.test`, of an authority that is trusted here."""
    authority, tls = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    authority.issue_cert("heron.test").configure_cert(tls)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    with EndpointServer(tls).running() as running:
        yield running


def heron(url: str, settings, hosts: str):
    settings.ENDPOINT_HOSTS, settings.ENDPOINT_TRIES = AllowedHosts.parse(hosts.split()), 1
    return register_endpoint("heron", Endpoint(EndpointUrl.parse(url), "heron-large")).checkpoint


def test_a_name_is_asked_at_the_address_that_was_checked_and_told_its_name(server, one, settings, resolver):
    resolver += ["127.0.0.1", "192.0.2.1"]  # whoever looked twice would go elsewhere
    url = f"http://heron.test:{server.port}/v1"
    assert not answered(heron(url, settings, "heron.test 127.0.0.1"), one).missing.exists()
    assert server.asked[0].headers["Host"] == f"heron.test:{server.port}"


def test_a_name_that_has_come_to_lead_inwards_is_not_asked(server, settings, resolver):
    resolver += ["127.0.0.1", "127.0.0.2"]
    checkpoint = heron(f"http://heron.test:{server.port}/v1", settings, "heron.test 127.0.0.1")
    run = answered(checkpoint, builders.prompt_set(prompts=1, turns=2))
    assert "heron.test" in failure_of(run) and "leads to 127.0.0.2, which is no public address" in failure_of(
        run
    )
    assert len(server.asked) == 1


def test_localhost_may_be_asked_where_it_is_listed(server, one, settings):
    checkpoint = heron(f"http://localhost:{server.port}/v1", settings, "localhost")
    assert not answered(checkpoint, one).missing.exists()


def test_a_certificate_must_be_the_names_though_an_address_is_asked(secure, one, settings, resolver):
    resolver.append("127.0.0.1")
    checkpoint = heron(f"https://heron.test:{secure.port}/v1", settings, "heron.test 127.0.0.1")
    assert not answered(checkpoint, one).missing.exists()


def test_a_certificate_of_another_name_is_refused(secure, one, settings):
    checkpoint = heron(f"https://localhost:{secure.port}/v1", settings, "localhost")
    assert "certificate is not valid for 'localhost'" in failure_of(answered(checkpoint, one))
    assert secure.asked == []


def test_a_certificate_of_an_authority_that_is_not_trusted_is_refused(
    secure, one, settings, resolver, monkeypatch
):
    monkeypatch.delenv("SSL_CERT_FILE")
    resolver.append("127.0.0.1")
    checkpoint = heron(f"https://heron.test:{secure.port}/v1", settings, "heron.test 127.0.0.1")
    assert "certificate verify failed" in failure_of(answered(checkpoint, one))
    assert secure.asked == []
