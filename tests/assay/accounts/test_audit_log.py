"""The audit log's page: filters that stand in the address, pages by key."""

from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone

from assay.accounts.models import AuditEvent, User
from tests import builders


@pytest.fixture
def page(client, db):
    anna = User.objects.create_user("anna", role="administrator")
    client.force_login(anna)

    def events(n: int, **fields) -> None:
        values = {"actor": anna, "action": "study.locked", "target_type": "raters.study", "target_id": "1"}
        for number in range(n):
            AuditEvent.objects.create(**{**values, "target": f"study {number}", **fields})

    def get(query: str = "") -> str:
        return client.get(reverse("audit_log") + query).text

    return SimpleNamespace(events=events, get=get)


def test_who_what_when_and_object_are_told(page):
    page.events(1, detail={"reason": "<b>because</b>"})
    text = page.get()
    assert all(part in text for part in ("anna", "study.locked", "study 0", "raters.study"))
    assert "&lt;b&gt;because" in text


@pytest.mark.parametrize(
    "query",
    ["?who=nobody", "?action=rater.paused", "?target=Winter", "?until=2020-01-01", "?since=2999-01-01"],
)
def test_each_filter_filters(page, query):
    page.events(1)
    page.events(1, action="rater.paused", target="elsewhere", actor=builders.researcher("ruth"))
    assert "study 0" not in page.get(query)


def test_filters_keep_what_fits(page):
    page.events(1)
    today = timezone.now().strftime("%Y-%m-%d")
    assert "study 0" in page.get(f"?who=ANNA&action=study.locked&target=STUDY&since={today}&until={today}")


def test_pages_go_back_by_key_and_keep_the_filters(page):
    page.events(60)
    page.events(1, action="rater.paused", target="between")
    first = page.get("?action=study.locked")
    assert "study 59" in first and "study 9<" not in first and "between" not in first
    older = first.partition('">Older')[0].rpartition('href="')[2].replace("&amp;", "&")
    second = page.get(older)
    assert "study 9<" in second and "study 10<" not in second and ">Newest<" in second


def test_a_filter_that_makes_no_sense_is_told_and_filters_nothing(page):
    page.events(1)
    text = page.get("?since=yesterday&before=x")
    assert "errorlist" in text and "study 0" in text
