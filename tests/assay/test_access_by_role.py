"""Which act on a study is whose, on pages and by the API, from the URLconf: a new address without a row fails."""

import pytest
from django.test import Client

from assay.api.scopes import SCOPES
from assay.api.tokens import make_token
from assay.reports.asked import ask
from assay.reports.models import Report
from raters.models import Message, StudyMember
from tests import builders
from tests.assay.routes import routes

WHO = ("nobody", "rater", "stranger", "viewer", "editor", "owner")
ALL, STAFF, MEMBERS, EDITORS, OWNERS = set(WHO), set(WHO[2:]), set(WHO[3:]), set(WHO[4:]), {"owner"}
# What an act on a page of one study needs, with the method that does it. Gates that a study's state sets come later.
PAGES = {
    "study": ("get", MEMBERS),
    "open_study": ("post", EDITORS),
    "study_settings": ("get", EDITORS),
    "held": ("get", MEMBERS),
    "decide_held": ("post", EDITORS),
    "study_raters": ("get", MEMBERS),
    "pause_rater": ("post", EDITORS),
    "gold": ("get", MEMBERS),
    "add_gold": ("post", EDITORS),
    "invitations": ("get", EDITORS),
    **dict.fromkeys(("contested", "inbox", "pay", "pay_file", "judges", "exports", "card"), ("get", MEMBERS)),
    **dict.fromkeys(("results", "comparisons", "comparisons_file"), ("get", MEMBERS)),
    **dict.fromkeys(("make_senior", "act_on_message"), ("post", EDITORS)),
    "study_people": ("get", MEMBERS),
    "stop_sharing": ("post", OWNERS),
    "unblind_study": ("post", OWNERS),
}
# The API: who reaches an operation with a token of all scopes. "rater" has no token.
OPERATIONS = {
    "GET openapi-json": ALL,
    **dict.fromkeys(("GET list_prompt_sets", "POST upload_prompts", "GET one_prompt_set"), STAFF),
    **dict.fromkeys(("GET list_versions", "GET one_version", "GET list_prompts"), STAFF),
    **dict.fromkeys(("GET list_checkpoints", "POST register_checkpoint", "GET one_checkpoint"), STAFF),
    **dict.fromkeys(("POST import_responses", "GET one_registration"), STAFF),
    **dict.fromkeys(("GET list_runs", "POST start_run", "GET one_run", "GET progress_of_run"), STAFF),
    **dict.fromkeys(("POST stop_run", "POST retry_run", "GET list_responses"), STAFF),
    **dict.fromkeys(("GET list_studies", "POST make_study"), STAFF),
    **dict.fromkeys(("GET one_study", "GET progress_of_study", "GET list_judgments"), MEMBERS),
    **dict.fromkeys(("GET list_invitations", "GET list_members", "GET list_reports"), MEMBERS),
    **dict.fromkeys(("GET one_report", "GET one_report_request"), MEMBERS),
    **dict.fromkeys(("PATCH settle_study", "POST lock_study", "POST start_study"), EDITORS),
    **dict.fromkeys(("POST pause_study", "POST finish_study", "POST make_invitation"), EDITORS),
    "POST make_report": EDITORS,
    **dict.fromkeys(("POST unblind_study", "POST share_study"), OWNERS),
}
BODIES = {
    "unblind_study": '{"reason": "all is in"}',
    "share_study": '{"user": "nobody", "role": "viewer"}',
    "settle_study": '{"settings": {}}',
    "make_invitation": "{}",
}


@pytest.fixture
def study(db):
    study = builders.study()
    study.status = "draft"  # only then do all pages exist
    study.save()
    comparison = study.comparisons.first()
    study.comparisons.filter(pk=comparison.pk).update(status="held")
    return study


