"""A study that needs a wide window says so before anybody agrees to take part, and on every page of the work."""

import pytest
from django.urls import reverse

from raters.assignment import claim_next
from raters.models import Study
from raters.studies.copying import duplicate, keep_as_template
from raters.studies.drafting import change_settings
from raters.way_in.inviting import invite
from tests import builders

SAYS = "This study needs a computer"


@pytest.fixture
def wide(db) -> Study:
    """A study with each step before the work, which needs a desktop."""
    training = {
        "check": [{"question": "Which?", "choices": ["This", "That"], "right": 0}],
        "practice": [{"prompt": "Say", "a": "so", "b": "no", "verdict": "a", "reason": "It says so."}],
    }
    study = builders.study(needs_desktop=True, consent="Do you agree?", content_note="Sad things.")
    study.rubric.training = training
    study.rubric.save()
    return study


def test_the_invitation_and_every_step_say_so(client, wide):
    address = reverse("raters:join", args=[invite(wide)])
    assert SAYS in client.get(address).text and not wide.enrolments.exists()
    client.post(address)
    for step in ("consent", "content_note", "guide", "check", "practice"):
        wide.enrolments.update(step=step)
        assert SAYS in client.get(reverse("raters:way_in", args=[wide.public_id])).text


def test_so_do_the_pages_of_the_work(client, wide):
    rater = builders.rater(wide)
    client.force_login(rater.user)
    token = claim_next(rater, wide).token
    for name in ("judge", "differences"):
        assert SAYS in client.get(reverse(f"raters:{name}", args=[token])).text
    Study.objects.update(reveal=True)
    wide.enrolments.get().rater.assignments.update(shown_at=None)
    cover = client.get(reverse("raters:judge", args=[token])).text
    assert "Before you read on" in cover and SAYS in cover


def test_other_studies_ask_for_no_computer(client, study, rater):
    assert SAYS not in client.get(reverse("raters:join", args=[invite(study)])).text
    client.force_login(rater.user)
    assert SAYS not in client.get(reverse("raters:next", args=[study.public_id]), follow=True).text


def test_the_locked_design_copies_and_templates_carry_it(wide, researcher):
    assert wide.design["way_in"]["needs_desktop"] is True
    made = duplicate(wide, "again", researcher)
    assert made.needs_desktop and keep_as_template(wide, "Wide").values["needs_desktop"] is True
    assert change_settings(made, {"needs_desktop": False}).needs_desktop is False
