"""Verdicts told by e-mail and by a signed webhook, to a real server on loopback."""

import base64
import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core import mail

from assay.evaluations import telling
from assay.evaluations.models import Delivery, EvaluationRun
from assay.evaluations.planning import add_version
from assay.evaluations.stopping import retry
from assay.evaluations.webhooks import NotDeliveredError, post
from generation.endpoint_hosts import AllowedHosts
from tests.assay.evaluations.conftest import checkpoint, conclude, judge, settle_down, version_with

pytestmark = pytest.mark.django_db
KEY = "a-signing-key-of-a-test"


@pytest.fixture
def receiver(settings):
    """Answers with the statuses in `answers`, then 204; keeps what it got in `got`."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.server.got.append((dict(self.headers), body))
            status = self.server.answers.pop(0) if self.server.answers else 204
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.end_headers()

        def log_message(self, *arguments):
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.got, server.answers = [], []
    server.address = f"http://127.0.0.1:{server.server_port}/hook"
    settings.WEBHOOK_HOSTS = AllowedHosts.parse([f"127.0.0.1:{server.server_port}"], "WEBHOOK_HOSTS")
    settings.ENDPOINT_KEYS = {"HOOK_KEY": KEY}
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def told(plan, prompts, baseline, receiver):
    """The plan, telling by both ways."""
    terms = {"webhook_url": receiver.address, "webhook_key_env": "HOOK_KEY", "emails": ["ann@example.org"]}
    add_version(plan, version_with(baseline, **terms), [prompts])
    return plan


def decided(series, rounds: int = 1) -> EvaluationRun:
    checkpoint(series, 100)
    settle_down()
    judge(0.97)
    for _ in range(rounds):
        conclude()
    return EvaluationRun.objects.get()


def verified(headers: dict[str, str], body: str) -> bool:
    """As a receiver checks it, written apart from the sender's code."""
    signed = ".".join([headers["Webhook-Id"], headers["Webhook-Timestamp"], body]).encode()
    expected = base64.b64encode(hmac.new(KEY.encode(), signed, hashlib.sha256).digest()).decode()
    return hmac.compare_digest(headers["Webhook-Signature"], f"v1,{expected}")


def test_a_verdict_is_posted_signed_and_mailed_once(told, series, receiver):
    run = decided(series)
    ((headers, body),) = receiver.got
    message = json.loads(body)
    assert verified(headers, body) and not verified(headers, body + " ")
    assert (message["checkpoint"], message["verdict"]) == ("heron-100", run.verdict)
    assert message["simulated"] is True and message["page"].endswith(f"/evaluations/weekly/runs/{run.pk}/")
    (letter,) = mail.outbox
    assert letter.to == ["ann@example.org"] and "Simulated raters" in letter.body
    assert "margin 15" in letter.body and "heron-100" in letter.subject


def test_a_receiver_that_is_down_is_tried_again_with_the_same_id_and_body(told, series, receiver):
    receiver.answers = [503, 429]
    run = decided(series, rounds=3)
    assert len(receiver.got) == 3
    assert len({headers["Webhook-Id"] for headers, _ in receiver.got}) == 1
    assert len({body for _, body in receiver.got}) == 1
    assert run.deliveries.get(kind="webhook").attempts == 3 and len(mail.outbox) == 1


def test_one_that_refuses_is_given_up_and_the_verdict_stands(told, series, receiver):
    receiver.answers = [410]
    run = decided(series)
    assert run.deliveries.get(kind="webhook").status == "dead" and run.status == "decided" and run.finished_at
    assert "was not told" in " ".join(line.text for line in run.steps.get(name="tell").lines.all())


def test_a_redirect_is_not_followed(receiver):
    receiver.answers = [302]
    with pytest.raises(NotDeliveredError, match="HTTP 302"):
        post(receiver.address, "{}", message_id="1", key=KEY)


@pytest.mark.parametrize(
    "address", ["http://169.254.169.254/latest", "http://127.0.0.1:1/", "http://[::1]/", "http://2130706433/"]
)
def test_a_host_that_is_not_listed_is_never_connected_to(receiver, address):
    with pytest.raises(NotDeliveredError) as refused:
        post(address, "{}", message_id="1", key=KEY)
    assert refused.value.is_final and not receiver.got


def test_a_failed_run_is_told_too(told, series, receiver, writer, settings):
    settings.CHUNK_ATTEMPTS = 1
    writer.broken.add("heron-100")
    checkpoint(series, 100)
    settle_down()
    conclude()
    message = json.loads(receiver.got[0][1])
    assert message["type"] == "evaluation.failed" and "poison" in message["reason"]
    assert message["verdict"] is None and Delivery.objects.filter(status="delivered").count() == 2


def test_a_run_that_failed_and_was_mended_is_told_of_its_verdict_under_a_new_id(
    told, series, receiver, writer, settings
):
    settings.CHUNK_ATTEMPTS = 1
    writer.broken.add("heron-100")
    checkpoint(series, 100)
    settle_down()
    conclude()
    writer.broken.clear()
    retry(EvaluationRun.objects.get())
    settle_down()
    judge(0.97)
    conclude()
    (failed, _), (decided, body) = receiver.got
    assert json.loads(body)["type"] == "evaluation.decided" and len(mail.outbox) == 2
    assert failed["Webhook-Id"] != decided["Webhook-Id"]


def test_a_message_on_its_way_is_not_written_back_after_a_retry(told, series, receiver):
    """As when somebody presses the button while the receiver thinks."""
    run = decided(series, rounds=0)
    taken_away = Delivery(run=run, kind="webhook", target=receiver.address, body="{}")
    telling._put_off(taken_away, run.steps.get(name="tell"), "HTTP 503", is_final=False)
    assert not Delivery.objects.filter(pk=taken_away.pk).exists()
