"""Administrators look after people by the API as on their pages; for all others nothing of it is there."""

import pytest

from assay.accounts.inviting import invitation_with
from assay.accounts.models import AuditEvent, StaffInvitation, User
from raters.models import Rater
from tests import builders

NORA = {"email": "nora@example.org", "role": "researcher"}


@pytest.fixture
def anna(db) -> User:
    return User.objects.create_user("anna", "anna@example.org", builders.PASSWORD, role="administrator")


@pytest.fixture
def admin(api_of, anna):
    return api_of(anna)


def acts(action: str) -> list[str | None]:
    rows = AuditEvent.objects.filter(action=action).select_related("actor").order_by("pk")
    return [row.actor and row.actor.username for row in rows]


def test_those_who_sign_in_by_name_are_listed_with_their_roles(admin, researcher, rater):
    people = {one["user"]: one for one in admin.get("people").json()["items"]}
    assert {name: one["role"] for name, one in people.items()} == {
        "anna": "administrator",
        "rosa": "researcher",
    }
    assert people["rosa"]["active"] and people["rosa"]["email"] == "rosa@example.org"


def test_a_role_is_changed_and_somebody_shut_out_each_by_itself(admin, researcher):
    path = f"people/{researcher.pk}"
    assert admin.post(path, {"role": "administrator"}, method="patch").json()["role"] == "administrator"
    told = admin.post(path, {"active": False}, method="patch").json()
    assert (told["role"], told["active"]) == ("administrator", False)
    assert acts("person.changed") == ["anna", "anna"]


def test_what_the_page_refuses_is_refused_in_its_words(admin, anna, rater):
    own = admin.post(f"people/{anna.pk}", {"active": False}, method="patch")
    assert own.status_code == 422 and "Another administrator" in own.json()["detail"]
    sees = admin.post(f"people/{rater.user.pk}", {"role": "researcher"}, method="patch")
    assert sees.status_code == 422 and "never does both" in sees.json()["detail"]
    assert admin.post("people/999999", {}, method="patch").status_code == 404


def test_an_invitation_s_link_is_in_the_answer_and_opens_once_until_it_is_withdrawn(admin, client):
    made = admin.post("people/invitations", NORA)
    assert made.status_code == 201, made.json()
    link, invitation = made.json()["link"], made.json()["invitation"]
    assert invitation_with(link.rstrip("/").rpartition("/")[2]) == StaffInvitation.objects.get()
    assert [one["email"] for one in admin.get("people/invitations").json()["items"]] == ["nora@example.org"]
    again = admin.post("people/invitations", NORA)
    assert again.status_code == 422 and again.json()["errors"][0]["field"] == "email"
    path = f"people/invitations/{invitation['id']}/withdraw"
    assert admin.post(path).json()["open"] is False
    assert client.get(link).status_code == 404 and admin.post(path).status_code == 422
    assert admin.get("people/invitations").json()["items"] == []


@pytest.mark.parametrize("wrong", [{"email": "nora"}, {"role": "rater"}])
def test_nobody_is_invited_by_no_address_or_as_a_rater(admin, wrong):
    assert admin.post("people/invitations", NORA | wrong).status_code == 422
    assert not StaffInvitation.objects.exists()


def test_a_rater_is_forgotten_once_it_is_sure(admin, study, rater):
    looked = admin.post("people/forget", {"who": "rita@example.org"}).json()
    assert (looked["done"], [one["rater"] for one in looked["raters"]]) == (False, [rater.code])
    assert Rater.objects.filter(code=rater.code).exists()
    done = admin.post("people/forget", {"who": "rita@example.org", "sure": True}).json()
    assert done["done"] and done["raters"][0]["removed"] == looked["raters"][0]["removed"]
    assert not Rater.objects.filter(code=rater.code).exists() and acts("rater.forgotten") == ["anna"]
    nobody = admin.post("people/forget", {"who": "rita@example.org", "sure": True})
    assert nobody.status_code == 422 and "No rater is called" in nobody.json()["detail"]


def test_the_audit_log_is_read_by_its_page_s_filters_oldest_first(admin, anna, researcher):
    admin.post(f"people/{researcher.pk}", {"role": "administrator"}, method="patch")
    admin.post("people/invitations", NORA)
    rows = admin.get("audit?who=anna").json()["items"]
    assert [row["action"] for row in rows][-2:] == ["person.changed", "person.invited"]
    assert rows[-1]["actor"] == "anna" and rows[-1]["detail"]["email"] == "nora@example.org"
    [one] = admin.get("audit?action=person.invited&target=nora&since=2000-01-01").json()["items"]
    assert one["target_type"] == "accounts.staffinvitation"
    for nothing in ("who=rosa", "until=2000-01-01", "target=owl"):
        assert admin.get(f"audit?{nothing}").json()["items"] == []
    assert admin.get("audit?until=0").status_code == 422  # no second of 1970
    unknown = admin.get("audit?action=person.changes")
    assert unknown.status_code == 422 and "person.changed" in unknown.json()["detail"]


PATHS = [("people", None), ("people/invitations", NORA), ("people/forget", {"who": "x"}), ("audit", None)]


@pytest.mark.parametrize(("path", "body"), PATHS)
def test_researchers_and_tokens_without_the_scope_reach_nothing(api, api_of, anna, path, body):
    narrow = api_of(anna, "read", "studies:write")
    for asking, status in ((api, 404), (narrow, 403)):
        answer = asking.get(path) if body is None else asking.post(path, body)
        assert answer.status_code == status
