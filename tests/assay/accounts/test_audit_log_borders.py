"""The audit log's page at its borders: a full page, the ends of a day, keys that there cannot be."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from assay.accounts.models import AuditEvent, User

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


@pytest.mark.parametrize("before", ["9" * 18, "9" * 19, "9" * 40, "-1", "1e3"])
def test_a_key_that_there_cannot_be_breaks_nothing(rows, before):
    rows.note("autumn")
    assert [row.target for row in rows(f"?before={before}")["rows"]] == ["autumn"]


def test_what_is_on_record_can_be_neither_changed_nor_removed(rows):
    rows.note("autumn")
    event = AuditEvent.objects.get()
    for act in (event.save, event.delete):
        with pytest.raises(TypeError, match="append-only"):
            act()
    assert AuditEvent.objects.get().target == "autumn"
