"""Types of fields that several subjects share: each says in the schema what it takes."""

import re
from datetime import date
from typing import Annotated, Literal

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from ninja import Query, Schema
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, StringConstraints


def an_address(text: str) -> str:
    """As forms take it. Raises: ValueError."""
    try:
        validate_email(text)
    except ValidationError as error:
        raise ValueError(" ".join(error.messages)) from None
    return text


Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
Slug = Annotated[str, StringConstraints(pattern=r"^[-a-zA-Z0-9_]{1,100}$")]
Text = Annotated[
    str, StringConstraints(pattern=r"^[^\x00]*$", max_length=2000)
]  # no NUL: PostgreSQL keeps none
ShortText = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=200)]


def as_written(text: object) -> object:
    """A number would be taken for seconds since 1970. Raises: ValueError."""
    if not isinstance(text, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        raise ValueError("a day is written as 2026-03-01")
    return text


Day = Annotated[date, BeforeValidator(as_written)]
Email = Annotated[str, StringConstraints(max_length=254), AfterValidator(an_address)]
StaffRole = Literal["researcher", "administrator"]
VersionName = Annotated[
    str,
    StringConstraints(pattern=r"^[-a-zA-Z0-9_]{1,64}(@[0-9]{1,9})?$"),
    Field(description="everyday for the newest version, everyday@2 for that one"),
]
Archived = Annotated[bool, Query(description="true: those that are archived; else those that are not")]


class Body(Schema):
    """A body that is sent: a field that we do not know is refused, not overlooked."""

    model_config = ConfigDict(extra="forbid")


DryRun = Annotated[bool, Query(description="Read and check everything, save nothing")]
