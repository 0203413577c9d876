"""Addresses that a person or a browser may write: understood in one way, or refused."""

import json
from contextlib import suppress

from hypothesis import strategies as st

from assay.policy_reports import LARGEST_BODY, reports_in
from generation.endpoint_hosts import AllowedHosts
from generation.endpoint_urls import EndpointUrl
from tests.fuzz.profile import fuzz

PIECES = [
    "http",
    "https",
    "ftp",
    "://",
    ":",
    "/",
    "@",
    "?",
    "#",
    "\\",
    "%",
    "%2e",
    ".",
    "..",
    "[",
    "]",
    "::1",
    "0x7f",
]
PIECES += [
    "127.0.0.1",
    "localhost",
    "api.example.org",
    "evil.net",
    "2130706433",
    "::ffff:7f00:1",
    "8000",
    "0",
    "v1",
]
PIECES += ["\t", "\n", " ", "\0", "\u3002", "\uff0e", "xn--", "-", "_", "*", "user", "pass", "99999", "/8"]
ADDRESSES = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=9).map("".join)
LISTED = AllowedHosts.parse(["api.example.org:443"])


@fuzz("addresses of endpoints", text=ADDRESSES | ADDRESSES.map("https://".__add__))
def test_an_address_leads_to_the_listed_host_or_is_refused(text):
    with suppress(ValueError):
        url = EndpointUrl.parse(text)
        assert EndpointUrl.parse(str(url)) == url
        LISTED.check(url)
        assert (url.host, url.port) == ("api.example.org", 443)
    with suppress(ValueError):
        AllowedHosts.parse([text])


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | ADDRESSES
NAMES = st.sampled_from(
    ["csp-report", "type", "body", "documentURL", "blocked-uri", "lineNumber", "violated-directive"]
)
NESTED = st.recursive(
    SCALARS | st.just("csp-violation"), lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner)
)
TOLD = st.dictionaries(NAMES, SCALARS)
FRAMED = TOLD.map(lambda told: {"csp-report": told}) | TOLD.map(
    lambda told: [{"type": "csp-violation", "body": told}]
)


@fuzz("reports against the policy", sent=FRAMED | NESTED)
def test_a_report_becomes_short_printable_words_or_is_refused(sent):
    body = json.dumps(sent).encode()[:LARGEST_BODY]
    with suppress(ValueError):
        for report in reports_in(body):
            words = f"{report.directive} {report.blocked} {report.page} {report.line}"
            assert words.isprintable() and words.isascii() and len(words) < 400
