"""Which page exists for whom, from the list of all addresses: a new one without a row here fails."""

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from assay.accounts.models import User
from assay.takeaway.making import request_export
from assay.takeaway.signing import make_key
from assay.takeaway.tasks import work_off
from promptsets.models import PromptFile
from raters.assignment import claim_next
from tests import builders

OURS = {"home", "raters", "dashboards", "first_administrator"}
# route name -> status of a GET for (nobody, rater, other rater, researcher, staff); 302 of nobody is the sign-in
MATRIX = {
    "home": (302, 302, 302, 302, 302),
    "raters:my_studies": (302, 200, 200, 404, 404),
    "raters:judge": (302, 200, 404, 404, 404),
    "raters:skip": (405, 405, 405, 405, 405),
    "raters:join": (404, 404, 404, 404, 404),  # a made-up token lets nobody in
    "raters:come_back": (200, 200, 200, 200, 200),
    "raters:way_in": (302, 302, 404, 404, 404),
    "raters:leave": (302, 200, 404, 404, 404),
    "raters:completed": (302, 302, 404, 404, 404),
    "raters:reveal": (405, 405, 405, 405, 405),
    "raters:wellbeing": (302, 200, 404, 404, 404),
    "raters:surplus": (302, 200, 404, 404, 404),
    "raters:next": (302, 302, 404, 404, 404),
    "raters:done": (302, 200, 404, 404, 404),
    "dashboards:studies": (302, 404, 404, 200, 200),
    "dashboards:study": (302, 404, 404, 200, 200),
    "dashboards:runs": (302, 404, 404, 200, 200),
    "dashboards:run": (302, 404, 404, 200, 200),
    "dashboards:held": (302, 404, 404, 200, 200),
    "dashboards:decide_held": (405, 405, 405, 405, 405),
    "dashboards:study_raters": (302, 404, 404, 200, 200),
    "dashboards:pause_rater": (405, 405, 405, 405, 405),
    "dashboards:gold": (302, 404, 404, 200, 200),
    "dashboards:add_gold": (405, 405, 405, 405, 405),
    "dashboards:invitations": (302, 404, 404, 200, 200),
    "dashboards:study_settings": (302, 404, 404, 404, 404),  # drafts alone have it, and this study is none
    "dashboards:new_study": (302, 404, 404, 200, 200),
    "dashboards:open_study": (405, 405, 405, 405, 405),
    "dashboards:prompt_sets": (302, 404, 404, 200, 200),
    "dashboards:prompt_set": (302, 404, 404, 200, 200),
    "dashboards:prompt": (302, 404, 404, 200, 200),
    "dashboards:prompt_set_file": (302, 404, 404, 200, 200),
    "dashboards:add_prompts": (302, 404, 404, 200, 200),
    "dashboards:prompt_file": (302, 404, 404, 200, 404),  # a file that was sent is its sender's alone
    "dashboards:make_subset": (302, 404, 404, 200, 200),
    "dashboards:correct_prompt": (302, 404, 404, 200, 200),
    "dashboards:prompt_changes": (302, 404, 404, 200, 200),
    "dashboards:exports": (302, 404, 404, 200, 200),
    "dashboards:card": (302, 404, 404, 200, 200),
    "dashboards:unblind_study": (405, 405, 405, 405, 405),
    "dashboards:export_file": (302, 404, 404, 200, 200),
    "dashboards:cancel_export": (405, 405, 405, 405, 405),
    "dashboards:card_key": (200, 200, 200, 200, 200),  # whoever holds a card may check it
    "first_administrator": (404, 404, 404, 404, 404),
}


def routes(patterns, namespace="") -> list[str]:
    found = []
    for pattern in patterns:
        if isinstance(pattern, URLResolver) and pattern.namespace in {"raters", "dashboards"}:
            found += routes(pattern.url_patterns, f"{pattern.namespace}:")
        elif isinstance(pattern, URLPattern):
            found.append(f"{namespace}{pattern.name}")
    return found


def test_every_route_of_ours_has_a_row():
    assert set(routes(get_resolver().url_patterns)) == set(MATRIX)


@pytest.fixture
def people(db, settings, tmp_path):
    settings.EXPORT_ROOT, settings.CARD_KEY = tmp_path / "exports", tmp_path / "card-key.pem"
    study, other = builders.study(), builders.study(slug="winter")
    rita = builders.rater(study)
    people = [None, rita.user, builders.rater(other, "otto").user, builders.researcher()]
    root = User.objects.create_superuser("root", "root@example.org", "x")
    builders.enrol(study, root)  # even then: who can look behind the blinding never rates
    token = claim_next(rita, study).token
    of_token = dict.fromkeys(("judge", "skip", "surplus", "reveal"), (token,))
    arguments = of_token | dict.fromkeys(
        ("next", "done", "wellbeing", "way_in", "leave", "completed"), (study.public_id,)
    )
    prompts = str(study.prompt_set_version)
    arguments |= dict.fromkeys(("study_raters", "gold", "invitations", "study_settings"), (study.slug,))
    arguments |= dict.fromkeys(("pause_rater", "add_gold"), (study.slug, 1))
    arguments |= {"open_study": (study.slug,), "held": (study.slug,), "decide_held": (study.slug, 1)}
    arguments |= {"study": (study.slug,), "prompt_set": (prompts,), "prompt": (prompts, "p0000")}
    sent = PromptFile.objects.create(owner=people[3], name="birds.jsonl", content=b"{}")
    arguments |= {
        "prompt_set_file": (prompts, "csv"),
        "prompt_file": (sent.token,),
        "make_subset": (prompts,),
    }
    arguments |= {"run": (study.arms.first().run_id,)}
    arguments |= dict.fromkeys(("exports", "card", "unblind_study"), (study.slug,))
    arguments |= dict.fromkeys(("export_file", "cancel_export"), (a_file(study, people[3]).token,))
    arguments |= {"correct_prompt": (prompts, "p0000"), "prompt_changes": (prompts, prompts)}
    return [*people, root], {**arguments, "first_administrator": ("made-up",), "join": ("made-up",)}


def a_file(study, researcher):
    make_key()
    export = request_export(study, "judgments", "jsonl", actor=researcher)
    work_off()
    return export


@pytest.mark.parametrize("route", MATRIX)
def test_each_page_exists_for_those_it_is_for_and_nobody_else(client, people, route):
    users, arguments = people
    address = reverse(route, args=arguments.get(route.rpartition(":")[2], ()))
    statuses = []
    for user in users:
        client.logout()
        if user:
            client.force_login(user)
        statuses.append(client.get(address).status_code)
    assert tuple(statuses) == MATRIX[route]


@pytest.mark.parametrize("address", ["/", "/accounts/login/", "/no/such/page/", "/rate/", "/admin/login/"])
def test_every_response_carries_the_security_headers(client, db, address):
    headers = client.get(address).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    for name, value in {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }.items():
        assert headers[name] == value
    assert "camera=()" in headers["Permissions-Policy"]


def test_the_sign_in_is_limited_and_tells_nothing(client, db):
    builders.researcher("rosa")
    wrong = {"password": "wrong-wrong-wrong"}
    known = client.post("/accounts/login/", {"login": "rosa", **wrong}).text
    unknown = client.post("/accounts/login/", {"login": "nobody", **wrong}).text
    assert "not correct" in known and "not correct" in unknown
    answers = [client.post("/accounts/login/", {"login": "rosa", **wrong}) for _ in range(20)]
    assert any(answer.status_code == 429 or "Too many" in answer.text for answer in answers)
