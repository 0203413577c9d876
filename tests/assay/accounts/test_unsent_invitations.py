"""A mail server that refuses, or says nothing: the administrator is told why, soon, and the log without addresses."""

import logging

import pytest
from django.core.mail.backends.base import BaseEmailBackend

from assay.accounts.inviting import ANSWER_S, invite_person, send_invitation
from tests import builders

NORA = "nora@example.org"


class Refusing(BaseEmailBackend):
    """Refuses every letter with `why`, and keeps how long it was to be waited for."""

    why, waited_s = "", None

    def __init__(self, *args, timeout=None, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        Refusing.waited_s = timeout

    def send_messages(self, letters):
        raise OSError(self.why)


@pytest.fixture
def unsent(db, settings, monkeypatch):
    """Why the letter was not sent, where the server says so."""
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    invitation = invite_person(NORA, "researcher", builders.researcher()).invitation

    def tell(why: str) -> str:
        monkeypatch.setattr(Refusing, "why", why)
        return send_invitation(invitation, "https://assay.example.org/join/secret")

    return tell


def test_what_the_server_says_is_told_and_no_more_than_a_line_of_it(unsent):
    assert unsent("550 no such user") == "550 no such user"
    assert unsent("x" * 201) == "x" * 200
    assert Refusing.waited_s == ANSWER_S


def test_a_server_that_gives_no_reason_is_told_by_the_kind_of_failure(unsent):
    assert unsent("") == "OSError"


def test_the_log_says_that_it_failed_and_neither_to_whom_nor_the_link(unsent, caplog):
    with caplog.at_level(logging.WARNING, logger="assay.accounts.inviting"):
        unsent(f"550 {NORA} refused")
    [line] = [record.getMessage() for record in caplog.records]
    assert line == "An invitation could not be sent: OSError"
