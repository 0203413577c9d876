"""What a form of a page asks or filters by, the operation that does the same takes: a new field fails here."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django import forms

import assay.urls  # noqa: F401  all pages, and with them all forms
from assay.accounts.audit_log import FilterForm as AuditFilter
from assay.accounts.first_administrator import FirstAdministratorForm
from assay.accounts.people import InviteForm, JoinForm
from assay.api.site import api
from assay.api.token_pages import TokenForm
from assay.dashboards.checkpoints.exploring import ResponseFilter
from assay.dashboards.checkpoints.registering import CheckpointForm
from assay.dashboards.checkpoints.results import ResultsForm
from assay.dashboards.checkpoints.side_by_side import SidesForm
from assay.dashboards.evaluations.plans import PlanForm as StandingPlanForm
from assay.dashboards.evaluations.plans import VersionForm
from assay.dashboards.evaluations.series import WatchForm
from assay.dashboards.prompts.browsing import FilterForm
from assay.dashboards.prompts.forms import CorrectionForm, FileForm, KeptFileForm, ReadingForm, SubsetForm
from assay.dashboards.results.comparing import ComparisonFilter
from assay.dashboards.runs.importing import ResponsesForm
from assay.dashboards.runs.starting import RunForm
from assay.dashboards.studies.copies import CopyForm
from assay.dashboards.studies.importing import StudyFileForm
from assay.dashboards.studies.inbox import FilterForm as MessagesFilter
from assay.dashboards.studies.invitations import InvitationForm, TableForm
from assay.dashboards.studies.judges import JudgeForm
from assay.dashboards.studies.people import ShareForm
from assay.dashboards.studies.plan_form import PlanForm
from assay.dashboards.studies.planned import PromptsForm
from assay.dashboards.studies.settings import SettingsForm
from assay.dashboards.style import SampleForm
from assay.operations.personal_data.pages import WhoForm


@dataclass(frozen=True)
class Asked:
    """The operations that together take a form's fields. `called`: fields that go by another name there."""

    operations: tuple[str, ...]
    called: dict[str, str] = field(default_factory=dict)
    excused: dict[str, str] = field(default_factory=dict)


AGAIN = {"sent": "a program sends its file again"}
RATINGS = {"ratings_per_comparison": "ratings", "margin": "gate_margin"}
CADENCE = {"cadence": "told by every_nth_step and cron"}
ROWS: dict[type[forms.BaseForm], Asked] = {
    PlanForm: Asked(("make_study", "plan_power", "start_run")),
    InviteForm: Asked(("invite_somebody",)),
    WhoForm: Asked(("forget_a_rater",)),
    PromptsForm: Asked(("plan_power", "make_subset"), {"prompts": "prompt_set"}),
    FilterForm: Asked(("list_prompts",)),
    ComparisonFilter: Asked(("list_counted",)),
    MessagesFilter: Asked(("list_messages",)),
    ResponseFilter: Asked(("list_responses", "list_runs")),
    AuditFilter: Asked(("list_audit_events",)),
    SidesForm: Asked(
        ("list_responses", "list_runs"),
        excused={
            **dict.fromkeys("ab", "a program reads two lists"),
            "prompt": "each row of the list says which",
            "differences": "a program marks them itself",
        },
    ),
    SettingsForm: Asked(("settle_study",)),
    CopyForm: Asked(("copy_study",)),
    InvitationForm: Asked(("make_invitation",)),
    TableForm: Asked(
        ("make_invitation",),
        excused={
            "file": "a program asks once for each person",
            "table": "a program asks once for each person",
            "send": "a program is given the link and sends it by its own mail",
        },
    ),
    ShareForm: Asked(("share_study",)),
    JudgeForm: Asked(("ask_judge",)),
    CheckpointForm: Asked(("register_checkpoint",)),
    ResultsForm: Asked(("import_results",), excused=AGAIN),
    ResponsesForm: Asked(("import_responses",), excused=AGAIN),
    StudyFileForm: Asked(("import_judged",), excused=AGAIN),
    RunForm: Asked(("start_run",)),
    FileForm: Asked(("upload_prompts",)),
    ReadingForm: Asked(("upload_prompts",)),
    SubsetForm: Asked(("make_subset",)),
    CorrectionForm: Asked(("correct_prompt",)),
    WatchForm: Asked(("watch_place",)),
    VersionForm: Asked(("change_plan",), RATINGS, CADENCE),
    StandingPlanForm: Asked(("new_plan",), RATINGS, CADENCE),
}
FOR_PEOPLE = {  # and why programs have nothing for them
    SampleForm: "the page of the design system",
    KeptFileForm: "a program sends its file again",
    JoinForm: "by a link alone, before there is an account",
    FirstAdministratorForm: "by a link alone, before there is an account",
    TokenForm: "a token that makes tokens would outlive its end",
}
SIGNING_IN = {"assay.accounts.forms"}  # allauth's own, with our words
SCHEMA = api.get_openapi_schema()


def operation_named(name: str) -> dict[str, Any]:
    every = (one for path in SCHEMA["paths"].values() for one in path.values())
    return next(one for one in every if one["operationId"].endswith(f"_{name}"))


def fields_of(operation: dict[str, Any]) -> set[str]:
    """Every name that it takes: in its address and query, and at any depth of its body."""
    named = {one["name"] for one in operation.get("parameters", ())}
    for content in operation.get("requestBody", {}).get("content", {}).values():
        named |= set(names_in(content["schema"]))
    return named


def names_in(schema: dict[str, Any]) -> Iterator[str]:
    if "$ref" in schema:
        yield from names_in(SCHEMA["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    for name, inner in schema.get("properties", {}).items():
        yield name
        yield from names_in(inner)
    yield from schema.get("propertyNames", {}).get("enum", ())
    for part in ("anyOf", "allOf"):
        for inner in schema.get(part, ()):
            yield from names_in(inner)


def forms_of_pages() -> set[type[forms.BaseForm]]:
    found, left = set(), [forms.Form, forms.ModelForm]
    while left:
        for form in left.pop().__subclasses__():
            left.append(form)
            if form.__module__.startswith("assay.") and form.__module__ not in SIGNING_IN:
                found.add(form)
    return found


def test_every_form_has_a_row():
    assert forms_of_pages() == set(ROWS) | set(FOR_PEOPLE)


@pytest.mark.parametrize("form", ROWS, ids=lambda form: f"{form.__module__}.{form.__name__}")
def test_the_operation_takes_what_the_form_asks(form):
    row = ROWS[form]
    taken = set().union(*(fields_of(operation_named(name)) for name in row.operations))
    asked = {row.called.get(name, name) for name in form.base_fields}
    assert asked - taken == set(row.excused)
