"""Which hosts an endpoint may have, and to which addresses their names may lead."""

from ipaddress import ip_address

import pytest
from django.core.exceptions import ImproperlyConfigured

from assay.environment import Environment
from generation.endpoint_hosts import AllowedHosts
from generation.endpoint_urls import EndpointUrl


def check(entries: str, url: str) -> None:
    AllowedHosts.parse(entries.split()).check(EndpointUrl.parse(url))


def check_address(entries: str, url: str, address: str) -> None:
    AllowedHosts.parse(entries.split()).check_address(EndpointUrl.parse(url), ip_address(address))


@pytest.mark.parametrize(
    ("entries", "url"),
    [
        ("api.example.org", "https://API.example.org/v1"),
        ("api.example.org:443", "https://api.example.org/v1"),
        ("other vllm:8000", "http://vllm:8000/v1"),
        ("10.0.0.7", "http://10.0.0.7:8000/v1"),
        ("10.0.0.0/8:8000", "http://10.1.2.3:8000/v1"),
        ("::1", "http://[::1]:8000/v1"),
        ("[::1]:8000", "http://[::1]:8000/v1"),
    ],
)
def test_a_listed_host_may_be_asked(entries, url):
    check(entries, url)


@pytest.mark.parametrize(
    ("entries", "url"),
    [
        ("", "https://api.example.org/v1"),
        ("api.example.org", "https://example.org/v1"),
        ("example.org", "https://api.example.org/v1"),
        ("example.org", "https://example.org.evil.net/v1"),
        ("vllm:8000", "http://vllm:8001/v1"),
        ("localhost", "http://2130706433/v1"),
        ("10.0.0.0/8", "http://11.0.0.1/v1"),
        ("127.0.0.1", "http://localhost/v1"),
    ],
)
def test_any_other_host_is_refused_with_what_would_be_right(entries, url):
    with pytest.raises(ValueError, match=r"is not among ENDPOINT_HOSTS \(.+\); add it there"):
        check(entries, url)


@pytest.mark.parametrize(
    ("entries", "url", "address"),
    [
        ("api.example.org", "https://api.example.org/v1", "93.184.215.14"),
        ("localhost", "http://localhost:8000/v1", "127.0.0.1"),
        ("vllm:8000 172.18.0.0/16", "http://vllm:8000/v1", "172.18.0.5"),
        ("vllm 10.0.0.7", "http://vllm/v1", "::ffff:10.0.0.7"),
        ("fe80::/10 box", "http://box/v1", "fe80::1"),
        ("api.example.org", "https://api.example.org/v1", "2606:4700::6810:84e5"),
        ("api.example.org", "https://api.example.org/v1", "::ffff:93.184.215.14"),
        ("api.example.org", "https://api.example.org/v1", "64:ff9b::5db8:d70e"),  # the same, behind NAT64
        ("api.example.org", "https://api.example.org/v1", "2002:5db8:d70e::1"),  # the same by 6to4
        ("api.example.org", "https://api.example.org/v1", "2a00::200:5efe:5db8:d70e"),  # the same by ISATAP
        ("api.example.org 64:ff9b::a00:7", "https://api.example.org/v1", "64:ff9b::a00:7"),
    ],
)
def test_a_name_may_lead_to_public_and_to_listed_addresses(entries, url, address):
    check_address(entries, url, address)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.7", "169.254.169.254", "0.0.0.0", "224.0.0.1", "::1", "fd00::1"),
        *("::ffff:10.0.0.7", "::ffff:169.254.169.254"),
        *("64:ff9b::a9fe:a9fe", "64:ff9b::7f00:1", "64:ff9b::a00:8", "64:ff9b::e000:1"),  # by NAT64
        *("64:ff9b:1::a9fe:a9fe", "64:ff9b:1::808:808"),  # by a NAT64 of the network's own
        *("2002:7f00:1::", "2002:a9fe:a9fe::1", "2002:a00:7::"),  # by 6to4
        *("::7f00:1", "::a9fe:a9fe", "::ffff:0:7f00:1"),  # older spellings of IPv4
        "2001:0:a9fe:a9fe::",  # by Teredo's server
        "2001:0:4136:e378:8000:63bf:5601:5601",  # by its client, 169.254.169.254 with all bits turned
        *("2001:db9::5efe:a9fe:a9fe", "2a00::200:5efe:7f00:1", "2002:808:808::5efe:a00:7"),  # by ISATAP
        *("fec0::1", "ff0e::1", "4000::1"),
    ],
)
def test_a_listed_name_that_leads_inwards_is_refused(address):
    with pytest.raises(ValueError, match=r"api.example.org leads to .+, which is no public address"):
        check_address("api.example.org 10.0.0.8", "https://api.example.org/v1", address)


