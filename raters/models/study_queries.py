"""Which studies somebody may know of, change and own: the rule beneath pages and API."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from raters.studies.roles import EDITORS, EVERYONE, OWNERS, Role

if TYPE_CHECKING:
    from raters.models.studies import Study  # noqa: F401  named in a string


class StudyQuerySet(models.QuerySet["Study"]):
    def for_user(self, user: Any) -> "StudyQuerySet":
        """The studies this person may know of; for a rater those they take part in."""
        if user.is_authenticated and not user.plans_studies:
            return self.filter(enrolments__rater__user_id=user.pk)
        return self.for_role(user, EVERYONE)

    def for_editor(self, user: Any) -> "StudyQuerySet":
        """The studies this person may change."""
        return self.for_role(user, EDITORS)

    def for_owner(self, user: Any) -> "StudyQuerySet":
        """The studies this person may share with others, and unblind."""
        return self.for_role(user, OWNERS)

    def for_role(self, user: Any, roles: list[Role]) -> "StudyQuerySet":
        """Of those who plan studies: administrators have all, others those without members and their own."""
        if not (user.is_authenticated and user.plans_studies):
            return self.none()
        if user.administers:
            return self
        return self.filter(Q(members=None) | Q(members__user_id=user.pk, members__role__in=roles))
