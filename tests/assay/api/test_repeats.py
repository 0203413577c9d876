"""Which requests a key makes happen once, and what of the first answer a repeat gets."""

import pytest
from django.core.cache import cache

from assay.api.models import StoredAnswer
from generation.models import CheckpointSeries
from raters.models import Invitation
from tests import builders

INVITE, WATCH = "studies/autumn/invitations", "series/herons"


@pytest.fixture(autouse=True)
def none_asked_before(db):
    cache.clear()


def test_a_repeat_is_marked_and_has_the_headers_of_the_first_answer(api, study):
    first, again = (api.post(INVITE, {"uses": 2}, key="k") for _ in range(2))
    assert "Idempotency-Replayed" not in first and again["Idempotency-Replayed"] == "true"
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again["Content-Type"] == first["Content-Type"] and again.get("Location") == first.get("Location")
    assert Invitation.objects.count() == 1


def test_without_a_key_each_request_is_one_of_its_own(api, study):
    for _ in range(2):
        api.post(INVITE, {"uses": 2})
    assert Invitation.objects.count() == 2 and not StoredAnswer.objects.exists()


def test_so_is_each_key(api, study):
    for key in ("k1", "k2", "K1"):
        api.post(INVITE, {"uses": 2}, key=key)
    assert Invitation.objects.count() == StoredAnswer.objects.count() == 3


def test_reading_under_a_key_reads_anew(api, study):
    headers = {"Idempotency-Key": "k"}
    assert len(api.get("studies", **headers).json()["items"]) == 1
    builders.study(slug="winter")
    assert len(api.get("studies", **headers).json()["items"]) == 2
    assert not StoredAnswer.objects.exists()


def test_a_put_is_repeated_as_a_post_is(api):
    assert api.post(WATCH, {"title": "Herons"}, key="k", method="put").status_code == 200
    CheckpointSeries.objects.update(title="Renamed since")
    again = api.post(WATCH, {"title": "Herons"}, key="k", method="put")
    assert again.json()["title"] == "Herons" and CheckpointSeries.objects.get().title == "Renamed since"


def test_the_same_words_to_another_address_are_another_request(api, study):
    builders.study(slug="winter")
    api.post(INVITE, {"uses": 2}, key="k")
    assert api.post("studies/winter/invitations", {"uses": 2}, key="k").status_code == 422
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize(("key", "made"), [("k" * 255, 1), ("k" * 256, 0), ("two words", 0), ("ü", 0)])
def test_a_key_is_up_to_255_letters_without_a_blank(api, study, key, made):
    answer = api.post(INVITE, {"uses": 2}, key=key)
    assert (answer.status_code == 400) is (made == 0) and Invitation.objects.count() == made


def test_a_refusal_is_kept_under_no_key(api, study):
    assert api.post(INVITE, {"uses": 0}, key="k").status_code == 422
    assert not StoredAnswer.objects.exists()