def test_in_the_clear_a_public_address_is_asked_only_if_it_is_listed_itself():
    url, address = "http://api.example.org/v1", "93.184.215.14"
    with pytest.raises(ValueError, match=r"give it as https://, or add 93.184.215.14"):
        check_address("api.example.org", url, address)
    check_address(f"api.example.org {address}", url, address)


@pytest.mark.parametrize(
    "entry",
    [
        "https://host",
        "*",
        "host:0",
        "host:70000",
        "host:http",
        "a b",
        "10.0.0.1/8",
        "2130706433",
        "[host]",
        "a/b",
    ],
)
def test_nonsense_stops_the_start_and_names_the_variable(monkeypatch, tmp_path, entry):
    monkeypatch.setenv("ENDPOINT_HOSTS", f"api.example.org,{entry}")
    with pytest.raises(ImproperlyConfigured, match=r"^ENDPOINT_HOSTS: .* is no host: expected name"):
        Environment(tmp_path / ".env").hosts("ENDPOINT_HOSTS")


def test_keys_are_the_variables_that_are_called_so(monkeypatch, tmp_path):
    for name in ("HERON_KEY", "PLOVER_TOKEN", "SECRET_KEY", "KEY_OF_MINE"):
        monkeypatch.setenv(name, f"value of {name}")
    keys = Environment(tmp_path / ".env").keys(("_KEY", "_TOKEN"), without={"SECRET_KEY"})
    assert keys["HERON_KEY"] == "value of HERON_KEY" and "PLOVER_TOKEN" in keys
    assert not {"SECRET_KEY", "KEY_OF_MINE"} & keys.keys()


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("https://Host.example/v1/", "https://host.example/v1"),
        ("https://host.example:443/v1", "https://host.example/v1"),
        ("http://host:8000", "http://host:8000"),
        ("http://[2001:DB8::1]:8000/v1", "http://[2001:db8::1]:8000/v1"),
    ],
)
def test_an_address_has_one_spelling(written, url):
    assert str(EndpointUrl.parse(written)) == url


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("https://host/v1?api-key=1", "nothing may follow the path"),
        ("https://host/v1#here", "nothing may follow the path"),
        ("https://host/v1/chat/completions", "leave out what comes after /v1"),
        ("https://", "http or https, in plain ASCII"),
        ("ftp://host/v1", "http or https, in plain ASCII"),
        ("https://höst/v1", "http or https, in plain ASCII"),
        ("https://host:0/v1", "http or https, in plain ASCII"),
        ("https://host:99999/v1", "Port out of range"),
        ("https://[::1/v1", "Invalid IPv6 URL"),
        ("https://host\\@evil/v1", "http or https, in plain ASCII"),
    ],
)
def test_an_address_that_is_none_is_refused_with_the_reason(written, reason):
    with pytest.raises(ValueError, match=reason):
        EndpointUrl.parse(written)


def test_a_password_in_an_address_is_refused_and_not_repeated():
    for written in ("https://ann:hunter2@host/v1", "ftp://ann:hunter2@host/v1"):
        with pytest.raises(ValueError) as refused:
            EndpointUrl.parse(written)
        assert "hunter2" not in str(refused.value)
