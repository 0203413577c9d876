"""Sessions and the users they are of: every request reads both, so the SQL for it is written once."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from assay.accounts.models import User
from raters.models.prepared import Prepared


class SessionStore(db.SessionStore):
    """Django's own in the database. Its name is part of what sessions are signed with."""

    def load(self) -> dict[str, Any]:
        found = SESSION.first(self.session_key) if self.session_key else None
        if found is None or found.expire_date <= timezone.now():
            self._session_key = None
            return {}
        return self.decode(found.session_data)


class Backend(AuthenticationBackend):
    """Signs in as allauth does. Whose session it is comes with the rater that they are, if they are one."""

    def get_user(self, user_id: int) -> User | None:
        found = USER.first(user_id)
        return found if found and self.user_can_authenticate(found) else None


def _session(key: str) -> QuerySet[Session, Session]:
    return Session.objects.filter(session_key=key)


def _user(user: int) -> QuerySet[User, User]:
    return User.objects.select_related("rater").filter(pk=user)


SESSION, USER = Prepared(_session), Prepared(_user)
