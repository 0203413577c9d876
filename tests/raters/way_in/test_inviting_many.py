"""A table of raters becomes links, all of them or none; every bad line is named."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from raters.models import Enrolment, Invitation
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
    ],
)
def test_a_bad_line_is_named(table, told):
    with pytest.raises(TableError, match=told.replace("(", r"\(")):
        read_table(table)


def test_all_bad_lines_are_named_at_once():
    with pytest.raises(TableError) as told:
        read_table("email\nx\nana@example.org\ny\n")
    assert "Line 2" in str(told.value) and "Line 4" in str(told.value)


def test_a_table_is_sent_on_the_page_and_its_links_are_shown_once(client, researcher, study, mailoutbox):
    client.force_login(researcher)
    address = reverse("dashboards:invitations", args=[study.slug])
    file = SimpleUploadedFile("raters.csv", b"\xef\xbb\xbfemail,label\nana@example.org,Ana\n")
    page = client.post(address, {"many": "", "file": file, "days": 7, "send": "on"})
    (_one, link), *_ = page.context["links"]
    assert link in page.text and link not in client.get(address).text
    assert mailoutbox[0].to == ["ana@example.org"] and link in mailoutbox[0].body


def test_a_bad_table_makes_no_link_and_sends_nothing(client, researcher, study, mailoutbox):
    client.force_login(researcher)
    address = reverse("dashboards:invitations", args=[study.slug])
    table = "email\nana@example.org\nnobody\n"
    page = client.post(address, {"many": "", "table": table, "days": 7, "send": "on"})
    assert page.status_code == 422 and "Line 3" in page.text
    assert not Invitation.objects.exists() and mailoutbox == []
