"""The settings of a draft: which there are, and how they are changed by programs. The page is a form over the same."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction

from promptsets.audit import audited
from promptsets.refusals import FieldError
from promptsets.storable import why_unstorable
from raters.models import Study
from raters.studies.design import CARE, PAY, WAY_IN, WELFARE

PLANNED = ("pool",)
RULES = ("most_per_rater", "fast_floor_percent", "gold_every", "self_identification_rule")
DECIDING = ("exclusion_rules", "stop_rule")
SETTINGS = (
    *PLANNED,
    *("rater_title", "language", "texts"),
    *WAY_IN,
    *("completion_url", "screen_out_url"),
    *WELFARE,
    "support_line",
    *PAY,
    *RULES,
    *DECIDING,
    "arms_known_to",
    *CARE,
)


@transaction.atomic
def change_settings(study: Study, values: dict[str, Any], actor: AbstractBaseUser | None = None) -> Study:
    """The draft with these settings. Raises: FieldError for a setting that cannot be, ValueError once it is locked."""
    found = Study.objects.select_for_update().get(pk=study.pk)
    if found.status != Study.Status.DRAFT:
        raise ValueError(f"{found.slug} is {found.status}: a locked design is not edited")
    if unknown := sorted(values.keys() - set(SETTINGS)):
        raise FieldError(unknown[0], f"{unknown[0]} is no setting; they are {', '.join(SETTINGS)}")
    for name, value in values.items():
        if told := why_unstorable(value):
            raise FieldError(name, f"{name} {told}")
        setattr(found, name, value)
    others = {field.name for field in Study._meta.fields} - values.keys()
    try:
        found.clean_fields(exclude=others)
        found.validate_constraints()  # of all fields: what is changed must go with what is not
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise FieldError(field if field in values else min(values), " ".join(messages)) from error
    found.save(update_fields=list(values))
    detail = {"settings": sorted(values)}
    audited.send(Study, actor=actor, action="study.settings_changed", target=found, detail=detail)
    return found
