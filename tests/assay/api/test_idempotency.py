"""A write under an idempotency key happens once, whoever repeats it and however."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from assay.api.models import StoredAnswer
from promptsets.models import PromptSetVersion
from raters.models import Invitation
from tests import builders

LINKS = "studies/autumn/invitations"


def test_a_repeat_gets_the_same_answer_and_does_nothing(api, study):
    first, second = (api.post(LINKS, {"uses": 2}, key="k-1") for _ in range(2))
    assert first.status_code == second.status_code == 201 and first.content == second.content
    assert second.headers["Idempotency-Replayed"] == "true" and Invitation.objects.count() == 1


def test_what_is_shown_once_does_not_lie_open_in_the_stored_answer(api, study):
    link = api.post(LINKS, {}, key="k-1").json()["link"]
    assert link.encode() not in bytes(StoredAnswer.objects.get().body)


def test_another_request_under_the_same_key_is_refused(api, study):
    api.post(LINKS, {"uses": 2}, key="k-1")
    answer = api.post(LINKS, {"uses": 3}, key="k-1")
    assert answer.status_code == 422 and answer.json()["errors"][0]["field"] == "Idempotency-Key"
    assert Invitation.objects.count() == 1


def test_what_was_refused_may_be_tried_again_under_its_key(api, study):
    assert api.post("studies/autumn/start", key="k-1").status_code == 422
    assert not StoredAnswer.objects.exists()
    api.post("studies/autumn/pause")
    assert api.post("studies/autumn/start", key="k-1").json()["status"] == "collecting"


def test_a_key_is_its_tokens_own(api, api_of, study):
    api.post(LINKS, {}, key="k-1")
    assert api_of(builders.researcher("ruth")).post(LINKS, {}, key="k-1").status_code == 201
    assert Invitation.objects.count() == 2


def test_a_file_is_known_again_though_its_form_is_written_anew(api, db):
    def send():
        file = SimpleUploadedFile("birds.csv", b"id,question\nb1,Which bird?\n")
        return api.upload("prompt-sets?slug=birds&columns=prompt=question,id=id", file, key="k-1")

    first, second = send(), send()
    assert "Idempotency-Replayed" in second.headers and first.content == second.content


def test_an_odd_key_is_refused_before_anything_is_done(api, study):
    assert api.post(LINKS, {}, key="two words").status_code == 400
    assert not Invitation.objects.exists()


def test_answers_are_forgotten_after_a_day(api, study):
    api.post(LINKS, {}, key="k-1")
    StoredAnswer.objects.update(created_at=timezone.now() - timedelta(days=2))
    api.post(LINKS, {}, key="k-2")
    assert list(StoredAnswer.objects.values_list("key", flat=True)) == ["k-2"]


@pytest.mark.django_db(transaction=True)
def test_of_twins_that_come_at_once_one_wins(api):
    builders.study()

    def send(_):
        try:
            return api.post(LINKS, {}, key="twins").content
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as threads:
        answers = set(threads.map(send, range(6)))
    assert len(answers) == 1 and Invitation.objects.count() == 1


def test_a_broken_step_leaves_nothing_behind(api, study, monkeypatch):
    def broken(*_, **__):
        Invitation.objects.create(study=study, token_sha256="0" * 64, expires_at=timezone.now())
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("assay.api.study_people.invite", broken)
    assert api.post(LINKS, {}, key="k-1").status_code == 500
    assert not Invitation.objects.exists() and not PromptSetVersion.objects.filter(number=2).exists()
