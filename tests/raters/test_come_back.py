"""The code to come back with cannot be guessed by trying."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from assay.accounts.models import AuditEvent


@pytest.fixture(autouse=True)
def no_tries_before(db):
    cache.clear()
    yield
    cache.clear()


def tries(client, number: int) -> list[int]:
    address = reverse("raters:come_back")
    return [client.post(address, {"code": "R234-5678"}).status_code for _ in range(number)]


def test_after_twenty_tries_in_five_minutes_one_has_to_wait(client):
    assert tries(client, 20) == [422] * 20
    assert tries(client, 1) == [429]
    # Told are the tries that were held against the codes, so that nobody can fill the log.
    assert AuditEvent.objects.filter(action="person.sign_in_refused").count() == 20


def test_looking_at_the_page_is_no_try(client):
    for _ in range(25):
        assert client.get(reverse("raters:come_back")).status_code == 200
