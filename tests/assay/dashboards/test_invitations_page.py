"""The page of links for raters: one is shown once, a table's file has its limits, labels stand newest first."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assay.dashboards.studies import invitations
from raters.models import Invitation
from tests import builders

ONE = {"label": "the choir", "uses": 3, "days": 2}
HEAD = b"email\nana@example.org\n"


@pytest.fixture
def send(client, researcher, study):
    client.force_login(researcher)
    address = reverse("dashboards:invitations", args=["autumn"])
    return lambda form: client.post(address, form)


def refused(answer, form: str) -> dict:
    """What the form's fields say; the other form of the page says nothing, and no link was made."""
    assert answer.status_code == 422 and not Invitation.objects.exists()
    other = {"form": "table", "table": "form"}[form]
    assert not answer.context[other].errors
    return answer.context[form].errors


def test_a_link_is_shown_once_and_the_form_is_ready_for_another(client, send):
    made = send(ONE)
    assert made.status_code == 200 and made.context["link"] in made.text
    assert (made.context["form"]["label"].value(), made.context["form"]["uses"].value()) == (None, 1)
    page = client.get(reverse("dashboards:invitations", args=["autumn"]))
    assert made.context["link"] not in page.text and "the choir" in page.text
    assert "errorlist" not in page.text and page.status_code == 200


def test_links_are_listed_newest_first_and_another_studys_are_not(send):
    builders.study(slug="winter").invitations.create(
        label="winter", token_sha256="0" * 64, max_uses=1, expires_at="2099-01-01T00:00Z"
    )
    for label in ("first", "second"):
        answer = send(ONE | {"label": label})
    assert [row.label for row in answer.context["invitations"]] == ["second", "first"]


@pytest.mark.parametrize(
    "wrong", [{"uses": 0}, {"uses": 100_001}, {"days": 0}, {"days": 366}, {"label": "x" * 201}]
)
def test_what_no_link_can_be_is_told_beside_its_field(send, wrong):
    assert set(refused(send(ONE | wrong), "form")) == set(wrong)


def test_a_link_may_be_as_large_and_as_long_as_its_fields_say(send):
    assert send({"label": "x" * 200, "uses": 100_000, "days": 365}).status_code == 200
    made = Invitation.objects.get()
    assert (made.max_uses, good_for_days(made)) == (100_000, 365)


def good_for_days(made: Invitation) -> int:
    return round((made.expires_at - made.created_at) / timedelta(days=1))


def table(content: bytes) -> dict:
    return {"many": "", "file": SimpleUploadedFile("raters.csv", content), "days": 7}


def test_a_file_is_as_large_as_is_said_and_no_larger(send, monkeypatch):
    monkeypatch.setattr(invitations, "LARGEST", len(HEAD) - 1)
    assert "larger than 1 MB" in refused(send(table(HEAD)), "table")["__all__"][0]
    monkeypatch.setattr(invitations, "LARGEST", len(HEAD))
    assert [link.email for link in send(table(HEAD)).context["links"]] == ["ana@example.org"]


def test_a_file_that_is_no_text_is_told(send):
    told = refused(send(table(HEAD + "zoë@example.org\n".encode("latin-1"))), "table")
    assert told["__all__"] == ["The file is no text in UTF-8."]


def test_a_file_goes_before_a_text_that_was_typed_as_well(send):
    answer = send(table(HEAD) | {"table": "email\nben@example.org\n"})
    assert [link.email for link in answer.context["links"]] == ["ana@example.org"]
    assert answer.context["sent"] is False and answer.context["not_sent"] == 0


def test_each_bad_line_is_told_by_itself(send):
    told = refused(send({"many": "", "table": "email\nx\nana@example.org\ny\n", "days": 7}), "table")
    assert [line.partition(":")[0] for line in told["__all__"]] == ["Line 2", "Line 4"]


def test_links_of_a_table_are_good_for_as_many_days_as_were_asked_for(send):
    lines = {"many": "", "table": "email\nana@example.org\n"}
    assert set(refused(send(lines | {"days": 0}), "table")) == {"days"}
    send(lines | {"days": 9})
    assert good_for_days(Invitation.objects.get()) == 9
