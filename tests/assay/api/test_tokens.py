"""Tokens: shown once, kept as digests, bound to scopes, a time and a person."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from assay.accounts.models import AuditEvent, User
from assay.api.models import ApiToken
from assay.api.tokens import make_token, revoke
from tests import builders


def test_a_secret_is_kept_nowhere_but_as_its_digest(researcher):
    made = make_token(researcher, "pipeline", ["read"], 30, researcher)
    row = ApiToken.objects.values().get()
    assert made.secret not in str(row) and row["token_sha256"] != made.secret
    assert AuditEvent.objects.get(action="token.made").detail["scopes"] == ["read"]


def test_without_a_token_nothing_answers(client, study):
    answer = client.get("/api/v1/studies")
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert client.get("/api/v1/studies", headers={"Authorization": "Bearer assay_x"}).status_code == 401


@pytest.mark.parametrize("field", ["expires_at", "revoked_at"])
def test_a_token_that_is_over_or_revoked_opens_nothing(api, field):
    assert api.get("studies").status_code == 200
    ApiToken.objects.update(**{field: timezone.now() - timedelta(seconds=1)})
    assert api.get("studies").status_code == 401


@pytest.mark.parametrize("change", [{"role": "rater"}, {"is_active": False}])
def test_a_token_ends_with_its_owners_rights(api, researcher, change):
    User.objects.filter(pk=researcher.pk).update(**change)
    assert api.get("studies").status_code == 401


def test_a_session_is_no_token(client, researcher, study):
    client.force_login(researcher)
    assert client.get("/api/v1/studies").status_code == 401


def test_a_token_does_what_its_scopes_say_and_no_more(api_of, researcher, study):
    api = api_of(researcher, "read")
    assert api.get("studies/autumn").status_code == 200
    answer = api.post("studies/autumn/pause")
    assert answer.status_code == 403 and "studies:write" in answer.json()["detail"]
    study.refresh_from_db()
    assert study.status == "collecting"


def test_the_last_use_is_noted(api):
    api.get("studies")
    assert ApiToken.objects.get().last_used_at is not None


def test_a_rater_gets_no_token(study):
    with pytest.raises(ValueError, match="rater"):
        make_token(builders.rater(study).user, "mine", ["read"], 30, None)


def test_the_page_shows_a_new_token_this_once_and_revokes_it(client, researcher):
    client.force_login(researcher)
    form = {"name": "nightly", "scopes": ["read", "runs:write"], "days": 30}
    shown = client.post(reverse("api_tokens"), form).text
    token = ApiToken.objects.get()
    secret = shown.partition("<code>")[2].partition("</code>")[0]
    assert secret.startswith("assay_") and secret not in client.get(reverse("api_tokens")).text
    client.post(reverse("revoke_api_token", args=[token.pk]))
    answer = client.get("/api/v1/studies", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 401


def test_nobody_revokes_what_is_anothers(client, researcher):
    theirs = make_token(builders.researcher("ruth"), "hers", ["read"], 30, None).token
    client.force_login(researcher)
    assert client.post(reverse("revoke_api_token", args=[theirs.pk])).status_code == 404
    assert revoke(theirs, None) is True and revoke(theirs, None) is False


def test_the_command_prints_a_token_and_says_who_is_unknown(researcher, capsys):
    call_command("make_api_token", "rosa", "cron", scope=["read"], days=7)
    secret = capsys.readouterr().out.strip()
    assert ApiToken.objects.get().hint == secret[:12]
    with pytest.raises(CommandError, match="nobody called"):
        call_command("make_api_token", "nobody", "cron")
