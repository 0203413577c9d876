"""/healthz asks nothing of anybody; /readyz names what is missing; both answer whoever asks, however they ask."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from assay.operations import readiness
from tests.processes import ROOT


@pytest.fixture
def cache_table(db):
    from django.core.management import call_command

    call_command("createcachetable", verbosity=0)


def test_it_is_alive_without_a_database(client):
    answer = client.get("/healthz")  # no `db` fixture: a query would fail the test
    assert (answer.status_code, answer.json()) == (200, {"alive": True})
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_plain_http_by_address_is_answered_in_production_too(client, cache_table, settings, path):
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ["assay.example.org"], True
    assert client.get(path, headers={"host": "172.18.0.5:8000"}).status_code == 200
    assert client.get("/", headers={"host": "172.18.0.5:8000"}).status_code == 400


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_probes_change_nothing_and_take_no_posts(client, path):
    answer = client.post(path)
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")


def test_it_is_ready_when_all_it_needs_is_there(client, cache_table):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "database": "ok", "migrations": "ok", "cache": "ok"}


def test_readyz_tells_of_migrations_that_are_missing(client, cache_table):
    newest = sorted(path.stem for path in (ROOT / "raters/migrations").glob("0*.py"))[-1]
    MigrationRecorder(connection).record_unapplied("raters", newest)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert f"raters.{newest}" in answer.json()["migrations"] and answer.json()["database"] == "ok"


def test_readyz_tells_of_a_cache_that_forgets(client, cache_table, monkeypatch):
    monkeypatch.setattr(cache, "get", lambda key: None, raising=False)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["cache"]) == (503, "does not keep what is put into it")


def test_readyz_tells_of_a_database_that_is_away_and_not_where_it_was(client, monkeypatch, caplog):
    def away():
        raise OSError("postgres://assay:hunter2@postgres cannot be reached")

    monkeypatch.setattr(readiness, "database", away)
    monkeypatch.setattr(readiness, "migrations", away)
    monkeypatch.setattr(readiness, "shared_cache", away)
    answer = client.get("/readyz")
    assert answer.status_code == 503 and answer.json()["database"] == "cannot be reached"
    assert "hunter2" not in answer.text and "Not ready: database" in caplog.text


def test_readyz_asks_the_broker_where_there_is_one(client, cache_table, settings, celery_application):
    settings.REDIS_URL = celery_application.conf.broker_url
    assert client.get("/readyz").json()["broker"] == "ok"


def test_readyz_tells_of_a_broker_that_is_away(client, cache_table, settings, monkeypatch):
    from celery import current_app

    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(current_app.conf, "broker_url", settings.REDIS_URL)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["broker"]) == (503, "cannot be reached")
