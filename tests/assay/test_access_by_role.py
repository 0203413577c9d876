"""Which act on a study is whose, on pages and by the API, from the URLconf: a new address without a row fails."""

import pytest
from django.db import transaction
from django.test import Client

from assay.accounts.models import StaffInvitation, User
from assay.api.scopes import SCOPES
from assay.api.tokens import make_token
from assay.evaluations.starting import start
from assay.reports.asked import ask
from assay.reports.models import Report
from assay.takeaway.making import request_export
from generation.models import Registration
from raters.models import Message, StudyMember
from tests import builders
from tests.assay.routes import routes
from tests.evaluated import series_with_verdicts

PLANNED = ("series", "evaluations", "evaluation-runs")
WHO = ("nobody", "rater", "stranger", "viewer", "editor", "owner", "administrator")
ALL, STAFF, MEMBERS, EDITORS = set(WHO), set(WHO[2:]), set(WHO[3:]), set(WHO[4:])
OWNERS, ADMINISTRATORS = {"owner", "administrator"}, {"administrator"}
# What an act on a page of one study needs, with the method that does it. Gates that a study's state sets come later.
PAGES = {
    "study": ("get", MEMBERS),
    "open_study": ("post", EDITORS),
    "study_settings": ("get", EDITORS),
    "remove_study": ("get", EDITORS),
    "copy_study": ("get", EDITORS),
    **dict.fromkeys(("study_running", "preview", "study_design"), ("get", MEMBERS)),
    "steer_study": ("post", EDITORS),
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
    **dict.fromkeys(("POST import_responses", "GET one_registration", "GET list_results"), STAFF),
    **dict.fromkeys(("POST import_results", "POST tell_licence"), STAFF),
    **dict.fromkeys(("GET dependents_of_run", "POST remove_run"), STAFF),
    **dict.fromkeys(("GET dependents_of_checkpoint", "POST remove_checkpoint"), STAFF),
    **dict.fromkeys(("GET dependents_of_prompt_set", "POST remove_prompt_set"), STAFF),
    **dict.fromkeys(("GET dependents_of_study", "GET design_of_study", "GET check_draft"), MEMBERS),
    **dict.fromkeys(("POST copy_study", "POST remove_study"), EDITORS),
    **dict.fromkeys(("POST make_subset", "POST correct_prompt", "GET list_differences"), STAFF),
    **dict.fromkeys(("GET list_series", "GET one_series", "PUT watch_place", "GET list_sightings"), STAFF),
    **dict.fromkeys(("GET list_plans", "POST new_plan", "GET one_plan", "GET list_plan_versions"), STAFF),
    **dict.fromkeys(("POST change_plan", "POST pause_plan", "POST resume_plan", "GET verdict_of"), STAFF),
    **dict.fromkeys(("GET list_evaluation_runs", "POST start_evaluation", "GET list_changes"), STAFF),
    **dict.fromkeys(("GET list_leaderboards", "GET one_leaderboard", "GET pair_of_checkpoints"), STAFF),
    **dict.fromkeys(("GET one_evaluation_run", "POST cancel_evaluation"), STAFF),
    **dict.fromkeys(("POST retry_evaluation", "PUT note_evaluation", "GET card_key"), STAFF),
    **dict.fromkeys(("GET list_exports", "POST ask_for_export", "GET one_export"), MEMBERS),
    **dict.fromkeys(("GET file_of_export", "POST cancel_export"), MEMBERS),
    **dict.fromkeys(("GET list_raters", "GET list_pay", "GET list_comparisons"), MEMBERS),
    **dict.fromkeys(("GET list_contested", "GET list_messages", "GET list_judges"), MEMBERS),
    **dict.fromkeys(("POST pause_rater", "POST release_rater", "PUT make_rater_senior"), EDITORS),
    **dict.fromkeys(("POST decide_comparison", "POST make_comparison_gold", "POST ask_judge"), EDITORS),
    **dict.fromkeys(("POST reply_to_message", "POST close_message", "POST hold_for_message"), EDITORS),
    **dict.fromkeys(("GET list_runs", "POST start_run", "GET one_run", "GET progress_of_run"), STAFF),
    **dict.fromkeys(("POST stop_run", "POST retry_run", "GET list_responses"), STAFF),
    **dict.fromkeys(("GET list_studies", "POST make_study", "POST run_over", "POST import_judged"), STAFF),
    "POST estimate_run": STAFF,
    **dict.fromkeys(("GET list_rubrics", "GET list_templates", "GET plan_power"), STAFF),
    **dict.fromkeys(("GET one_study", "GET progress_of_study", "GET list_judgments"), MEMBERS),
    **dict.fromkeys(("GET list_invitations", "GET list_members", "GET list_reports"), MEMBERS),
    **dict.fromkeys(("GET one_report", "GET one_report_request", "GET list_counted"), MEMBERS),
    **dict.fromkeys(("PATCH settle_study", "POST lock_study", "POST start_study"), EDITORS),
    **dict.fromkeys(("POST pause_study", "POST finish_study", "POST make_invitation"), EDITORS),
    "POST retry_study": EDITORS,
    **dict.fromkeys(("GET quality_of_study", "GET list_groups"), MEMBERS),
    "POST make_report": EDITORS,
    **dict.fromkeys(("POST unblind_study", "POST share_study"), OWNERS),
    **dict.fromkeys(("GET list_people", "PATCH change_a_person", "GET list_audit_events"), ADMINISTRATORS),
    **dict.fromkeys(("GET list_staff_invitations", "POST invite_somebody"), ADMINISTRATORS),
    **dict.fromkeys(("POST withdraw_staff_invitation", "POST forget_a_rater"), ADMINISTRATORS),
}
BODIES = {
    "unblind_study": '{"reason": "all is in"}',
    "share_study": '{"user": "nobody", "role": "viewer"}',
    "settle_study": '{"settings": {}}',
    "make_invitation": "{}",
    "copy_study": '{"way": "duplicate", "name": "twin"}',
    **dict.fromkeys(("remove_run", "remove_checkpoint"), '{"act": "archive"}'),
    "tell_licence": '{"licence": "MIT"}',
    **dict.fromkeys(("remove_study", "remove_prompt_set"), '{"act": "archive"}'),
    **dict.fromkeys(("pause_rater", "release_rater"), '{"reason": "too fast"}'),
    "make_rater_senior": '{"senior": true}',
    "decide_comparison": '{"leak": true}',
    "make_comparison_gold": '{"verdict": "tie", "reason": "alike"}',
    "ask_judge": '{"checkpoint": "owl"}',
    "reply_to_message": '{"text": "Yes."}',
    "ask_for_export": '{"kind": "judgments", "format": "csv"}',
    "change_a_person": "{}",
    "invite_somebody": '{"email": "nora@example.org", "role": "researcher"}',
    "forget_a_rater": '{"who": "nobody"}',
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
        if name in StudyMember.Role.values:
            StudyMember.objects.create(study=study, user=found[name], role=name)
    User.objects.filter(username="administrator").update(role="administrator")
    found["administrator"].refresh_from_db()
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
        with transaction.atomic():  # undone after each: one act must not shut out the next
            answer = getattr(client, method)(address)
            transaction.set_rollback(True)
        if answer.status_code != 404 and "/accounts/login/" not in answer.headers.get("Location", ""):
            reached.add(name)
    assert reached == allowed


def key_of(pattern: str, study, parts: dict[str, object]) -> object:
    """What stands for `<id>` or `<token>` in an operation's address."""
    subject = pattern.split("/")[3]
    if subject == "report-requests":
        study.status = "collecting"
        return ask(study).pk
    if subject == "registrations":
        return Registration.objects.create(name="owl", uri="/owl", dtype="float32").pk
    if subject == "exports":
        return request_export(study, "judgments", "csv").token
    if subject == "evaluation-runs":
        return start(parts["plan"], study.arms.first().run.checkpoint).pk
    if subject == "people":
        fields = {"email": "olga@example.org", "role": "researcher", "expires_at": "2100-01-01T00:00Z"}
        invited = StaffInvitation.objects.create(**fields, token_sha256="0" * 64)
        return invited.pk if "invitations" in pattern else User.objects.get(username="stranger").pk
    if subject == "studies":
        subject = pattern.split("/")[5] if pattern.count("/") > 5 else subject
    if subject == "messages":
        rater = parts["enrolment"].rater
        return Message.objects.create(study=study, rater=rater, kind="question", text="?").pk
    known = {"runs": "run", "checkpoints": "checkpoint", "reports": "report", "comparisons": "comparison"}
    return parts["enrolment"].pk if subject == "raters" else parts.get(known.get(subject, ""))


@pytest.mark.parametrize("operation", OPERATIONS)
def test_each_operation_is_whose_it_is(operation, study, people, parts):
    method, _, name = operation.partition(" ")
    pattern = next(route.pattern for route in routes() if route.name == f"api-1:{name}")
    parts["plan"] = series_with_verdicts(win_rates=()) if pattern.split("/")[3] in PLANNED else None
    asked = study.prompt_set_version.prompt_set.slug
    slugs = {"prompt-sets": asked, "leaderboards": asked, "series": "herons", "evaluations": "weekly"}
    key = str(key_of(pattern, study, parts))
    address = pattern.replace("<slug>", slugs.get(pattern.split("/")[3], study.slug))
    for part, value in {"<number>": "1", "<id>": key, "<token>": key, "<key>": "p0000"}.items():
        address = address.replace(part, value)
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
