"""The one-time link into an empty site."""

import re

import pytest
import time_machine
from django.core import mail
from django.http import Http404

from assay.accounts import first_administrator
from assay.accounts.first_administrator import FirstAdministratorForm, create
from assay.accounts.models import AuditEvent, User

FORM = {
    "username": "ada",
    "email": "ada@example.org",
    "password1": "lantern-harbour-42",
    "password2": "lantern-harbour-42",
}


@pytest.fixture
def link(db):
    return first_administrator.link("")


def test_the_link_makes_the_first_administrator_and_signs_them_in(client, link):
    page = client.get(link).text
    assert "Welcome to Assay" in page and "errorlist" not in page
    assert client.post(link, FORM, follow=True).redirect_chain[-1][0] == "/"
    ada = User.objects.get()
    assert (ada.role, ada.is_staff, ada.is_superuser) == ("administrator", True, True)
    assert AuditEvent.objects.get().action == "site.first_administrator"


def test_the_link_is_spent_once_used(client, link):
    client.post(link, FORM)
    client.logout()
    assert client.get(link).status_code == 404
    assert client.post(link, {**FORM, "username": "eve", "email": "eve@example.org"}).status_code == 404
    assert User.objects.count() == 1


def test_a_weak_password_is_refused_with_its_reason(client, link):
    answer = client.post(link, {**FORM, "password1": "1234567890", "password2": "1234567890"})
    assert answer.status_code == 422 and "too common" in answer.text
    assert not User.objects.exists()


def test_a_made_up_or_old_link_opens_nothing(client, link):
    assert client.get(link[:-5] + "aaaa/").status_code == 404
    with time_machine.travel("2099-01-01"):
        assert client.get(link).status_code == 404


def test_researchers_who_are_there_already_do_not_spend_the_link(client, link):
    User.objects.create_user("rosa", role="researcher", is_staff=True)
    assert client.get(link).status_code == 200
    client.post(link, FORM)
    assert User.objects.get(is_superuser=True).username == "ada"


def test_of_two_who_hold_the_link_the_second_makes_nobody(client, link):
    """Both have the page open; the second form is valid when the first has just been saved."""
    forms = [FirstAdministratorForm({**FORM, "username": name, "email": f"{name}@e.org"}) for name in "ab"]
    assert all(form.is_valid() for form in forms)
    create(forms[0])
    with pytest.raises(Http404):
        create(forms[1])
    assert [user.username for user in User.objects.all()] == ["a"]
    assert AuditEvent.objects.filter(action="site.first_administrator").count() == 1


def test_a_forgotten_password_is_replaced_by_mail(client, link):
    client.post(link, FORM)
    client.logout()
    client.post("/accounts/password/reset/", {"email": FORM["email"]})
    address = re.search(r"https?://[^/]+(/accounts/password/reset/key/\S+)", mail.outbox[0].body)[1]
    form = client.get(address, follow=True)
    new = {"password1": "quiet-orchard-17", "password2": "quiet-orchard-17"}
    client.post(form.redirect_chain[-1][0], new)
    assert client.login(username="ada", password="quiet-orchard-17")


def test_nobody_signs_up_unasked(client, db):
    answer = client.post("/accounts/signup/", FORM)
    assert "By invitation" in answer.text and not User.objects.exists()
