"""People are invited by e-mail, join once, and have the role they were given; their own accounts."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from assay.accounts.models import AuditEvent, StaffInvitation, User
from raters.studies.copying import duplicate
from raters.studies.design import lock
from raters.studies.sharing import share
from tests import builders

FORM = {"email": "nora@example.org", "role": "researcher"}
JOIN = {"username": "nora", "password1": builders.PASSWORD, "password2": builders.PASSWORD}


@pytest.fixture
def administrator(db):
    return User.objects.create_user("anna", "anna@example.org", builders.PASSWORD, role="administrator")


@pytest.fixture
def link(client, administrator) -> str:
    client.force_login(administrator)
    client.post(reverse("people"), FORM)
    client.logout()
    return re.search(r"http://testserver(\S+)", mail.outbox[0].body).group(1)


def test_an_invited_person_joins_in_the_role_they_were_given(client, link):
    assert "nora@example.org" in client.get(link).text
    assert client.post(link, JOIN).headers["Location"] == reverse("home")
    nora = User.objects.get(username="nora")
    assert (nora.role, nora.email, nora.is_staff) == ("researcher", "nora@example.org", False)
    assert client.get(reverse("dashboards:studies")).status_code == 200


def test_the_link_is_kept_as_a_digest_and_opens_once(client, link):
    token = link.rstrip("/").rpartition("/")[2]
    assert token not in str(StaffInvitation.objects.values().get())
    client.post(link, JOIN)
    client.logout()
    assert client.get(link).status_code == 404
    assert client.post(link, {**JOIN, "username": "nick"}).status_code == 404


@pytest.mark.parametrize(
    ("field", "why"), [("expires_at", "expired"), ("withdrawn_at", "withdrawn"), ("accepted_at", "used")]
)
def test_a_link_that_is_over_opens_nothing_and_the_audit_log_knows(client, link, field, why):
    StaffInvitation.objects.update(**{field: timezone.now() - timedelta(seconds=1)})
    assert client.get(link).status_code == 404
    refused = AuditEvent.objects.get(action="person.join_refused")
    assert (refused.target, refused.detail["why"]) == ("nora@example.org", why)


def test_a_link_of_nobody_is_told_to_the_audit_log_so_often_and_no_more(client, db):
    answers = [client.get(reverse("join_staff", args=["made-up"])).status_code for _ in range(25)]
    assert set(answers) == {404, 429}
    refused = AuditEvent.objects.filter(action="person.join_refused", detail__why="unknown")
    assert refused.count() == answers.count(404)


def test_a_mail_that_cannot_be_sent_is_told_with_the_link_which_opens(client, administrator, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    client.force_login(administrator)
    page = client.post(reverse("people"), FORM)
    assert page.status_code == 200 and "its mail could not be sent" in page.text
    address = page.context["link"].address
    assert address in page.text and StaffInvitation.objects.get().is_open
    client.logout()
    assert "nora@example.org" in client.get(address).text


def test_an_address_is_invited_once_and_never_a_second_account(client, link, administrator):
    client.force_login(administrator)
    assert "invited already" in client.post(reverse("people"), FORM).text
    taken = {**FORM, "email": "ANNA@example.org"}
    assert "signs in with this e-mail address already" in client.post(reverse("people"), taken).text
    assert len(mail.outbox) == 1


def test_a_weak_password_joins_nobody(client, link):
    weak = {"username": "nora", "password1": "12345", "password2": "12345"}
    assert client.post(link, weak).status_code == 422
    assert not User.objects.filter(username="nora").exists()


def test_roles_are_changed_and_told(client, administrator, researcher):
    client.force_login(administrator)
    client.post(reverse("change_person", args=[researcher.pk]), {"role": "administrator"})
    researcher.refresh_from_db()
    assert (researcher.role, researcher.is_active) == ("administrator", False)
    assert AuditEvent.objects.get(action="person.changed").detail["before"]["role"] == "researcher"


def test_nobody_changes_themselves_and_no_rater_comes_to_see_names(client, administrator, rater):
    client.force_login(administrator)
    for person in (administrator, rater.user):
        client.post(reverse("change_person", args=[person.pk]), {"role": "researcher", "is_active": "on"})
        person.refresh_from_db()
    assert (administrator.role, rater.user.role) == ("administrator", "rater")


def test_an_invitation_is_withdrawn(client, link, administrator):
    client.force_login(administrator)
    client.post(reverse("uninvite_person", args=[StaffInvitation.objects.get().pk]))
    assert client.get(link).status_code == 404


def test_owners_share_and_unblind_on_the_page(client, study, researcher):
    client.force_login(researcher)
    page = reverse("dashboards:study_people", args=[study.slug])
    client.post(page, {"user": "rosa", "role": "owner"})
    builders.researcher("ruth")
    client.post(page, {"user": "ruth", "role": "viewer"})
    assert "ruth" in client.get(page).text
    assert client.post(page, {"user": "nobody", "role": "viewer"}).status_code == 422
    client.post(reverse("dashboards:unblind_study", args=[study.slug]), {"reason": "all is in"})
    study.refresh_from_db()
    assert study.unblinded_at and "Unblinded" in client.get(page).text


def test_the_owner_of_a_copy_is_told_why_the_page_does_not_unblind_it(client, study, researcher):
    share(study, builders.researcher("ruth"), "owner")
    share(study, researcher, "viewer")
    copy = duplicate(study, "twin", researcher)
    lock(copy, researcher)
    client.force_login(researcher)
    page = client.post(reverse("dashboards:unblind_study", args=["twin"]), {"reason": "curious"}, follow=True)
    copy.refresh_from_db()
    assert (
        copy.unblinded_at is None and "autumn compares some of the same runs and is blind still" in page.text
    )
