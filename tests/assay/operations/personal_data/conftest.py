"""Rita, who left personal data wherever a rater can, among others who judge the same study."""

import random
from types import SimpleNamespace

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType

from assay.accounts.models import User
from raters import judging
from raters.assignment import claim_next
from raters.care import inbox
from raters.models import Assignment, Enrolment, Invitation
from raters.quality.pausing import pause, release
from raters.rubrics.viewports import Viewport
from raters.way_in.inviting import invite
from tests import builders

SAID = ["left", "right", "same"]


@pytest.fixture
def site(db, client, settings, tmp_path):
    settings.EXPORT_ROOT = tmp_path / "exports"
    study = builders.study(prompts=12, ratings=4, slug="autumn", exclusion_rules={})
    rita, *others = [builders.rater(study, name) for name in ("rita", "otto", "olga", "ossi")]
    draws = random.Random(7)
    for number in range(11):
        for rater in (rita, *others):
            answer = judging.Answer(
                draws.choice(SAID),
                f"key-of-{rater.pk}-{number}",
                comment=f"Rita Rossi thinks {number}",
                viewport=Viewport(401, 877) if rater == rita else None,
            )
            judging.record(claim_next(rater, study), answer)
    admin = User.objects.create_user("anna", role="administrator")
    traces(study, rita, admin, client)
    return SimpleNamespace(study=study, rita=rita, others=others, admin=admin)


def traces(study, rita, admin, client) -> None:
    """One of each thing that can tell of Rita."""
    client.force_login(rita.user)
    User.objects.filter(pk=rita.user.pk).update(first_name="Rita", last_name="Rossi")
    EmailAddress.objects.create(user=rita.user, email="rita@example.org", primary=True)
    invite(study, label="Rita Rossi")
    part = Enrolment.objects.get(rater=rita)
    pause(part, "Rita Rossi rang", admin)
    release(part, "Rita Rossi is well again", admin)
    survey = {
        "recognised": "yes",
        "source": "Heron-autumn, says Rita Rossi",
        "sure": "3",
        "comment": "I am Rita",
    }
    Enrolment.objects.filter(pk=part.pk).update(
        invitation=Invitation.objects.get(),
        recruitment={"PROLIFIC_PID": "5f00rita", "workerId": "A1RITA"},
        exit_survey=survey,
        declined_hazards=["S1"],
    )
    held = claim_next(rita, study)
    Assignment.objects.filter(pk=held.pk).update(draft={"comment": "Rita drafts"})
    inbox.answer(inbox.write(rita, study, "question", "Rita asks", held), "Dear Rita", admin)
    kind = ContentType.objects.get_for_model(User)
    LogEntry.objects.create(
        user=admin, content_type=kind, object_id=rita.user.pk, object_repr="rita", action_flag=CHANGE
    )
