"""Where one is signed in: listed with this one marked, and ended there, one by one or all others."""

import pytest
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from assay.accounts.models import AuditEvent
from assay.accounts.own_sessions import browser_of
from tests import builders

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605 Safari/604.1"
EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0"
PAGE = "/account/sessions/"


def browser(user_agent: str, name: str = "rosa") -> Client:
    client = Client(headers={"User-Agent": user_agent})
    client.post(reverse("account_login"), {"login": name, "password": builders.PASSWORD})
    return client


@pytest.fixture
def three(researcher) -> list[Client]:
    """Rosa's browsers."""
    cache.clear()
    return [browser(one) for one in (FIREFOX, SAFARI, EDGE)]


def opens(client: Client) -> bool:
    return client.get("/studies/").status_code == 200


def pk_of(client: Client) -> int:
    return UserSession.objects.get(session_key=client.session.session_key).pk


def test_each_session_is_listed_in_words_and_this_one_marked(three):
    text = three[0].get(PAGE).text
    rows = text.partition("<tbody>")[2].split("</tr>")[:3]
    assert all(
        any(name in row for row in rows) for name in ("Firefox · Linux", "Safari · iPhone", "Edge · Windows")
    )
    assert ["Firefox" in row for row in rows] == ["this one" in row for row in rows]
    assert not any(client.session.session_key in text for client in three)


def test_one_is_ended_and_the_others_stay(three):
    three[0].post(PAGE, {"session": pk_of(three[1])})
    assert [opens(client) for client in three] == [True, False, True]
    row = AuditEvent.objects.get(action="session.ended")
    assert (row.actor.username, row.detail["browser"]) == ("rosa", "Safari · iPhone")


def test_all_others_are_ended(three):
    three[0].post(PAGE, {"session": "others"})
    assert [opens(client) for client in three] == [True, False, False]


def test_this_one_and_other_peoples_are_not_ended_here(three):
    builders.researcher("ruth")
    hers = browser(FIREFOX, "ruth")
    for other in (three[0], hers):
        assert three[0].post(PAGE, {"session": pk_of(other)}).status_code == 404
    assert opens(hers) and opens(three[0])


def test_a_new_password_ends_the_others_and_the_list_says_so(three):
    new = "a-newer-lantern-43"
    changed = {"oldpassword": builders.PASSWORD, "password1": new, "password2": new}
    three[0].post(reverse("account_change_password"), changed)
    assert [opens(client) for client in three] == [True, False, False]
    rows = three[0].get(PAGE).context["rows"]
    assert [row["browser"] for row in rows] == ["Firefox · Linux"]


def test_a_session_that_began_by_a_link_is_listed_once_it_was_used(client, researcher):
    client.force_login(researcher)
    assert client.get(PAGE).text.count("this one") == 1


def test_a_connection_without_an_address_is_let_in(client, researcher):
    client.force_login(researcher)
    assert client.get(PAGE, REMOTE_ADDR="").status_code == 200  # behind a socket of the machine


def test_what_says_nothing_of_itself_has_no_name():
    assert browser_of("curl/8.5.0") == ""
