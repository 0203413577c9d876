"""Which page exists for whom, from the list of all addresses: a new one without a row here fails."""

import pytest
from django.urls import reverse

from assay.accounts.models import User
from assay.evaluations.models import EvaluationRun
from assay.evaluations.starting import start
from assay.takeaway.making import request_export
from assay.takeaway.signing import make_key
from assay.takeaway.tasks import work_off
from generation.models import Registration
from promptsets.models import PromptFile
from raters.assignment import claim_next
from tests import builders
from tests.assay.routes import routes
from tests.evaluated import series_with_verdicts

# route name -> status of a GET for (nobody, rater, other rater, researcher, staff); 302 of nobody is the sign-in
MATRIX = {
    "home": (302, 302, 302, 200, 200),
    "raters:my_studies": (302, 200, 200, 404, 404),
    "raters:judge": (302, 200, 404, 404, 404),
    "raters:keys_and_display": (302, 200, 200, 404, 404),
    "raters:draft": (405, 405, 405, 405, 405),
    "raters:ahead": (405, 405, 405, 405, 405),
    "raters:differences": (302, 200, 404, 404, 404),
    "raters:pause": (302, 200, 404, 404, 404),
    "raters:skip": (405, 405, 405, 405, 405),
    "raters:join": (404, 404, 404, 404, 404),  # a made-up token lets nobody in
    "raters:come_back": (200, 200, 200, 200, 200),
    "raters:way_in": (302, 302, 404, 404, 404),
    "raters:leave": (302, 200, 404, 404, 404),
    "raters:take_back": (405, 405, 405, 405, 405),
    "raters:completed": (302, 302, 404, 404, 404),
    "raters:reveal": (405, 405, 405, 405, 405),
    "raters:wellbeing": (302, 200, 404, 404, 404),
    "raters:flag": (302, 200, 404, 404, 404),
    "raters:votes": (302, 404, 404, 404, 404),  # before the decision it is not there
    "raters:write_back": (405, 405, 405, 405, 405),
    "raters:ask": (302, 200, 404, 404, 404),
    "raters:part": (302, 200, 404, 404, 404),
    "raters:contested": (302, 404, 404, 404, 404),  # for senior raters alone
    "raters:surplus": (302, 200, 404, 404, 404),
    "raters:next": (302, 302, 404, 404, 404),
    "raters:done": (302, 200, 404, 404, 404),
    "dashboards:style": (302, 404, 404, 200, 200),
    "dashboards:studies": (302, 404, 404, 200, 200),
    "dashboards:study": (302, 404, 404, 200, 200),
    "dashboards:runs": (302, 404, 404, 200, 200),
    **dict.fromkeys(
        ("dashboards:new_run", "dashboards:import_responses", "dashboards:remove_run"),
        (302, 404, 404, 200, 200),
    ),
    **dict.fromkeys(
        ("dashboards:checkpoints", "dashboards:new_checkpoint", "dashboards:remove_checkpoint"),
        (302, 404, 404, 200, 200),
    ),
    **dict.fromkeys(
        (
            "dashboards:checkpoint",
            "dashboards:responses",
            "dashboards:side_by_side",
            "dashboards:registration",
            "dashboards:import_results",
        ),
        (302, 404, 404, 200, 200),
    ),
    **dict.fromkeys(("dashboards:steer_run", "dashboards:tell_licence"), (405, 405, 405, 405, 405)),
    "dashboards:run": (302, 404, 404, 200, 200),
    "dashboards:series_list": (302, 404, 404, 200, 200),
    "dashboards:new_series": (302, 404, 404, 200, 200),
    "dashboards:series": (302, 404, 404, 200, 200),
    "dashboards:watch_series": (302, 404, 404, 200, 200),
    "dashboards:changes": (302, 404, 404, 200, 200),
    "dashboards:plans": (302, 404, 404, 200, 200),
    "dashboards:new_plan": (302, 404, 404, 200, 200),
    "dashboards:plan": (302, 404, 404, 200, 200),
    "dashboards:edit_plan": (302, 404, 404, 200, 200),
    "dashboards:pause_plan": (405, 405, 405, 405, 405),
    "dashboards:evaluation_run": (302, 404, 404, 200, 200),
    "dashboards:change_run": (405, 405, 405, 405, 405),
    "dashboards:note_on_run": (405, 405, 405, 405, 405),
    "dashboards:held": (302, 404, 404, 200, 200),
    "dashboards:decide_held": (405, 405, 405, 405, 405),
    "dashboards:study_raters": (302, 404, 404, 200, 200),
    "dashboards:pause_rater": (405, 405, 405, 405, 405),
    "dashboards:make_senior": (405, 405, 405, 405, 405),
    "dashboards:contested": (302, 404, 404, 200, 200),
    "dashboards:inbox": (302, 404, 404, 200, 200),
    "dashboards:act_on_message": (405, 405, 405, 405, 405),
    "dashboards:pay": (302, 404, 404, 200, 200),
    "dashboards:pay_file": (302, 404, 404, 200, 200),
    "dashboards:judges": (302, 404, 404, 200, 200),
    "dashboards:gold": (302, 404, 404, 200, 200),
    "dashboards:add_gold": (405, 405, 405, 405, 405),
    "dashboards:invitations": (302, 404, 404, 200, 200),
    "dashboards:study_settings": (302, 404, 404, 404, 404),  # drafts alone have it, and this study is none
    **dict.fromkeys(("dashboards:new_study", "dashboards:import_study"), (302, 404, 404, 200, 200)),
    "dashboards:preview": (302, 404, 404, 200, 200),
    "dashboards:study_running": (302, 404, 404, 200, 200),
    "dashboards:steer_study": (405, 405, 405, 405, 405),
    "dashboards:copy_study": (302, 404, 404, 200, 200),
    "dashboards:open_study": (405, 405, 405, 405, 405),
    "dashboards:prompt_sets": (302, 404, 404, 200, 200),
    "dashboards:prompt_set": (302, 404, 404, 200, 200),
    "dashboards:prompt": (302, 404, 404, 200, 200),
    "dashboards:prompt_set_file": (302, 404, 404, 200, 200),
    "dashboards:add_prompts": (302, 404, 404, 200, 200),
    "dashboards:prompt_file": (302, 404, 404, 200, 404),  # a file that was sent is its sender's alone
    "dashboards:make_subset": (302, 404, 404, 200, 200),
    "dashboards:remove_prompt_set": (302, 404, 404, 200, 200),
    "dashboards:remove_study": (302, 404, 404, 200, 200),
    "dashboards:study_design": (302, 404, 404, 200, 200),
    "dashboards:correct_prompt": (302, 404, 404, 200, 200),
    "dashboards:prompt_changes": (302, 404, 404, 200, 200),
    "dashboards:study_people": (302, 404, 404, 200, 200),
    "dashboards:stop_sharing": (405, 405, 405, 405, 405),
    "dashboards:unblind_study": (405, 405, 405, 405, 405),
    "dashboards:exports": (302, 404, 404, 200, 200),
    "dashboards:card": (302, 404, 404, 200, 200),
    "dashboards:results": (302, 404, 404, 200, 200),
    "dashboards:comparisons": (302, 404, 404, 200, 200),
    "dashboards:comparisons_file": (302, 404, 404, 200, 200),
    **dict.fromkeys(
        ("dashboards:leaderboards", "dashboards:leaderboard", "dashboards:checkpoint_pair"),
        (302, 404, 404, 200, 200),
    ),
    "dashboards:leaderboard_file": (302, 404, 404, 404, 404),  # until a worker has written it there is none
    "dashboards:export_file": (302, 404, 404, 200, 200),
    "dashboards:cancel_export": (405, 405, 405, 405, 405),
    "dashboards:card_key": (200, 200, 200, 200, 200),  # whoever holds a card may check it
    "policy_reports": (405, 405, 405, 405, 405),
    "first_administrator": (404, 404, 404, 404, 404),
    "account": (302, 200, 200, 200, 200),
    "own_sessions": (302, 404, 404, 200, 200),
    "people": (302, 404, 404, 404, 200),
    "change_person": (405, 405, 405, 405, 405),
    "uninvite_person": (405, 405, 405, 405, 405),
    "join_staff": (404, 404, 404, 404, 404),
    "audit_log": (302, 404, 404, 404, 200),
    "forget_rater": (302, 404, 404, 404, 200),
    "api_reference": (200, 200, 200, 200, 200),
    "api_nothing": (404, 404, 404, 404, 404),
    "api_tokens": (302, 404, 404, 200, 200),
    "revoke_api_token": (405, 405, 405, 405, 405),
}


