"""The pages of exports and cards: asked for by a form, told as they come, opened by those who may."""

import json

import pytest
from django.urls import reverse

from assay.accounts.models import AuditEvent
from assay.takeaway.models import Export
from assay.takeaway.tasks import work_off
from raters.models import Study
from tests import builders
from tests.assay.takeaway.conftest import exported


@pytest.fixture
def rosa(client, researcher):
    client.force_login(researcher)
    return researcher


def test_what_the_form_asks_for_is_written_down_with_who_asked(client, judged, rosa):
    address = reverse("dashboards:exports", args=[judged.slug])
    answer = client.post(address, {"what": "judgments/csv", "counted": "1", "rule": "each", "category": ""})
    assert answer.status_code == 302
    export = Export.objects.get()
    assert (export.kind, export.format, export.filters) == ("judgments", "csv", {"counted": True})
    assert export.requested_by == rosa and "waiting for a worker" in client.get(address).text


def test_a_file_that_is_ready_is_downloaded_under_a_name_that_says_what_it_is(client, judged, rosa):
    client.post(reverse("dashboards:exports", args=[judged.slug]), {"what": "judgments/csv"})
    work_off()
    answer = client.get(reverse("dashboards:export_file", args=[Export.objects.get().token]))
    assert answer.getvalue() == exported(judged, "judgments", "csv")
    assert answer["Content-Disposition"] == 'attachment; filename="autumn-judgments.csv"'
    assert answer["Content-Type"].startswith("text/csv") and answer["X-Content-Type-Options"] == "nosniff"
    assert AuditEvent.objects.get(action="export.opened").actor == rosa


def test_what_there_is_not_is_told_and_nothing_is_written_down(client, judged, rosa):
    address = reverse("dashboards:exports", args=[judged.slug])
    answer = client.post(address, {"what": "judgments/xlsx"}, follow=True)
    assert "go out as jsonl" in answer.text and not Export.objects.exists()


@pytest.mark.parametrize("status", ["queued", "cancelled", "expired", "failed"])
def test_a_file_that_is_not_ready_is_not_there(client, judged, rosa, status):
    client.post(reverse("dashboards:exports", args=[judged.slug]), {"what": "judgments/csv"})
    Export.objects.update(status=status)
    assert client.get(reverse("dashboards:export_file", args=[Export.objects.get().token])).status_code == 404


def test_no_rater_opens_a_file_though_they_know_its_address(client, judged, rosa):
    client.post(reverse("dashboards:exports", args=[judged.slug]), {"what": "judgments/csv"})
    work_off()
    client.force_login(judged.enrolments.first().rater.user)
    assert client.get(reverse("dashboards:export_file", args=[Export.objects.get().token])).status_code == 404


def test_researchers_of_another_study_alone_cannot_open_it_but_its_maker_can(judged, rosa, monkeypatch):
    """Where studies have researchers of their own, `Study.for_user` says so, and files follow it."""
    mine = Export.objects.create(study=judged, kind="judgments", format="csv", requested_by=rosa)
    other = builders.researcher("omar")
    monkeypatch.setattr("raters.models.studies.StudyQuerySet.for_user", lambda self, user: self.none())
    assert list(Export.objects.for_user(rosa)) == [mine] and not Export.objects.for_user(other).exists()


def test_an_export_is_cancelled_from_the_page_once(client, judged, rosa):
    client.post(reverse("dashboards:exports", args=[judged.slug]), {"what": "judgments/csv"})
    address = reverse("dashboards:cancel_export", args=[Export.objects.get().token])
    assert "cancelled" in client.post(address, {"reason": "again"}, follow=True).text
    assert "It has ended already." in client.post(address, {"reason": "again"}, follow=True).text


def test_the_card_is_made_with_what_it_rests_on_and_shown(client, judged, rosa):
    address = reverse("dashboards:card", args=[judged.slug])
    client.post(address)
    assert work_off() == 3
    text = client.get(address).text
    card = json.loads(exported(judged, "card", "json"))
    for file in ("autumn-card.json", "autumn-card.html", "autumn-study.jsonl"):
        assert file in text
    rate = card["numbers"]["pairs"][0]["win_rate"]
    assert f"{100 * rate['value']:.1f}%" in text and card["evidence"]["study"]["sha256"] in text


def test_a_card_beside_an_export_of_other_data_says_so(client, judged, rosa):
    address = reverse("dashboards:card", args=[judged.slug])
    client.post(address)
    work_off()
    assert "came in between" not in client.get(address).text
    Export.objects.filter(kind="study").update(sha256="0" * 64)
    assert "came in between" in client.get(address).text


def test_the_study_page_leads_to_exports_and_card(client, judged, rosa):
    text = client.get(reverse("dashboards:study", args=[judged.slug])).text
    for page in ("exports", "card"):
        assert reverse(f"dashboards:{page}", args=[judged.slug]) in text


def test_a_site_without_a_key_says_how_to_make_one(client, judged, rosa, settings, tmp_path):
    settings.CARD_KEY = tmp_path / "none.pem"
    assert "python manage.py card_key" in client.get(reverse("dashboards:card", args=[judged.slug])).text


def test_unblinding_is_one_audited_act_and_then_names_are_told(client, judged, rosa):
    address = reverse("dashboards:unblind_study", args=[judged.slug])
    client.post(address, {"reason": "all is in"})
    assert Study.objects.get(pk=judged.pk).unblinded_at
    assert AuditEvent.objects.get(action="study.unblinded").actor == rosa
    assert "unblinded already" in client.post(address, {"reason": "again"}, follow=True).text
    assert AuditEvent.objects.filter(action="study.unblinded").count() == 1
