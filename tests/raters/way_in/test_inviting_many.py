"""A table of raters becomes links, all of them or none; every bad line is named."""

import re
from smtplib import SMTPRecipientsRefused

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.mail.backends import locmem
from django.urls import reverse

from assay.dashboards.studies import mailing
from raters.models import Enrolment, Invitation
from raters.way_in import inviting_many
from raters.way_in.inviting import enrol, invitation_of
from raters.way_in.inviting_many import TableError, invite_many, read_table


def test_each_line_becomes_a_link_for_one_rater(study):
    made = invite_many(study, read_table("email,label\nana@example.org,Ana\nben@example.org,\n"))
    assert [(one.email, one.label) for one in made] == [("ana@example.org", "Ana"), ("ben@example.org", "")]
    for one in made:
        enrol(invitation_of(one.token), {})
    assert Enrolment.objects.count() == 2
    assert set(Invitation.objects.values_list("max_uses", "uses")) == {(1, 1)}


def test_addresses_are_kept_nowhere(study):
    invite_many(study, read_table("email\nana@example.org\n"))
    assert "ana@" not in str(list(Invitation.objects.values()))


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("", "Line 1: the columns are email"),
        ("name\nAna\n", "Line 1: the columns are email"),
        ("email\n", "no line below its head"),
        ("email\nana@example.org\nnobody\n", "Line 3: “nobody” is no e-mail address."),
        ("email\nana@example.org\nAna@example.org\n", "Line 3: Ana@example.org stands in line 2 already."),
        ("email\nana@example.org,Ana,more\n", "Line 2: more cells than the head has columns."),
        (f"email,label\nana@example.org,{'x' * 201}\n", "Line 2: the label is longer than 200"),
        ("email,email\nana@example.org,ben@example.org\n", "Line 1: the columns are email"),
        ("email,label\nana@example.org,A\0na\n", r"Line 2: the label holds U\+0000"),
        ("email\n" + "x" * 5000, f"Line 2: “{'x' * 200}” is no e-mail"),
    ],
)
def test_a_bad_line_is_named(table, told):
    with pytest.raises(TableError, match=told.replace("(", r"\(")):
        read_table(table)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_spreadsheets_end_them(end):
    table = end.join(["Email, Label", "ana@example.org, Ana", "", f"ben@example.org,{'x' * 200}"])
    assert read_table(table) == [
        {"email": "ana@example.org", "label": "Ana"},
        {"email": "ben@example.org", "label": "x" * 200},
    ]


def test_so_many_lines_are_taken_and_no_more(monkeypatch):
    monkeypatch.setattr(inviting_many, "MOST", 2)
    table = "email\nana@example.org\nben@example.org\n"
    assert len(read_table(table)) == 2
    with pytest.raises(TableError, match="3 lines: at most 2 at a time"):
        read_table(table + "cleo@example.org\n")


def test_all_bad_lines_are_named_at_once():
    with pytest.raises(TableError) as told:
        read_table("email\nx\nana@example.org\ny\n")
    assert "Line 2" in str(told.value) and "Line 4" in str(told.value)


def test_a_table_is_sent_on_the_page_and_its_links_are_shown_once(client, researcher, study, mailoutbox):
    client.force_login(researcher)
    address = reverse("dashboards:invitations", args=[study.slug])
    file = SimpleUploadedFile("raters.csv", b"\xef\xbb\xbfemail,label\nana@example.org,Ana\n")
    page = client.post(address, {"many": "", "file": file, "days": 7, "send": "on"})
    link = page.context["links"][0].address
    assert link in page.text and link not in client.get(address).text and "not sent" not in page.text
    assert mailoutbox[0].to == ["ana@example.org"] and link in mailoutbox[0].body


def test_a_bad_table_makes_no_link_and_sends_nothing(client, researcher, study, mailoutbox):
    client.force_login(researcher)
    address = reverse("dashboards:invitations", args=[study.slug])
    table = "email\nana@example.org\nnobody\n"
    page = client.post(address, {"many": "", "table": table, "days": 7, "send": "on"})
    assert page.status_code == 422 and "Line 3" in page.text
    assert not Invitation.objects.exists() and mailoutbox == []


class OneRefused(locmem.EmailBackend):
    """A mail server that knows no Ben."""

    def send_messages(self, messages):
        if messages[0].to == ["ben@example.org"]:
            raise SMTPRecipientsRefused({"ben@example.org": (550, b"No such user")})
        return super().send_messages(messages)


def sent_to(client, study, *people):
    table = "\n".join(["email", *(f"{name}@example.org" for name in people)])
    address = reverse("dashboards:invitations", args=[study.slug])
    return client.post(address, {"many": "", "table": table, "days": 7, "send": "on"})


def told_of(page):
    """What each row of new links says of its mail; its link stands beside it."""
    links = page.context["links"]
    assert all(link.address in page.text for link in links)
    said = re.findall(r"</code></td><td>(.*?)</td>", page.text)
    return dict(zip([link.email.partition("@")[0] for link in links], said, strict=True))


def test_a_mail_that_is_refused_costs_no_link_and_no_other_mail(
    client, researcher, study, settings, mailoutbox, caplog
):
    settings.EMAIL_BACKEND = f"{__name__}.OneRefused"
    client.force_login(researcher)
    page = sent_to(client, study, "ana", "ben", "cleo")
    told = told_of(page)
    assert page.status_code == 200 and told["ana"] == told["cleo"] == "sent"
    assert told["ben"].startswith("not sent:") and "No such user" in told["ben"]
    assert "1 of 3 was not sent by e-mail" in page.text
    assert [mail.to for mail in mailoutbox] == [["ana@example.org"], ["cleo@example.org"]]
    assert "SMTPRecipientsRefused" in caplog.text and "ben@" not in caplog.text


def test_links_are_shown_when_the_time_for_mails_is_over(client, researcher, study, monkeypatch, mailoutbox):
    monkeypatch.setattr(mailing, "LONGEST_S", -1)
    client.force_login(researcher)
    page = sent_to(client, study, "ana", "ben")
    assert set(told_of(page).values()) == {"not sent: there was no time left"} and mailoutbox == []
    assert Invitation.objects.count() == 2 and "2 of 2 were not sent by e-mail" in page.text


def test_more_mails_than_fit_into_one_request_are_refused_before_a_link_is_made(
    client, researcher, study, mailoutbox
):
    client.force_login(researcher)
    page = sent_to(client, study, *(f"rater{n}" for n in range(mailing.MOST + 1)))
    assert page.status_code == 422 and "51 lines: at most 50 are sent by e-mail at a time." in page.text
    assert not Invitation.objects.exists() and mailoutbox == []
