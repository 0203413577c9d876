"""The audit log's page at its borders: a full page, the ends of a day, keys that there cannot be."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from assay.accounts.models import AuditEvent, User
from promptsets.audit import audited
from raters.models import Study

DAY = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def rows(client, db):
    """Lays down so many events, and gives the page's objects for a query."""
    anna = User.objects.create_user("anna", role="administrator")
    client.force_login(anna)

    def note(target: str, at: datetime = DAY, action: str = "study.locked") -> None:
        made = AuditEvent.objects.create(
            actor=anna, action=action, target_type="t", target_id="1", target=target
        )
        AuditEvent.objects.filter(pk=made.pk).rewrite(at=at)

    def shown(query: str = ""):
        return client.get(reverse("audit_log") + query).context

    shown.note = note
    return shown


@pytest.mark.parametrize(("events", "older"), [(50, False), (51, True)])
def test_only_a_page_that_is_more_than_full_has_older_ones(rows, events, older):
    for number in range(events):
        rows.note(f"study {number}")
    context = rows()
    assert len(context["rows"]) == 50 and bool(context["older"]) is older and context["newest"] == ""
    assert context["rows"][0].target == f"study {events - 1}"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?since=2026-03-01", ["first", "last", "after"]),
        ("?until=2026-03-01", ["before", "first", "last"]),
        ("?since=2026-03-01&until=2026-03-01", ["first", "last"]),
    ],
)
def test_both_days_are_within_from_their_first_moment_to_their_last(rows, query, found):
    moment = timedelta(microseconds=1)
    whole_day = timedelta(days=1)
    times = {"before": DAY - moment, "first": DAY, "last": DAY + whole_day - moment, "after": DAY + whole_day}
    for name, at in times.items():
        rows.note(name, at)
    assert [row.target for row in reversed(rows(query)["rows"])] == found


def test_actions_to_choose_from_are_those_that_there_were_each_once(rows):
    for action in ("study.locked", "rater.paused", "study.locked"):
        rows.note("autumn", action=action)
    choices = [value for value, _ in rows()["form"].fields["action"].choices]
    assert choices == ["", "rater.paused", "study.locked"]


def test_names_are_found_as_a_whole_and_objects_by_a_part(rows):
    rows.note("Heron against plover, autumn")
    assert len(rows("?target=AUTUMN")["rows"]) == 1
    assert len(rows("?who=ann")["rows"]) == 0 and len(rows("?who=Anna")["rows"]) == 1


@pytest.mark.parametrize("before", ["9" * 18, "9" * 19, "9" * 5000, "-1", "1e3"])
def test_a_key_that_there_cannot_be_breaks_nothing(rows, before):
    rows.note("autumn")
    assert [row.target for row in rows(f"?before={before}")["rows"]] == ["autumn"]


def test_older_pages_keep_every_filter(rows):
    for number in range(101):
        rows.note(f"study {number}")
        rows.note("between", action="rater.paused")
    second = rows(rows("?action=study.locked")["older"])
    assert [row.target for row in second["rows"]] == [f"study {number}" for number in range(50, 0, -1)]
    third = rows(second["older"])
    assert [row.target for row in third["rows"]] == ["study 0"] and third["older"] == ""
    assert [row.target for row in rows(third["newest"])["rows"]][:1] == ["study 100"]


def test_an_object_with_a_long_name_is_on_record_by_its_beginning(rows):
    study = Study(pk=7, slug="long", title="t" * 300)
    audited.send(Study, actor=None, action="study.locked", target=study, detail={})
    event = AuditEvent.objects.get()
    assert (event.target_type, event.target_id) == ("raters.study", "7")
    assert event.target == str(study)[:200] and len(event.target) == 200


def test_what_is_on_record_can_be_neither_changed_nor_removed(rows):
    rows.note("autumn")
    event = AuditEvent.objects.get()
    rows_of_all = AuditEvent.objects.all()
    for act in (event.save, event.delete, rows_of_all.delete, lambda: rows_of_all.update(target="spring")):
        with pytest.raises(TypeError, match="append-only"):
            act()
    assert AuditEvent.objects.get().target == "autumn"
