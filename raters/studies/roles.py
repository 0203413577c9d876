"""The roles that members of a study have."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models


class Role(models.TextChoices):
    OWNER = "owner", "owner: shares, unblinds, changes"
    EDITOR = "editor", "editor: changes"
    VIEWER = "viewer", "viewer: reads"


OWNERS, EDITORS, EVERYONE = [Role.OWNER], [Role.OWNER, Role.EDITOR], list(Role)


def known_roles(roles: Any) -> None:
    """Raises: ValidationError for anything but a list of roles in a study."""
    if not isinstance(roles, list) or not set(map(str, roles)) <= set(Role.values):
        raise ValidationError(f"A list of these, no others: {', '.join(Role.values)}.")
