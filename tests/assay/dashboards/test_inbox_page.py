"""The inbox's list: open ones first, pages that keep what was asked, acts that lead back or say why not."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from assay.dashboards.studies import inbox
from raters.care.inbox import write
from raters.models import Message, Reply
from tests import builders


@pytest.fixture
def page(client, researcher, study):
    client.force_login(researcher)
    address = reverse("dashboards:inbox", args=["autumn"])
    return lambda query="": client.get(f"{address}{query}")


def wrote(study, rater, *texts: str, **fields) -> list[Message]:
    """Messages of these texts, each a minute younger than the one before."""
    begin = timezone.now() - timedelta(hours=1)
    made = [write(rater, study, "question", text) for text in texts]
    for minutes, message in enumerate(made):
        at = {"created_at": begin + timedelta(minutes=minutes), **fields}
        Message.objects.filter(pk=message.pk).update(**at)
    return made


def texts(answer) -> list[str]:
    return [message.text for message in answer.context["threads"]]


def test_open_ones_stand_first_and_within_both_the_newest(page, study, rater):
    wrote(study, rater, "closed long ago", "closed lately", state="closed")
    wrote(study, rater, "open long ago", "open lately")
    assert texts(page()) == ["open lately", "open long ago", "closed lately", "closed long ago"]


def test_messages_of_one_moment_stand_by_which_came_later(page, study, rater):
    wrote(study, rater, "first", "second", created_at=timezone.now())
    assert texts(page()) == ["second", "first"]


def test_how_many_are_open_is_told_whatever_is_asked_for(page, study, rater):
    wrote(study, rater, "one", "two")
    wrote(study, rater, "three", state="answered")
    wrote(builders.study(slug="winter"), builders.rater(study, "otto"), "elsewhere")
    for query in ("", "?state=answered", "?kind=flag"):
        assert page(query).context["open"] == 2


@pytest.mark.parametrize(("messages", "pages"), [(2, 1), (3, 2), (4, 2), (5, 3)])
def test_pages_hold_all_messages_once_and_keep_the_filter(page, study, rater, monkeypatch, messages, pages):
    monkeypatch.setattr(inbox, "A_PAGE", 2)
    wrote(study, rater, *map(str, range(messages)))
    wrote(study, builders.rater(study, "otto"), "another's")
    query, seen, read = f"?rater={rater.code}", [], 0
    while query:
        answer = page(query)
        seen, read = seen + texts(answer), read + 1
        query = answer.context["following"] and f"?{answer.context['following']}"
    assert (seen, read) == ([str(number) for number in reversed(range(messages))], pages)


@pytest.mark.parametrize("start", ["x", "-1", "1" * 10])
def test_a_page_that_begins_nowhere_is_not_there(page, start):
    assert page(f"?from={start}").status_code == 404


def test_a_filter_that_is_not_offered_is_told_and_filters_nothing(page, study, rater):
    wrote(study, rater, "one")
    answer = page("?state=lost")
    assert texts(answer) == ["one"] and "errorlist" in answer.text


def test_what_cannot_be_done_is_said_on_the_list_that_was_asked_for(client, page, study, rater):
    [message] = wrote(study, rater, "When do you pay?")
    act = reverse("dashboards:act_on_message", args=["autumn", message.pk])
    for form, told in (
        ({"deed": "hold"}, "about no comparison"),
        ({"deed": "reply", "text": " "}, "needs some words"),
        ({"deed": "reply", "text": "It is heron-autumn."}, "take out heron-autumn"),
    ):
        answer = client.post(f"{act}?state=open&state=lost&colour=red", form, follow=True)
        assert answer.redirect_chain[-1][0] == reverse("dashboards:inbox", args=["autumn"])
        assert told in answer.text
    message.refresh_from_db()
    assert message.state == "open" and not Reply.objects.exists()


def test_a_reply_is_cut_at_what_the_field_takes(client, page, study, rater):
    [message] = wrote(study, rater, "Why?")
    act = reverse("dashboards:act_on_message", args=["autumn", message.pk])
    client.post(act, {"deed": "reply", "text": "x" * 2001})
    assert len(Reply.objects.get().text) == 2000


def test_a_message_of_another_study_is_not_acted_on(client, page, study, rater):
    builders.study(slug="winter")
    [message] = wrote(study, rater, "Why?")
    act = reverse("dashboards:act_on_message", args=["winter", message.pk])
    assert client.post(act, {"deed": "close"}).status_code == 404
    message.refresh_from_db()
    assert message.state == "open"


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", [("ana", "open"), ("ben", "closed")]),
        ("?state=open", [("ana", "open")]),
        ("?state=closed", [("ben", "closed")]),
        ("?state=answered", []),
        ("?kind=question", []),
        ("?kind=quality&rater=ben", [("ben", "closed")]),
        ("?from=50", []),
    ],
)
def test_quality_flags_are_open_until_their_rater_is_paused(page, study, monkeypatch, query, shown):
    """Of the three, cem is not flagged; ben is paused."""
    codes = {name: builders.rater(study, name).code for name in ("ana", "ben", "cem")}
    study.enrolments.filter(rater__code=codes["ben"]).update(status="paused", pause_reason="flagged")
    flagged = {codes[name]: Figures(codes[name], ["left"] * (name != "cem")) for name in codes}
    monkeypatch.setattr(inbox, "shown_figures", lambda study: flagged)
    query = query.replace("=ben", f"={codes['ben']}")
    names = {code: name for name, code in codes.items()}
    assert [(names[one.rater.rater], one.state) for one in page(query).context["flags"]] == shown


class Figures:
    """As much of a rater's figures as the list shows."""

    def __init__(self, rater: str, flags: list[str]) -> None:
        self.rater, self.flags, self.n = rater, flags, 40


def test_viewers_read_and_are_offered_no_acts(client, study, rater):
    olga = builders.researcher("olga")
    study.members.create(user=builders.researcher("ruth"), role="owner")
    study.members.create(user=olga, role="viewer")
    [message] = wrote(study, rater, "Why?")
    client.force_login(olga)
    seen = client.get(reverse("dashboards:inbox", args=["autumn"])).text
    act = reverse("dashboards:act_on_message", args=["autumn", message.pk])
    assert "Why?" in seen and act not in seen
    assert client.post(act, {"deed": "close"}).status_code == 404
