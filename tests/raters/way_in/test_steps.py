"""The way into a study and out of it: from an invitation's link to the completion code."""

import re
import threading

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from assay.accounts.models import AuditEvent
from raters import judging
from raters.assignment import claim_next
from raters.comparisons.gold import make_gold
from raters.models import Enrolment, Invitation, Judgment, Rater, Study
from raters.rubrics.answers import Answer, SafetyAnswer
from raters.rubrics.presets import preset, study_settings
from raters.way_in.inviting import InvitationError, enrol, invitation_of, invite
from raters.way_in.steps import asked, gold_to_pass
from tests import builders

QUIET = {"shows_guide": False, "asks_check": False, "asks_practice": False, "asks_exit": False}


@pytest.fixture
def study(db) -> Study:
    """A safety study with every step, and three gold comparisons of four."""
    study = builders.study(prompts=5, qualify_gold=3, qualify_right=2, gold_every=0)
    Study.objects.update(rubric=preset("safety"), **{**study_settings("safety"), "reveal": False})
    study.refresh_from_db()
    for comparison in study.comparisons.order_by("pk")[:3]:
        make_gold(comparison, "a", "by hand")
    return study


def join(client, study, query: str = "") -> Enrolment:
    address = reverse("raters:join", args=[invite(study)])
    assert "Begin" in client.get(address + query).text
    kept = dict(re.findall(r'name="(\w+)" value="([^"]*)"', client.get(address + query).text))
    client.post(address, kept)
    return study.enrolments.latest("pk")


def way_in(study) -> str:
    return reverse("raters:way_in", args=[study.public_id])


def step_of(enrolment: Enrolment) -> str:
    enrolment.refresh_from_db()
    return enrolment.step


def answers(study, right: bool = True) -> dict[str, int]:
    questions = study.rubric.training["check"]
    return {
        f"question_{n}": one["right"] if right else (one["right"] + 1) % 2 for n, one in enumerate(questions)
    }


def to_qualification(client, study) -> Enrolment:
    enrolment = join(client, study)
    for step in ("consent", "content_note", "guide"):
        client.post(way_in(study), {"step": step})
    client.post(way_in(study), answers(study))
    for number in range(len(study.rubric.training["practice"])):
        client.post(way_in(study), {"done": number})
    return enrolment


def judge_gold(study, rater, verdicts) -> None:
    label = SafetyAnswer("off_topic", "no")
    for verdict in verdicts:
        assignment = claim_next(rater, study)
        side = "left" if (verdict == "a") == assignment.a_is_left else "right"
        both = {"left": label, "right": label}
        judging.record(assignment, Answer(side, f"key-of-{assignment.token}", safety=both))


def test_a_link_alone_leads_through_every_step_to_the_code(client, study):
    enrolment = to_qualification(client, study)
    assert step_of(enrolment) == "qualification" and enrolment.consented_at
    judge_gold(study, enrolment.rater, "aab")
    client.get(reverse("raters:next", args=[study.public_id]))
    assert step_of(enrolment) == "work"
    judge_gold(study, enrolment.rater, "ab")
    assert Judgment.objects.counted(study).count() == 2
    done = client.get(reverse("raters:next", args=[study.public_id]), follow=True).text
    assert "I am finished" in done
    leave = reverse("raters:leave", args=[study.public_id])
    last = client.post(leave, {"recognised": "no"}, follow=True).text
    assert enrolment.completion_code in last
    assert step_of(enrolment) == "exit" and enrolment.status == "finished"
    assert enrolment.exit_survey["recognised"] == "no"


def test_opening_the_link_takes_no_use_of_it(client, study):
    address = reverse("raters:join", args=[invite(study)])
    client.get(address)
    assert Invitation.objects.get().uses == 0 and not study.enrolments.exists()


