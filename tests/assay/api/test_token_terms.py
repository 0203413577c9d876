"""What a token may be made with, how long it opens anything, and what its page says of mistakes."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from assay.accounts.models import AuditEvent
from assay.api.models import ApiToken
from assay.api.tokens import make_token, revoke, token_with
from promptsets.refusals import FieldError
from tests import builders

PAGE = reverse("api_tokens")
FORM = {"name": "nightly", "scopes": ["read"], "days": 30}


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"scopes": []}, "scopes"),
        ({"scopes": ["read", "everything"]}, "scopes"),
        ({"days": 0}, "days"),
        ({"days": 367}, "days"),
        ({"name": "  "}, "name"),
    ],
)
def test_what_cannot_be_is_named_and_nothing_is_made(researcher, given, field):
    with pytest.raises(FieldError) as refused:
        make_token(researcher, **FORM | given, actor=researcher)
    assert refused.value.field == field
    assert not ApiToken.objects.exists() and not AuditEvent.objects.exists()


def test_the_longest_life_is_a_leap_year_and_the_shortest_a_day(researcher, clock):
    for days in (1, 366):
        made = make_token(researcher, **FORM | {"days": days}, actor=None).token
        assert made.expires_at == timezone.now() + timedelta(days=days)


def test_a_token_opens_to_the_last_moment_of_its_life(researcher, clock):
    secret = make_token(researcher, **FORM | {"days": 1}, actor=None).secret
    clock.shift(timedelta(days=1, microseconds=-1))
    assert token_with(secret) and not ApiToken.objects.get().is_over
    clock.shift(timedelta(microseconds=1))
    assert token_with(secret) is None and ApiToken.objects.get().is_over


def test_scopes_stand_in_their_own_order_each_once_and_the_name_is_kept_in_short(researcher):
    made = make_token(researcher, " " + "n" * 101, ["unblind", "runs:write", "read", "read"], 1, None).token
    assert made.scopes == ["read", "runs:write", "unblind"] and made.name == "n" * 100


def test_making_and_revoking_stand_in_the_audit_log_with_who_did_it_once(researcher):
    anna = builders.researcher("anna")
    token = make_token(researcher, **FORM, actor=anna).token
    assert [revoke(token, anna), revoke(token, anna)] == [True, False]
    made, ended = AuditEvent.objects.order_by("pk")
    assert (made.action, made.actor) == ("token.made", anna)
    assert made.detail == {"of": "rosa", "scopes": ["read"], "days": 30}
    assert (ended.action, ended.detail) == ("token.revoked", {"of": "rosa"})


def test_use_is_noted_at_most_once_a_minute(researcher, clock):
    secret = make_token(researcher, **FORM, actor=None).secret

    def used() -> timedelta:
        token_with(secret)
        return timezone.now() - ApiToken.objects.get().last_used_at

    assert used() == timedelta(0)
    clock.shift(timedelta(seconds=60))
    assert used() == timedelta(seconds=60)
    clock.shift(timedelta(seconds=1))
    assert used() == timedelta(0)


def test_of_two_tokens_only_the_one_that_was_used_is_noted(researcher):
    first, second = (make_token(researcher, **FORM, actor=None) for _ in range(2))
    token_with(first.secret)
    assert ApiToken.objects.get(last_used_at=None) == second.token


@pytest.mark.parametrize(
    "wrong", [{"scopes": []}, {"days": 0}, {"days": 400}, {"name": ""}, {"scopes": ["all"]}]
)
def test_the_page_tells_a_mistake_and_makes_nothing(client, researcher, wrong):
    client.force_login(researcher)
    answer = client.post(PAGE, FORM | wrong)
    assert answer.status_code == 422 and "errorlist" in answer.text and not ApiToken.objects.exists()


def test_the_page_lists_ones_own_tokens_and_begins_with_reading_for_ninety_days(client, researcher):
    make_token(researcher, **FORM, actor=None)
    make_token(builders.researcher("ruth"), **FORM, actor=None)
    client.force_login(researcher)
    page = client.get(PAGE)
    assert [token.user for token in page.context["tokens"]] == [researcher]
    form = page.context["form"]
    assert (form["scopes"].value(), form["days"].value()) == (["read"], 90) and "errorlist" not in page.text


@pytest.mark.parametrize(
    "header", [{}, {"Authorization": "{0}"}, {"Authorization": "Basic {0}"}, {"Authorization": "Bearer {0}x"}]
)
def test_a_secret_is_brought_as_a_bearer_and_whole(client, researcher, header):
    cache.clear()
    secret = make_token(researcher, **FORM, actor=None).secret
    brought = {name: value.format(secret) for name, value in header.items()}
    assert client.get("/api/v1/studies", headers=brought).status_code == 401
    assert client.get("/api/v1/studies", headers={"Authorization": f"Bearer {secret}"}).status_code == 200
