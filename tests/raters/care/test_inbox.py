"""What raters flag and ask: one thread each, answered by the team, with nothing in it that names an arm."""

import pytest
from django.urls import reverse

from assay.accounts.models import AuditEvent
from raters.assignment import claim_next
from raters.care import inbox
from raters.care.inbox import MOST_OPEN
from raters.comparisons.holding import decide
from raters.models import Comparison, Judgment, Message
from tests import builders
from tests.raters.working import answer


@pytest.fixture
def held(study, rater):
    return claim_next(rater, study)


@pytest.fixture
def flagged(study, rater, held):
    return inbox.write(rater, study, "flag", "The second half is missing.", held)


def test_a_rater_flags_the_comparison_on_the_screen_and_goes_back_to_it(client, rater, held):
    client.force_login(rater.user)
    address = reverse("raters:flag", args=[held.token])
    answer = client.post(address, {"kind": "flag", "text": "Cut off."})
    assert answer.url == reverse("raters:judge", args=[held.token])
    message = Message.objects.get()
    assert (message.kind, message.text, message.state, message.assignment) == (
        "flag",
        "Cut off.",
        "open",
        held,
    )


def test_the_judging_page_leads_to_the_form_by_the_key_f(client, rater, held):
    client.force_login(rater.user)
    page = client.get(reverse("raters:judge", args=[held.token])).text
    assert f'href="{reverse("raters:flag", args=[held.token])}" data-key="f"' in page


@pytest.mark.parametrize(("text", "status"), [("", 422), ("x" * 2001, 422), ("x" * 2000, 302)])
def test_a_message_has_words_and_not_too_many(client, rater, held, text, status):
    client.force_login(rater.user)
    address = reverse("raters:flag", args=[held.token])
    assert client.post(address, {"kind": "question", "text": text}).status_code == status


def test_the_reply_stands_on_the_raters_own_page_and_on_no_others(client, study, rater, flagged, researcher):
    inbox.answer(flagged, "Skip it, please.", researcher)
    client.force_login(rater.user)
    assert "Skip it, please." in client.get(reverse("raters:part", args=[study.public_id])).text
    client.force_login(builders.rater(study, "otto").user)
    assert "Skip it, please." not in client.get(reverse("raters:part", args=[study.public_id])).text
    assert client.post(reverse("raters:write_back", args=[flagged.pk]), {"text": "Hm"}).status_code == 404


def test_writing_back_opens_the_thread_again(client, study, rater, flagged, researcher):
    inbox.answer(flagged, "Which one?", researcher)
    client.force_login(rater.user)
    client.post(reverse("raters:write_back", args=[flagged.pk]), {"text": "The first."})
    flagged.refresh_from_db()
    assert flagged.state == "open" and flagged.replies.count() == 2


@pytest.mark.parametrize("text", ["A is heron-autumn, by the way", "Both, HERON-AUTUMN too", "  "])
def test_a_reply_that_names_an_arm_or_says_nothing_is_refused(flagged, researcher, text):
    with pytest.raises(ValueError):
        inbox.answer(flagged, text, researcher)
    flagged.refresh_from_db()
    assert flagged.state == "open" and not flagged.replies.exists()


def test_the_researcher_answers_closes_and_filters(client, study, flagged, researcher):
    client.force_login(researcher)
    address = reverse("dashboards:inbox", args=[study.slug])
    act = reverse("dashboards:act_on_message", args=[study.slug, flagged.pk])
    assert flagged.text in client.get(address, {"state": "open", "kind": "flag"}).text
    back = client.post(f"{act}?state=open", {"deed": "reply", "text": "Thank you."})
    assert back.url == f"{address}?state=open"
    assert flagged.text not in client.get(back.url).text
    assert flagged.text in client.get(address, {"state": "answered"}).text
    client.post(act, {"deed": "close"})
    assert flagged.text in client.get(address, {"state": "closed", "rater": flagged.rater.code}).text
    assert flagged.text not in client.get(address, {"rater": "NOBODY"}).text
    assert AuditEvent.objects.filter(action="message.closed").exists()