def test_each_link_that_is_made_stands_in_the_log_without_what_opens_it_or_names_anybody(study, researcher):
    token = invite(study, label="Ana Silva", uses=3, days=7, actor=researcher)
    made = Invitation.objects.get()
    event = AuditEvent.objects.get(action="study.raters_invited")
    assert (event.actor, event.target_id) == (researcher, str(study.pk))
    assert event.detail == {"invitation": made.pk, "uses": 3, "days": 7}
    told = f"{event.target} {event.detail}"
    assert all(secret not in told for secret in (token, made.token_sha256, "Ana"))


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_takes_the_last_use():
    study = builders.study(**QUIET)
    invitation, taken = invitation_of(invite(study)), []

    def take():
        try:
            taken.append(enrol(invitation, {}))
        except InvitationError:
            taken.append(None)
        connection.close()

    threads = [threading.Thread(target=take) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([one for one in taken if one]) == 1 and study.enrolments.count() == 1


def test_a_code_brings_a_rater_back_in_another_browser(client, study):
    address = reverse("raters:join", args=[invite(study)])
    code = re.search(r"<code>([0-9A-Z-]{19})</code>", client.post(address).text)[1]
    other = Client()
    assert other.post(reverse("raters:come_back"), {"code": "R234-5678"}).status_code == 422
    assert other.post(reverse("raters:come_back"), {"code": code.lower()}).status_code == 302
    assert "Do you agree" in other.get(way_in(study)).text
    assert code.replace("-", "") not in str(Rater.objects.values())


def test_the_second_failed_check_ends_kindly(client, study):
    enrolment = join(client, study)
    for step in ("consent", "content_note", "guide"):
        client.post(way_in(study), {"step": step})
    first = client.post(way_in(study), answers(study, right=False))
    assert first.status_code == 422 and "1 try left" in first.text
    last = client.post(way_in(study), answers(study, right=False), follow=True)
    assert "you are not rejected" in last.text
    assert step_of(enrolment) == "check" and enrolment.status == "screened_out"
    assert claim_next(enrolment.rater, study) is None


def test_practice_answers_with_the_reason_and_counts_nowhere(client, study):
    join(client, study)
    for step in ("consent", "content_note", "guide"):
        client.post(way_in(study), {"step": step})
    client.post(way_in(study), answers(study))
    pair = study.rubric.training["practice"][0]
    feedback = client.post(way_in(study), {"verdict": "a"}).text
    assert "We say: B is better." in feedback and pair["reason"][:20] in feedback
    assert "Practice 1 of 5" in client.get(way_in(study)).text
    assert not Judgment.objects.exists()


def test_too_little_gold_right_ends_kindly_and_gives_no_work(client, study):
    enrolment = to_qualification(client, study)
    judge_gold(study, enrolment.rater, "abb")
    page = client.get(reverse("raters:next", args=[study.public_id]), follow=True).text
    assert "you are not rejected" in page and enrolment.rater.assignments.count() == 3


def test_steps_cannot_be_jumped(client, study):
    enrolment = join(client, study)
    client.post(way_in(study), {"step": "guide"})
    client.post(way_in(study), {"done": 0})
    client.post(reverse("raters:leave", args=[study.public_id]), {"recognised": "no"})
    assert step_of(enrolment) == "consent" and enrolment.status == "active"
    assert client.get(reverse("raters:next", args=[study.public_id])).url == way_in(study)


def test_a_study_without_gold_or_training_skips_those_steps(db):
    study = builders.study()
    assert list(asked(study)) == ["guide", "work", "exit"]
    assert list(asked(builders.study(slug="bare", **QUIET))) == ["work"]


def test_fewer_gold_than_asked_for_qualify_in_proportion(study):
    Study.objects.update(qualify_gold=10, qualify_right=8)
    study.refresh_from_db()
    assert gold_to_pass(study) == 3  # 80% of three, rounded up


def test_who_plans_studies_cannot_join_one(client, study, researcher):
    client.force_login(researcher)
    assert client.post(reverse("raters:join", args=[invite(study)])).status_code == 404


@pytest.mark.parametrize("kind", ["instruction", "safety"])
def test_each_preset_ships_five_questions_and_five_pairs(db, kind):
    training = preset(kind).training
    assert len(training["check"]) == len(training["practice"]) == 5
    assert all(0 <= one["right"] < len(one["choices"]) for one in training["check"])
    assert {one["verdict"] for one in training["practice"]} == {"a", "b", "tie"}


def test_a_researcher_makes_a_link_on_the_page_and_by_command(client, researcher, study, capsys):
    client.force_login(researcher)
    page = client.post(
        reverse("dashboards:invitations", args=[study.slug]), {"uses": 3, "days": 2, "label": "L"}
    )
    token = re.search(r"/rate/join/([\w-]+)/", page.text)[1]
    assert invitation_of(token).max_uses == 3
    call_command("invite", study.slug, uses=2)
    assert "/rate/join/" in capsys.readouterr().out


def test_the_guess_probe_asks_which_source(client, study):
    enrolment = join(client, study)
    Enrolment.objects.update(step="work")
    leave = reverse("raters:leave", args=[study.public_id])
    assert client.post(leave, {"recognised": "yes"}).status_code == 422
    client.post(leave, {"recognised": "yes", "source": "a bird", "sure": "2"})
    enrolment.refresh_from_db()
    assert (enrolment.exit_survey["source"], enrolment.exit_survey["sure"]) == ("a bird", "2")
