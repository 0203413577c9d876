"""Who reaches an act that a POST alone does, outside the pages of one study: a GET of these says 405 to everybody."""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from assay.accounts.models import StaffInvitation
from assay.api.tokens import make_token
from raters.models import Message
from tests.assay.test_access import MATRIX, people
from tests.assay.test_access_by_role import PAGES

__all__ = ["people"]  # the fixture

WHO = ("nobody", "rater", "other rater", "researcher", "staff")
RATER, RESEARCHERS, STAFF = {"rater"}, {"researcher", "staff"}, {"staff"}
ACTS = {
    **dict.fromkeys(("raters:draft", "raters:ahead", "raters:skip", "raters:reveal"), RATER),
    **dict.fromkeys(("raters:take_back", "raters:write_back"), RATER),
    **dict.fromkeys(("dashboards:steer_run", "dashboards:pause_plan"), RESEARCHERS),
    "dashboards:tell_licence": RESEARCHERS,
    **dict.fromkeys(("dashboards:change_run", "dashboards:note_on_run"), RESEARCHERS),
    "dashboards:cancel_export": RESEARCHERS,
    "revoke_api_token": {"researcher"},  # whose token it is
    **dict.fromkeys(("change_person", "uninvite_person"), STAFF),
    "policy_reports": set(WHO),
}
SENT = {
    "dashboards:steer_run": {"act": "stop"},
    "dashboards:tell_licence": {"licence": "MIT"},
    "dashboards:pause_plan": {"act": "pause"},
    "dashboards:change_run": {"act": "cancel"},
    "dashboards:note_on_run": {"note": "a new tokenizer"},
    "raters:write_back": {"text": "And the tables?"},
    "change_person": {"role": "researcher"},
}


def test_every_act_that_a_post_alone_does_has_a_row():
    of_one_study = {f"dashboards:{page}" for page in PAGES}
    posted = {name for name, statuses in MATRIX.items() if set(statuses) == {405}}
    assert posted - of_one_study == set(ACTS)


@pytest.fixture
def pks(people):
    """Of what an act is done to, where its address names it so."""
    users, _arguments = people
    rita, researcher, root = users[1].rater, users[3], users[4]
    study = rita.enrolments.get().study
    invited = StaffInvitation.objects.create(
        email="olga@example.org", role="researcher", token_sha256="0" * 64, expires_at="2100-01-01T00:00Z"
    )
    asked = Message.objects.create(study=study, rater=rita, kind="question", text="And the lists?")
    token = make_token(researcher, "t", ["read"], 1, root).token
    return {
        "uninvite_person": invited.pk,
        "change_person": researcher.pk,
        "raters:write_back": asked.pk,
        "revoke_api_token": token.pk,
    }


@pytest.mark.parametrize("route", ACTS)
def test_each_act_is_reached_by_those_whose_it_is_and_refused_to_all_others(people, pks, route):
    users, known = people
    arguments = (pks[route],) if route in pks else known.get(route.rpartition(":")[2], ())
    address, reached = reverse(route, args=arguments), set()
    for who, user in zip(WHO, users, strict=True):
        with transaction.atomic():  # undone after each: one act must not shut out the next
            client = Client()
            if user:
                client.force_login(user)
            answer = client.post(address, SENT.get(route, {}))
            transaction.set_rollback(True)
        assert answer.status_code < 500
        if answer.status_code not in {403, 404, 405} and "/accounts/login/" not in answer.headers.get(
            "Location", ""
        ):
            reached.add(who)
    assert reached == ACTS[route]
