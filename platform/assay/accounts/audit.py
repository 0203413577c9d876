"""Stores what the lower floors announce with the signal `audited`, in the announcer's own transaction."""

from typing import Any

from django.db import models
from django.dispatch import receiver

from assay.accounts.models import AuditEvent, User
from promptsets.audit import audited


@receiver(audited, dispatch_uid="store_audit_event")
def store(
    sender: Any,
    *,
    actor: User | None,
    action: str,
    target: models.Model,
    detail: dict[str, Any],
    **_: Any,
) -> None:
    AuditEvent.objects.create(
        actor=actor,
        action=action,
        target_type=target._meta.label_lower,
        target_id=str(target.pk or ""),
        target=str(target)[:200],
        detail=detail,
    )
