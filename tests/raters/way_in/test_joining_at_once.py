"""One person whose browser asks twice at once takes one place: a second one would be a second vote and a second pay."""

import threading

import pytest
from django.db import connection

from raters.models import Invitation
from raters.way_in.inviting import InvitationError, digest, enrol, invite
from tests import builders

TIMES = 8


@pytest.mark.django_db(transaction=True)
def test_one_person_begins_once_however_often_they_press_the_button():
    study = builders.study()
    invitation = Invitation.objects.get(token_sha256=digest(invite(study, uses=100)))
    start, told = threading.Barrier(TIMES), list[str]()

    def press() -> None:
        start.wait()
        try:
            enrol(invitation, {"PROLIFIC_PID": "p1"})
            told.append("in")
        except InvitationError:
            told.append("begun before")
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(TIMES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["begun before"] * (TIMES - 1) + ["in"]
    invitation.refresh_from_db()
    assert study.enrolments.count() == invitation.uses == 1
