"""Who of the staff works on a study, and as what. A study without members belongs to all who plan studies."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from raters.models.studies import Study
from raters.studies.roles import Role


class StudyMember(models.Model):
    """One person's role in one study. Senior raters are raters: their mark stands on their enrolment."""

    Role = Role

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="study_memberships"
    )
    role = models.CharField(max_length=8, choices=Role)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["study", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["study", "user"], name="member_has_one_role_in_a_study"),
            models.CheckConstraint(
                condition=Q(role__in=["owner", "editor", "viewer"]), name="member_role_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.role} of {self.study}"