def test_every_route_of_ours_has_a_row():
    pages = {route.name for route in routes() if not route.name.startswith("api-1:")}
    assert pages == set(MATRIX)


@pytest.fixture
def people(db, settings, tmp_path):
    settings.EXPORT_ROOT, settings.CARD_KEY = tmp_path / "exports", tmp_path / "card-key.pem"
    study, other = builders.study(), builders.study(slug="winter")
    rita = builders.rater(study)
    people = [None, rita.user, builders.rater(other, "otto").user, builders.researcher()]
    root = User.objects.create_superuser("root", "root@example.org", "x")
    builders.enrol(study, root)  # even then: who can look behind the blinding never rates
    token = claim_next(rita, study).token
    of_token = dict.fromkeys(
        (
            *("judge", "skip", "surplus", "reveal", "draft", "ahead", "differences"),
            *("flag", "votes"),
        ),
        (token,),
    )
    arguments = of_token | dict.fromkeys(
        ("next", "done", "pause", "wellbeing", "way_in", "leave", "completed", "take_back"),
        (study.public_id,),
    )
    prompts = str(study.prompt_set_version)
    arguments |= dict.fromkeys(("study_raters", "gold", "invitations", "study_settings"), (study.slug,))
    arguments |= dict.fromkeys(("pause_rater", "add_gold"), (study.slug, 1))
    arguments |= dict.fromkeys(("ask", "part"), (study.public_id,))
    arguments |= dict.fromkeys(("inbox", "pay", "pay_file", "judges"), (study.slug,))
    arguments |= dict.fromkeys(("make_senior", "act_on_message"), (study.slug, 1)) | {"write_back": (1,)}
    arguments |= {"open_study": (study.slug,), "copy_study": (study.slug,)}
    arguments |= dict.fromkeys(("study_running", "steer_study", "preview"), (study.slug,))
    arguments |= {"held": (study.slug,), "decide_held": (study.slug, 1)}
    arguments |= {"study_people": (study.slug,), "stop_sharing": (study.slug, 1)}
    arguments |= dict.fromkeys(("change_person", "uninvite_person", "revoke_api_token"), (1,))
    arguments |= {"join_staff": ("made-up",), "api_nothing": ("no/such/thing",)}
    arguments |= {"study": (study.slug,), "prompt_set": (prompts,), "prompt": (prompts, "p0000")}
    sent = PromptFile.objects.create(owner=people[3], name="birds.jsonl", content=b"{}")
    arguments |= {
        "prompt_set_file": (prompts, "csv"),
        "prompt_file": (sent.token,),
        "make_subset": (prompts,),
    }
    asked = Registration.objects.create(name="owl", uri="/owl", dtype="float32")
    arguments |= {"registration": (asked.pk,), "tell_licence": (study.arms.first().run.checkpoint_id,)}
    plan = series_with_verdicts(win_rates=())
    pk = start(plan, study.arms.first().run.checkpoint).pk
    EvaluationRun.objects.filter(pk=pk).update(
        status="decided", verdict="pass"
    )  # what was lost is told after that
    arguments |= dict.fromkeys(("series", "watch_series"), (plan.series.slug,))
    arguments |= dict.fromkeys(("plan", "edit_plan", "pause_plan"), (plan.slug,))
    arguments |= dict.fromkeys(("evaluation_run", "change_run", "note_on_run"), (plan.slug, pk))
    arguments |= {"changes": (plan.series.slug, pk, pk)}
    run = study.arms.first().run
    arguments |= dict.fromkeys(("run", "steer_run", "remove_run"), (run.pk,))
    arguments |= dict.fromkeys(
        ("checkpoint", "responses", "import_results", "remove_checkpoint"), (run.checkpoint_id,)
    )
    arguments |= dict.fromkeys(
        ("exports", "card", "unblind_study", "remove_study", "study_design"), (study.slug,)
    )
    arguments |= {"remove_prompt_set": (study.prompt_set_version.prompt_set.slug,)}
    arguments |= dict.fromkeys(("results", "comparisons", "comparisons_file"), (study.slug,))
    arguments |= dict.fromkeys(("export_file", "cancel_export"), (a_file(study, people[3]).token,))
    arguments |= {"leaderboard": (prompts,), "leaderboard_file": (prompts, "ranks")}
    arguments |= {"checkpoint_pair": tuple(arm.run.checkpoint_id for arm in study.arms.all())}
    arguments |= {"correct_prompt": (prompts, "p0000"), "prompt_changes": (prompts, prompts)}
    arguments |= {"raters:contested": (study.public_id,), "dashboards:contested": (study.slug,)}
    return [*people, root], {**arguments, "first_administrator": ("made-up",), "join": ("made-up",)}


def a_file(study, researcher):
    make_key()
    export = request_export(study, "judgments", "jsonl", actor=researcher)
    work_off()
    return export


@pytest.mark.parametrize("route", MATRIX)
def test_each_page_exists_for_those_it_is_for_and_nobody_else(client, people, route):
    users, arguments = people
    address = reverse(route, args=arguments.get(route, arguments.get(route.rpartition(":")[2], ())))
    statuses = []
    for user in users:
        client.logout()
        if user:
            client.force_login(user)
        statuses.append(client.get(address).status_code)
    assert tuple(statuses) == MATRIX[route]


def test_the_sign_in_is_limited_and_tells_nothing(client, db):
    builders.researcher("rosa")
    wrong = {"password": "wrong-wrong-wrong"}
    known = client.post("/accounts/login/", {"login": "rosa", **wrong}).text
    unknown = client.post("/accounts/login/", {"login": "nobody", **wrong}).text
    assert "not correct" in known and "not correct" in unknown
    answers = [client.post("/accounts/login/", {"login": "rosa", **wrong}) for _ in range(20)]
    assert any(answer.status_code == 429 or "Too many" in answer.text for answer in answers)
