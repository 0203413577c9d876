"""`User`, ours from the first migration on, invitations that make more of them, and `AuditEvent`."""

from typing import Any, NoReturn

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone


class User(AbstractUser):
    """Someone who signs in. The role says which pages exist for them; `is_staff` opens the admin as well."""

    class Role(models.TextChoices):
        RATER = "rater"
        RESEARCHER = "researcher"
        ADMINISTRATOR = "administrator"

    role = models.CharField(max_length=16, choices=Role, default=Role.RATER)

    class Meta(AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=["rater", "researcher", "administrator"]), name="user_role_is_known"
            ),
            models.UniqueConstraint(
                Lower("email"),
                condition=~Q(email=""),
                name="user_email_is_unique",
                violation_error_message="Another person already signs in with this e-mail address.",
            ),
        ]

    @property
    def plans_studies(self) -> bool:
        """Whether this person may see behind the blinding, as all staff may. Such a person rates in no study."""
        return (
            self.is_staff or self.is_superuser or self.role in {self.Role.RESEARCHER, self.Role.ADMINISTRATOR}
        )

    @property
    def administers(self) -> bool:
        """Whether this person looks after people, access and the audit log, and has every study."""
        return self.is_superuser or self.role == self.Role.ADMINISTRATOR


class StaffInvitation(models.Model):
    """A link, sent by e-mail, by which one person becomes a user with that role. Only its digest is kept."""

    email = models.EmailField()
    role = models.CharField(max_length=16, choices=User.Role)
    token_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    expires_at = models.DateTimeField()
    accepted_by = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="invitation"
    )
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=["rater", "researcher", "administrator"]),
                name="staff_invitation_role_is_known",
            )
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def is_open(self) -> bool:
        return not self.over

    @property
    def over(self) -> str:
        """Why its link lets nobody in; "" while it does."""
        if self.accepted_at:
            return "used"
        if self.withdrawn_at:
            return "withdrawn"
        return "" if self.expires_at > timezone.now() else "expired"


# What in an event's detail may tell of a person.
ADDRESSES = frozenset({"address", "email"})
PERSONAL = ADDRESSES | {"reason"}


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    def rewrite(self, **fields: Any) -> int:
        """For what must not be kept of persons, and nothing else: who did what, when, to what stays."""
        return super().update(**fields)

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("The audit log is append-only.")

    def delete(self) -> NoReturn:
        raise TypeError("The audit log is append-only.")


class AuditEvent(models.Model):
    """One act that someone may ask about later. Written once, never changed."""

    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="audit_events"
    )
    action = models.CharField(max_length=64, help_text="Subject and verb: study.locked")
    target_type = models.CharField(max_length=64)
    target_id = models.CharField(max_length=64)
    target = models.CharField(max_length=200, help_text="How the object was called at the time")
    detail = models.JSONField(default=dict)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["target_type", "target_id"], name="audit_target"),
            models.Index(fields=["action"], name="audit_action"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.target}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("The audit log is append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("The audit log is append-only.")

    def without(self, names: frozenset[str] = PERSONAL, target: str | None = None) -> bool:
        """Takes these out of the row's detail, and calls its object `target` from then on; whether anything changed."""
        detail = {name: value for name, value in self.detail.items() if name not in names}
        fields = {"detail": detail, "target": (self.target if target is None else target)[:200]}
        if fields == {"detail": self.detail, "target": self.target}:
            return False
        return bool(AuditEvent.objects.filter(pk=self.pk).rewrite(**fields))
