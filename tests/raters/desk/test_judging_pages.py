"""The rater's pages, as a browser without JavaScript meets them."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from generation.models import Response
from raters import judging
from raters.assignment import claim_next
from raters.desk.skipping import REASONS
from raters.models import Assignment, Judgment, Study
from tests import builders
from tests.raters.working import answer


@pytest.fixture
def page(client, rater):
    """The client, signed in as the rater."""
    client.force_login(rater.user)
    return client


def start(page, study: Study) -> str:
    """The address of the comparison that the rater is given."""
    return page.get(reverse("raters:next", args=[study.public_id])).url


def nonce_of(page, address: str) -> str:
    return re.search(r'name="idempotency_key" value="([^"]+)"', page.get(address).text)[1]


def submit(page, address: str, value: str = "left", **fields: str):
    return page.post(address, {"value": value, "idempotency_key": nonce_of(page, address), **fields})


def test_a_rater_works_from_the_list_of_studies_to_done(page, study):
    assert study.rater_title in page.get(reverse("raters:my_studies")).text
    for _ in range(3):
        assert submit(page, start(page, study)).status_code == 302
    done = page.get(reverse("raters:next", args=[study.public_id]), follow=True)
    assert "You have answered everything" in done.text
    assert Judgment.objects.counted(study).count() == 3


@pytest.mark.parametrize(
    ("told", "kept"),
    [({"viewport": "390x844"}, (390, 844)), ({"viewport": "a wall"}, (None, None)), ({}, (None, None))],
)
def test_the_windows_size_is_kept_with_the_answer_and_nonsense_loses_none(page, study, told, kept):
    address = start(page, study)
    assert 'name="viewport" value=""' in page.get(address).text
    assert submit(page, address, **told).status_code == 302
    said = Judgment.objects.counted(study).get()
    assert (said.viewport_width, said.viewport_height) == kept


def test_a_changed_answer_keeps_the_size_of_the_window_it_was_changed_in(page, study):
    address = start(page, study)
    submit(page, address, viewport="390x844")
    submit(page, address, value="right", viewport="1280x720")
    assert list(Judgment.objects.order_by("pk").values_list("viewport_width", flat=True)) == [390, 1280]


@pytest.mark.parametrize(("status", "leads_on"), [("collecting", True), ("paused", False)])
def test_who_comes_to_the_last_page_too_early_is_led_on_while_there_is_work(page, study, status, leads_on):
    Study.objects.update(status=status)
    told = page.get(reverse("raters:done", args=[study.public_id])).text
    assert (reverse("raters:next", args=[study.public_id]) in told) is leads_on


def test_prompt_and_both_responses_stand_on_the_page(page, study):
    address = start(page, study)
    text = page.get(address).text
    assignment = Assignment.objects.get()
    assert assignment.comparison.prompt.turns[0] in text
    assert text.index(str(assignment.left.checkpoint_id)) < text.rindex(str(assignment.right.checkpoint_id))
    assert "Response A" in text and "Response B" in text and "<strong>" in text


def test_every_turn_of_a_conversation_is_shown(client, db):
    study = builders.study(turns=2)
    client.force_login(builders.rater(study).user)
    text = client.get(start(client, study)).text
    assert "Prompt 1" in text and "Prompt 2" in text


def test_an_empty_answer_is_shown_as_a_neutral_note(client, db):
    study = builders.study(prompts=1)
    Response.objects.update(turns=["  \n"])
    client.force_login(builders.rater(study).user)
    assert client.get(start(client, study)).text.count("This response is empty.") == 2


def test_submitting_without_a_choice_says_so_and_stores_nothing(page, study):
    address = start(page, study)
    answer = page.post(address, {"idempotency_key": nonce_of(page, address), "comment": "kept"})
    assert answer.status_code == 422
    assert "Choose an answer first." in answer.text and 'value="kept"' in answer.text
    assert not Judgment.objects.exists()


def test_an_answer_that_was_never_offered_is_refused(page, study):
    assert submit(page, start(page, study), value="left_much").status_code == 422
    assert not Judgment.objects.exists()


def test_the_same_page_sent_twice_counts_once(page, study):
    address = start(page, study)
    form = {"value": "left", "idempotency_key": nonce_of(page, address)}
    assert page.post(address, form).status_code == page.post(address, form).status_code == 302
    assert Judgment.objects.count() == 1


@pytest.mark.parametrize(
    ("told", "kept"), [("topic", "topic"), ("rather_not", "rather_not"), ("", ""), ("<b>made up</b>", "")]
)
def test_a_skip_keeps_the_reason_that_was_offered(page, study, told, kept):
    address = start(page, study)
    text = page.get(address).text
    assert all(f'name="skip_reason" value="{reason}"' in text for reason in REASONS)
    page.post(reverse("raters:skip", args=[address.split("/")[-2]]), {"skip_reason": told})
    assert Assignment.objects.get(state="skipped").skip_reason == kept


def test_going_back_shows_the_last_answer_and_replaces_it(page, study):
    first = start(page, study)
    submit(page, first, "left", comment="clearer")
    assert first in page.get(start(page, study)).text
    again = page.get(first).text
    assert re.search(r'value="left" checked', again) and "clearer" in again
    submit(page, first, "right")
    assert [row.raw_answer for row in Judgment.objects.counted(study)] == ["right"]


def test_skipping_leads_to_another_comparison(page, study):
    address = start(page, study)
    assert page.post(address + "skip/").status_code == 302
    assert start(page, study) != address


def test_time_in_view_is_kept_where_the_browser_told_it(page, study):
    submit(page, start(page, study), active_ms="4200")
    assert Judgment.objects.get().active_ms == 4200


def test_a_rater_cannot_open_the_comparison_of_another(page, client, study):
    address = start(page, study)
    client.force_login(builders.rater(study, "eve").user)
    assert client.get(address).status_code == 404
    assert client.post(address, {"value": "left"}).status_code == 404


def test_those_who_can_unblind_never_judge(client, study, researcher):
    client.force_login(researcher)
    assert client.get(reverse("raters:my_studies")).status_code == 404
    assert client.get(reverse("raters:next", args=[study.public_id])).status_code == 404


def test_nobody_judges_without_signing_in(client, study):
    answer = client.get(reverse("raters:next", args=[study.public_id]))
    assert answer.status_code == 302 and answer.url.startswith(reverse("account_login"))


def test_a_post_without_its_csrf_token_is_refused(study, rater):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(rater.user)
    address = start(strict, study)
    assert strict.post(address, {"value": "left"}).status_code == 403
    assert not Judgment.objects.exists()


def test_in_a_break_the_page_says_so_and_leaving_is_not_what_it_proposes(client, db):
    study = builders.study(prompts=4, exposure_items=1)
    rater = builders.rater(study)
    held = claim_next(rater, study)
    judging.now_shown(held)
    answer(held)
    client.force_login(rater.user)
    page = client.get(reverse("raters:done", args=[study.public_id])).text
    assert "<h1>Time for a break</h1>" in page and 'class="button" href="/rate/' in page
    assert "button primary" not in page


def test_who_waits_for_what_others_hold_can_look_again(client, db):
    study = builders.study(prompts=1, ratings=1)
    rater = builders.rater(study, "ben")
    held = claim_next(builders.rater(study, "ana"), study)
    client.force_login(rater.user)
    here = reverse("raters:done", args=[study.public_id])
    assert "Look again" in client.get(here).text
    answer(held)
    assert "Look again" not in client.get(here).text
