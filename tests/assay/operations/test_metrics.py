"""/metrics is for those who may scrape, in a form that Prometheus reads, and its figures are the tables'."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from assay.operations.exposition import Metric, Sample, exposition
from generation.models import Chunk, Response
from generation.runs import plan_run
from generation.sampling import Sampling
from raters.assignment import claim_next
from tests import builders
from tests.generation.conftest import engine_checkpoint
from tests.raters.working import say

TOKEN = "a-token-for-scraping-alone"


@pytest.fixture
def scrape(client, db, settings):
    settings.METRICS_TOKEN = TOKEN

    def scraped() -> dict[str, float]:
        text = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"}).text
        return {name: float(value) for name, value in re.findall(r"^([^#].*) (\S+)$", text, re.MULTILINE)}

    return scraped


@pytest.mark.parametrize(
    ("headers", "address", "status"),
    [
        ({}, "203.0.113.9", 404),
        ({"authorization": "Bearer wrong"}, "203.0.113.9", 404),
        ({"authorization": f"Bearer {TOKEN}"}, "203.0.113.9", 200),
        ({}, "10.1.2.3", 200),
        ({"x-forwarded-for": "10.1.2.3"}, "10.1.2.3", 404),  # came through a proxy that stands in the network
        ({"x-forwarded-for": "203.0.113.9", "authorization": f"Bearer {TOKEN}"}, "10.1.2.3", 200),
        ({}, "", 404),  # a socket file has no address
    ],
)
def test_metrics_are_there_for_the_token_or_a_listed_address_alone(
    client, db, settings, headers, address, status
):
    from ipaddress import ip_network

    settings.METRICS_TOKEN, settings.METRICS_NETWORKS = TOKEN, [ip_network("10.1.0.0/16")]
    assert client.get("/metrics", headers=headers, REMOTE_ADDR=address).status_code == status


def test_without_a_setting_they_are_there_for_nobody(client, db):
    assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 404


def test_a_signed_in_administrator_is_nobody_special(client, django_user_model, db):
    client.force_login(django_user_model.objects.create_superuser("root", "root@example.org", "x"))
    assert client.get("/metrics").status_code == 404


def test_queues_are_counted_by_status_and_the_oldest_due_chunk_has_an_age(scrape):
    plan_run(engine_checkpoint("heron"), builders.prompt_set(prompts=3), Sampling())
    Chunk.objects.update(not_before=timezone.now() - timedelta(minutes=10))
    found = scrape()
    assert found['assay_queue_depth{queue="chunks",status="queued"}'] == 1
    assert found['assay_queue_depth{queue="chunks",status="dead"}'] == 0
    assert found['assay_queue_depth{queue="exports",status="failed"}'] == 0
    assert 600 <= found["assay_oldest_due_chunk_age_seconds"] < 700


def test_a_ledger_with_nothing_due_has_no_age(scrape):
    assert scrape()["assay_oldest_due_chunk_age_seconds"] == 0


def test_tokens_a_second_are_those_of_the_last_two_minutes(scrape):
    builders.run(builders.prompt_set(prompts=3), "heron")
    Response.objects.update(n_output_tokens=240)
    Response.objects.filter(pk=Response.objects.first().pk).update(
        created_at=timezone.now() - timedelta(minutes=3)
    )
    assert scrape()["assay_tokens_per_second"] == 4  # two of 240 in 120 seconds


def test_leases_judgments_and_claims_are_counted(scrape, study, rater):
    say(claim_next(rater, study), "a")
    claim_next(rater, study)
    found = scrape()
    assert found["assay_judgments_total"] == 1
    assert found['assay_leases{kind="comparison",state="held"}'] == 1
    assert found['assay_claim_seconds_count{kind="comparison"}'] == 2
    assert found['assay_claim_seconds_bucket{kind="comparison",le="+Inf"}'] == 2


def test_overdue_leases_are_told_apart(scrape, study, rater):
    held = claim_next(rater, study)
    held.lease_until = timezone.now() - timedelta(seconds=1)
    held.save()
    found = scrape()
    assert found['assay_leases{kind="comparison",state="overdue"}'] == 1
    assert found['assay_leases{kind="comparison",state="held"}'] == 0


def test_labels_are_escaped_and_each_metric_says_what_it_is():
    text = exposition([Metric("m", "gauge", "Help.", [Sample(0.25, {"a": 'x"y\\z\n'})])])
    assert text == '# HELP m Help.\n# TYPE m gauge\nm{a="x\\"y\\\\z\\n"} 0.25\n'


def test_what_is_printed_is_what_the_format_allows(client, scrape, settings):
    text = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"}).text
    sample = r'[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [-+0-9.e]+'
    assert text.endswith("\n") and all(
        re.fullmatch(rf"# (HELP|TYPE) .+|{sample}", line) for line in text.splitlines()
    )
