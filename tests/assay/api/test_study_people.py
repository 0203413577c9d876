"""Whom programs let into a study: raters by links that are told once, staff by roles; and who must stay."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from assay.accounts.models import AuditEvent
from raters.models import Invitation
from tests import builders

LINKS, MEMBERS = "studies/autumn/invitations", "studies/autumn/members"


@pytest.fixture
def owned(study, researcher):
    """Rosa owns the study."""
    study.members.create(user=researcher, role="owner")
    return study


def roles(answer) -> dict[str, str]:
    assert answer.status_code == 200, answer.json()
    rows = answer.json()
    return {row["user"]: row["role"] for row in (rows if isinstance(rows, list) else rows["items"])}


def refusal(answer, field: str | None = None) -> str:
    assert answer.status_code == 422
    assert field is None or answer.json()["errors"][0]["field"] == field
    return str(answer.json()["detail"])


def test_a_link_lets_a_rater_in_and_is_listed_without_what_opens_it(api, client, study):
    made = api.post(LINKS, {"label": "the choir", "uses": 3, "days": 2})
    assert made.status_code == 201
    link = made.json()["link"]
    assert link.startswith(f"http://testserver{reverse('raters:join', args=['x'])[:-2]}")
    assert client.get(link).status_code == 200
    [row] = api.get(LINKS).json()["items"]
    assert (row["label"], row["max_uses"], row["uses"]) == ("the choir", 3, 0)
    ends = Invitation.objects.get().expires_at - timezone.now()
    assert timedelta(days=2) - ends < timedelta(minutes=1)
    assert link.rstrip("/").rpartition("/")[2] not in api.get(LINKS).text


def test_a_link_is_for_one_rater_and_a_fortnight_unless_it_is_said(api, study):
    api.post(LINKS, {})
    made = Invitation.objects.get()
    assert (made.label, made.max_uses) == ("", 1)
    assert abs(made.expires_at - timezone.now() - timedelta(days=14)) < timedelta(minutes=1)


@pytest.mark.parametrize(("field", "value"), [("uses", 100_001), ("days", 0), ("days", 366)])
def test_a_link_beyond_its_limits_is_named_and_not_made(api, study, field, value):
    refusal(api.post(LINKS, {field: value}), field)
    assert not Invitation.objects.exists()


def test_another_studys_links_are_not_listed(api, study):
    builders.study(slug="winter")
    api.post("studies/winter/invitations", {"label": "winter's"})
    assert api.get(LINKS).json()["items"] == []


def test_a_role_is_given_changed_and_taken_away_each_on_record(api, owned):
    builders.researcher("ruth")
    assert roles(api.post(MEMBERS, {"user": "ruth", "role": "viewer"})) == {"rosa": "owner", "ruth": "viewer"}
    assert roles(api.post(MEMBERS, {"user": "ruth", "role": "editor"}))["ruth"] == "editor"
    assert roles(api.get(MEMBERS)) == {"rosa": "owner", "ruth": "editor"}
    assert roles(api.post(MEMBERS, {"user": "ruth", "role": None})) == {"rosa": "owner"}
    acts = AuditEvent.objects.filter(target_id=str(owned.pk), action__contains="shar").order_by("pk")
    assert [event.actor.username for event in acts] == ["rosa"] * 3


def test_one_owner_always_stays(api, owned):
    for role in (None, "viewer"):
        assert "owner" in refusal(api.post(MEMBERS, {"user": "rosa", "role": role}))
    assert roles(api.get(MEMBERS)) == {"rosa": "owner"}


def test_who_is_nobody_or_no_member_or_a_rater_is_told(api, owned, rater):
    assert refusal(api.post(MEMBERS, {"user": "nobody", "role": "viewer"}), "user") == (
        "There is nobody called 'nobody'."
    )
    builders.researcher("ruth")
    assert refusal(api.post(MEMBERS, {"user": "ruth", "role": None}))
    assert refusal(api.post(MEMBERS, {"user": "rita", "role": "viewer"}))
    assert roles(api.get(MEMBERS)) == {"rosa": "owner"}


@pytest.mark.parametrize("role", ["editor", "viewer"])
def test_only_owners_share_and_a_viewer_makes_no_links(api_of, owned, role):
    ruth = builders.researcher("ruth")
    owned.members.create(user=ruth, role=role)
    hers = api_of(ruth)
    assert hers.post(MEMBERS, {"user": "ruth", "role": "owner"}).status_code == 404
    assert hers.post(LINKS, {}).status_code == (201 if role == "editor" else 404)
    assert roles(hers.get(MEMBERS)) == {"rosa": "owner", "ruth": role}
