"""Whoever arrives twice, late, out of turn or with nonsense is led to where they are, and nothing is counted twice."""

import pytest
from django.urls import reverse

from raters.models import Enrolment, Study
from raters.rubrics.presets import preset, study_settings
from raters.studies.phases import take
from raters.way_in.inviting import invite, new_return_code
from tests import builders

PAST_ALL_BOUNDS = "9" * 5000


@pytest.fixture
def study(db) -> Study:
    study = builders.study()
    Study.objects.update(rubric=preset("instruction"), **study_settings("instruction"))
    study.refresh_from_db()
    return study


@pytest.fixture
def rita(client, study) -> Enrolment:
    client.force_login(builders.rater(study).user)
    return study.enrolments.get()


def page(name: str, study: Study) -> str:
    return reverse(f"raters:{name}", args=[study.public_id])


def at(enrolment: Enrolment, step: str, **fields: object) -> Enrolment:
    Enrolment.objects.filter(pk=enrolment.pk).update(step=step, **fields)
    enrolment.refresh_from_db()
    return enrolment


def right_answers(study: Study) -> dict[str, int]:
    return {f"question_{n}": one["right"] for n, one in enumerate(study.rubric.training["check"])}


def test_a_rater_who_opens_a_link_again_is_led_on_and_takes_no_place(client, study, rita):
    at(rita, "guide")
    answer = client.post(reverse("raters:join", args=[invite(study)]))
    assert answer.url == page("way_in", study)
    assert study.enrolments.get() == rita and study.invitations.get().uses == 0


def test_a_known_rater_joins_another_study_under_the_same_code(client, study, rita):
    other = builders.study(slug="winter")
    client.post(reverse("raters:join", args=[invite(other)]))
    assert other.enrolments.get().rater == rita.rater and other.enrolments.get().step == "guide"


@pytest.mark.parametrize(("step", "status"), [("pause", 200), ("finish", 404)])
def test_a_link_opens_until_its_study_is_finished(client, study, step, status):
    address = reverse("raters:join", args=[invite(study)])
    take(study, step)
    assert client.get(address).status_code == status


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": "researcher"}])
def test_a_code_of_one_who_rates_no_more_lets_nobody_in(client, study, change):
    rater = builders.rater(study)
    code = new_return_code(rater)
    type(rater.user).objects.update(**change)
    assert client.post(reverse("raters:come_back"), {"code": code}).status_code == 422
    assert "_auth_user_id" not in client.session


def test_a_new_code_to_come_back_ends_the_one_before(client, study):
    rater = builders.rater(study)
    first, second = new_return_code(rater), new_return_code(rater)
    assert client.post(reverse("raters:come_back"), {"code": first}).status_code == 422
    assert client.post(reverse("raters:come_back"), {"code": f" {second} "}).status_code == 302


def test_the_first_consent_stands(client, study, rita):
    at(rita, "consent")
    client.post(page("way_in", study), {"step": "consent"})
    first = at(rita, "consent").consented_at
    client.post(page("way_in", study), {"step": "consent"})
    assert first and at(rita, "guide").consented_at == first


def test_a_check_is_passed_at_the_second_try_and_says_which_answer_was_wrong(client, study, rita):
    at(rita, "check")
    right = right_answers(study)
    first = client.post(page("way_in", study), right | {"question_1": right["question_1"] + 1})
    assert [row["wrong"] for row in first.context["rows"]] == [False, True, False, False, False]
    client.post(page("way_in", study), right)
    rita.refresh_from_db()
    assert (rita.step, rita.tries, rita.status) == ("practice", 1, "active")


def test_a_number_past_all_bounds_is_a_wrong_answer(client, study, rita):
    at(rita, "check")
    answer = client.post(page("way_in", study), right_answers(study) | {"question_0": PAST_ALL_BOUNDS})
    assert (answer.status_code, answer.context["wrong"]) == (422, [0])


@pytest.mark.parametrize("done", [PAST_ALL_BOUNDS, "1", "-1", "x", ""])
def test_only_the_pair_on_the_screen_is_done(client, study, rita, done):
    at(rita, "practice")
    assert client.post(page("way_in", study), {"done": done}).status_code in {200, 302}
    rita.refresh_from_db()
    assert (rita.step, rita.practised) == ("practice", 0)


def test_practice_ends_with_its_last_pair_and_a_double_click_counts_once(client, study, rita):
    at(rita, "practice", practised=3)
    for number in (3, 3, 4, 4):
        client.post(page("way_in", study), {"done": number})
    rita.refresh_from_db()
    assert (rita.step, rita.practised) == ("work", 5)


@pytest.mark.parametrize(("verdict", "right"), [("a", True), ("b", False), ("tie", False)])
def test_practice_says_whether_an_answer_was_right(client, study, rita, verdict, right):
    pair = study.rubric.training["practice"][0]
    assert pair["verdict"] == "a"
    at(rita, "practice")
    context = client.post(page("way_in", study), {"verdict": verdict}).context
    assert (context["right"], context["reason"]) == (right, pair["reason"])


def test_an_answer_that_is_none_is_asked_for_again(client, study, rita):
    at(rita, "practice")
    assert "said" not in client.post(page("way_in", study), {"verdict": "both"}).context


def test_of_two_surveys_the_first_one_stands(client, study, rita):
    at(rita, "exit")
    for source in ("a heron", "a plover"):
        client.post(page("leave", study), {"recognised": "yes", "source": source})
    rita.refresh_from_db()
    assert (rita.exit_survey["source"], rita.status) == ("a heron", "finished")


@pytest.mark.parametrize(("step", "status"), [("work", "paused"), ("practice", "active")])
def test_who_is_not_at_work_leaves_nothing_behind_and_reads_no_code(client, study, rita, step, status):
    at(rita, step, status=status, pause_reason="asked")
    client.post(page("leave", study), {"recognised": "no"})
    rita.refresh_from_db()
    assert (rita.status, rita.exit_survey) == (status, {})
    assert client.get(page("completed", study)).url == page("way_in", study)


def test_a_paused_rater_finds_no_step_to_take(client, study, rita):
    at(rita, "guide", status="paused", pause_reason="asked")
    assert client.post(page("way_in", study), {"step": "guide"}).url == page("next", study)
    rita.refresh_from_db()
    assert rita.step == "guide"