@pytest.fixture
def people(study):
    """By what each may do with the study: strangers plan studies, but not this one."""
    builders.rater(study)
    found = {"nobody": None, "rater": study.enrolments.get().rater.user}
    for name in WHO[2:]:
        found[name] = builders.researcher(name)
        if name != "stranger":
            StudyMember.objects.create(study=study, user=found[name], role=name)
    return found


@pytest.fixture
def parts(study) -> dict[str, object]:
    """What stands in addresses, by the names of their parts."""
    first = study.arms.first()
    return {
        "slug": study.slug,
        "comparison": study.comparisons.first().pk,
        "enrolment": study.enrolments.first(),
        "run": first.run_id,
        "checkpoint": first.run.checkpoint_id,
        "report": Report.objects.create(study=study, judgments=0, judgments_known=0).pk,
    }


def pages_of_one_study() -> dict[str, str]:
    ours = [route for route in routes() if "/studies/<slug:slug>/" in route.pattern]
    return {route.name.removeprefix("dashboards:"): route.pattern for route in ours}


def test_every_page_of_a_study_and_every_operation_has_a_row():
    operations = {f"{method} {route.name[6:]}" for route in routes() for method in route.methods}
    named = {route.name[6:] for route in routes() if route.name.startswith("api-1:") and not route.methods}
    bare = {"api-root"} & named
    assert set(pages_of_one_study()) == set(PAGES)
    assert operations | {f"GET {name}" for name in named - bare} == set(OPERATIONS)


@pytest.mark.parametrize("page", PAGES)
def test_each_act_on_a_page_is_whose_it_is(page, study, people):
    method, allowed = PAGES[page]
    keys = {"decide_held": study.comparisons.first().pk, "add_gold": study.comparisons.last().pk}
    enrolment = study.enrolments.get()
    keys |= {
        "pause_rater": enrolment.pk,
        "make_senior": enrolment.pk,
        "stop_sharing": study.members.first().pk,
    }
    keys["act_on_message"] = Message.objects.create(
        study=study, rater=enrolment.rater, kind="question", text="?"
    ).pk
    address = (
        pages_of_one_study()[page].replace("<slug:slug>", study.slug).replace("<int:pk>", str(keys.get(page)))
    )
    reached = set()
    for name, user in people.items():
        client = Client()
        if user:
            client.force_login(user)
        answer = getattr(client, method)(address)
        if answer.status_code != 404 and "/accounts/login/" not in answer.headers.get("Location", ""):
            reached.add(name)
        study.save()  # as it was before: one act must not shut out the next
    assert reached == allowed


@pytest.mark.parametrize("operation", OPERATIONS)
def test_each_operation_is_whose_it_is(operation, study, people, parts):
    method, _, name = operation.partition(" ")
    route = next(route for route in routes() if route.name == f"api-1:{name}")
    subject = route.pattern.split("/")[3]
    keys = {"runs": parts["run"], "checkpoints": parts["checkpoint"], "reports": parts["report"]}
    if subject == "report-requests":
        study.status = "collecting"
        keys[subject] = ask(study).pk
    if subject == "registrations":
        from generation.models import Registration

        keys[subject] = Registration.objects.create(name="owl", uri="/owl", dtype="float32").pk
    slug = study.prompt_set_version.prompt_set.slug if subject == "prompt-sets" else study.slug
    address = (
        route.pattern.replace("<slug>", slug).replace("<number>", "1").replace("<id>", str(keys.get(subject)))
    )
    reached = set()
    for who, user in people.items():
        may = user and user.plans_studies
        secret = make_token(user, "t", list(SCOPES), 1, None).secret if may else "assay_none"
        send = getattr(Client(), method.lower())
        extra = {} if method == "GET" else {"data": BODIES.get(name, ""), "content_type": "application/json"}
        status = send(address, headers={"Authorization": f"Bearer {secret}"}, **extra).status_code
        if status not in {401, 403, 404}:
            reached.add(who)
        study.save()
    assert reached == OPERATIONS[operation]