def test_holding_the_item_takes_it_from_raters_and_results_until_it_is_decided(
    client, study, rater, flagged, researcher
):
    answer(flagged.assignment)
    client.force_login(researcher)
    client.post(reverse("dashboards:act_on_message", args=[study.slug, flagged.pk]), {"deed": "hold"})
    comparison = Comparison.objects.get(pk=flagged.assignment.comparison_id)
    assert (comparison.status, comparison.status_reason) == ("held", "flagged by a rater")
    assert not Judgment.objects.counted(study).exists()
    assert (
        "Held because a rater flagged it." in client.get(reverse("dashboards:held", args=[study.slug])).text
    )
    decide(comparison, leak=False, actor=researcher)
    assert Judgment.objects.counted(study).count() == 1


def test_a_flag_that_is_right_leaves_the_comparison_out_by_its_own_reason(study, flagged, researcher):
    study.self_identification_rule = "mask"
    study.save()
    decided = decide(inbox.hold_item(flagged, researcher), leak=True, actor=researcher)
    assert (decided.status, decided.status_reason, decided.masked) == (
        "excluded",
        "flagged by a rater",
        False,
    )


def test_nothing_is_held_once_results_are_known_or_without_a_comparison(study, rater, flagged, researcher):
    study.unblinded_at = "2026-03-01T12:00Z"
    study.save()
    with pytest.raises(ValueError, match="unblinded"):
        inbox.hold_item(flagged, researcher)
    with pytest.raises(ValueError, match="no comparison"):
        inbox.hold_item(inbox.write(rater, study, "question", "When do you pay?"), researcher)


def test_a_page_that_sends_by_itself_fills_no_inbox(study, rater):
    for number in range(MOST_OPEN):
        inbox.write(rater, study, "question", f"Question {number}?")
    with pytest.raises(ValueError, match="wait for an answer"):
        inbox.write(rater, study, "question", "One more?")


def test_quality_flags_stand_in_the_same_list(client, db):
    study = builders.study(prompts=40, ratings=4, gold_every=0)
    for name in ("ana", "ben", "cem", "dan"):
        rater = builders.rater(study, name)
        while held := claim_next(rater, study):
            steady = "left" if (held.comparison_id % 2 == 0) == held.a_is_left else "right"
            answer(held, "left" if name == "dan" else steady)
    client.force_login(builders.researcher())
    address = reverse("dashboards:inbox", args=[study.slug])
    flags = client.get(address, {"kind": "quality"}).context["flags"]
    assert study.enrolments.get(rater__user__username="dan").rater.code in [
        flag.rater.rater for flag in flags
    ]
    assert client.get(address, {"kind": "flag"}).context["flags"] == []


def test_words_of_a_rater_are_text_and_never_markup(client, study, rater, held, researcher):
    inbox.write(rater, study, "flag", "<script>alert(1)</script>", held)
    client.force_login(researcher)
    page = client.get(reverse("dashboards:inbox", args=[study.slug])).text
    assert "<script>alert(1)" not in page and "&lt;script&gt;alert(1)" in page


def test_a_question_leads_back_to_the_raters_part_and_is_about_no_comparison(client, study, rater):
    client.force_login(rater.user)
    address = reverse("raters:ask", args=[study.public_id])
    assert client.get(address).context["form"].initial == {"kind": "question"}
    page = client.post(address, {"kind": "question", "text": "When do you pay?"}, follow=True)
    assert page.redirect_chain[0][0] == reverse("raters:part", args=[study.public_id])
    assert "When do you pay?" in page.text and Message.objects.get().assignment is None


def test_the_page_says_that_too_many_messages_wait_and_keeps_the_words(client, study, rater, monkeypatch):
    monkeypatch.setattr(inbox, "MOST_OPEN", 1)
    inbox.close(inbox.write(rater, study, "question", "Closed?"), rater.user)
    inbox.write(rater, study, "question", "Open?")
    client.force_login(rater.user)
    page = client.post(reverse("raters:ask", args=[study.public_id]), {"kind": "flag", "text": "One more."})
    assert page.status_code == 422 and "1 of your messages wait" in page.text and "One more." in page.text
    inbox.write(builders.rater(study, "otto"), study, "question", "Mine?")
