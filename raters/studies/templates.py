"""Templates of studies: found by name, and what one gives to a new study."""

from typing import Any

from promptsets.refusals import FieldError
from raters.models import Study, StudyTemplate
from raters.studies.copying import BESIDE
from raters.studies.drafting import SETTINGS


def template_named(name: str) -> StudyTemplate:
    """Raises: FieldError, with the templates there are, if none has the name."""
    template = StudyTemplate.objects.filter(name=name).first()
    if template is None:
        known = ", ".join(StudyTemplate.objects.values_list("name", flat=True)[:10]) or "none yet"
        raise FieldError("template", f"There is no template {name!r}. Templates: {known}.")
    return template


def settings_in(values: dict[str, Any]) -> dict[str, Any]:
    """The settings among what a template keeps, as a study's fields hold them."""
    fields = {field.name: field for field in Study._meta.fields if field.name in {*SETTINGS, *BESIDE}}
    return {name: fields[name].to_python(value) for name, value in values.items() if name in fields}
