"""Reports of browsers against the policy: both formats, one line each, and nothing of a page in the log."""

import json

import pytest
from django.core.cache import cache
from django.test import Client

from assay.policy_reports import PolicyReport

TOKEN, TEXT = "Zq3-a-token-of-an-invitation", "the response said: lantern harbour"
OLD = {
    "csp-report": {
        "document-uri": f"https://assay.example/rate/join/{TOKEN}/?PROLIFIC_PID={TOKEN}",
        "violated-directive": "script-src-elem 'self'",
        "blocked-uri": f"https://evil.example/{TOKEN}.js?{TOKEN}",
        "script-sample": TEXT,
        "line-number": 12,
    }
}
NEW = [
    {
        "type": "csp-violation",
        "url": f"https://assay.example/rate/c/{TOKEN}/",
        "body": {
            "documentURL": f"https://assay.example/rate/c/{TOKEN}/",
            "effectiveDirective": "style-src-attr",
            "blockedURL": "inline",
            "sample": TEXT,
            "lineNumber": 7,
        },
    },
    {"type": "deprecation", "body": {"message": TEXT}},
]


@pytest.fixture(autouse=True)
def none_sent_before(db):
    cache.clear()
    yield
    cache.clear()


def send(body: object, kind: str = "application/csp-report"):
    text = body if isinstance(body, str) else json.dumps(body)
    return Client(enforce_csrf_checks=True).post("/policy-reports/", text, content_type=kind)


@pytest.mark.parametrize(
    ("body", "kind", "line"),
    [
        (
            OLD,
            "csp-report",
            "directive=script-src-elem blocked=https://evil.example page=raters:join line=12",
        ),
        (NEW, "reports+json", "directive=style-src-attr blocked=inline page=raters:judge line=7"),
    ],
)
def test_both_formats_leave_one_line_that_holds_no_text_and_no_token(caplog, body, kind, line):
    assert send(body, f"application/{kind}").status_code == 204
    assert [record.getMessage() for record in caplog.records] == [f"blocked by policy: {line}"]
    assert TOKEN not in caplog.text and TEXT not in caplog.text


@pytest.mark.parametrize(
    "body", ["", "{", "7", '"x"', "[1]", "{}", '{"csp-report": []}', "[" * 9_000, "\ud800"]
)
def test_anything_else_is_refused_and_leaves_no_line(caplog, body):
    answer = Client().generic("POST", "/policy-reports/", body.encode(errors="surrogatepass"))
    assert answer.status_code == 400
    assert not [record for record in caplog.records if record.name == "assay.policy"]


@pytest.mark.parametrize(
    "value", [None, 7, [], {}, "\n\nforged line", "x" * 9_000, "https://[", "javascript:x\ny"]
)
def test_whatever_stands_in_a_report_becomes_one_short_line(value):
    names = ("documentURL", "effectiveDirective", "blockedURL", "lineNumber")
    told = str(PolicyReport.of(dict.fromkeys(names, value)))
    assert "\n" not in told and len(told) < 200


def test_a_body_larger_than_any_report_is_refused(caplog):
    assert send([{"type": "x", "body": "y" * 20_000}]).status_code == 413


def test_of_a_flood_in_one_body_a_few_are_kept(caplog):
    assert send([{"type": "csp-violation", "body": {}}] * 300).status_code == 204
    assert len([record for record in caplog.records if record.name == "assay.policy"]) == 10


def test_more_than_sixty_in_a_minute_from_one_address_are_refused():
    assert [send(OLD).status_code for _ in range(61)] == [204] * 60 + [429]


def test_it_asks_for_no_session_and_no_token_and_every_page_names_it(client):
    assert not send(OLD).cookies
    policy = client.get("/accounts/login/").headers["Content-Security-Policy"].split("; ")
    assert {"report-uri /policy-reports/", "report-to policy"} <= set(policy)
