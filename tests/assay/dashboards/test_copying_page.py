"""A study is taken further on its page: a twin, a version, a template; what does not go is told beside its field."""

import pytest
from django.urls import reverse

from raters.models import Study, StudyTemplate
from tests import builders


@pytest.fixture
def send(client, researcher, study):
    client.force_login(researcher)
    address = reverse("dashboards:copy_study", args=["autumn"])
    return lambda way, name: client.post(address, {"way": way, "name": name}, follow=True)


def refused(answer) -> dict[str, str]:
    """What each field says; nothing was made."""
    assert answer.status_code == 422 and Study.objects.count() == 1 and not StudyTemplate.objects.exists()
    return {name: errors[0] for name, errors in answer.context["form"].errors.items()}


def test_the_form_begins_with_a_twin_under_the_name_of_the_next_version(client, send):
    page = client.get(reverse("dashboards:copy_study", args=["autumn"]))
    form = page.context["form"]
    assert (form["way"].value(), form["name"].value(), page.status_code) == ("duplicate", "autumn-2", 200)
    assert "errorlist" not in page.text


def test_a_twin_stands_by_itself_and_its_page_opens(send, study):
    answer = send("duplicate", "twin")
    twin = Study.objects.get(slug="twin")
    assert answer.redirect_chain[-1][0] == reverse("dashboards:study", args=["twin"])
    assert (twin.follows, twin.version, twin.status) == (None, 1, "draft")


def test_a_version_follows_the_study(send, study):
    answer = send("version", "autumn-2")
    later = Study.objects.get(slug="autumn-2")
    assert answer.redirect_chain[-1][0] == reverse("dashboards:study", args=["autumn-2"])
    assert (later.follows, later.version) == (study, 2)


def test_a_template_is_told_and_may_be_called_in_words(send, study):
    answer = send("template", "Every week, in München")
    assert answer.redirect_chain[-1][0] == reverse("dashboards:new_study")
    assert "Kept as the template Every week, in München." in answer.text
    assert StudyTemplate.objects.get().values["rubric"] == "plain-3" and Study.objects.count() == 1


@pytest.mark.parametrize("way", ["duplicate", "version"])
def test_a_study_is_not_called_what_no_address_could_hold(send, way):
    told = refused(send(way, "two words"))
    assert "letters, digits, hyphens and underscores" in told["name"] and set(told) == {"name"}


def test_a_name_that_is_taken_or_missing_is_told_beside_it(send):
    assert "a study of that name already" in refused(send("duplicate", "autumn"))["name"]
    assert set(refused(send("duplicate", ""))) == {"name"}


def test_a_template_of_that_name_is_told_beside_it(send, study):
    send("template", "Weekly")
    answer = send("template", "Weekly")
    assert answer.status_code == 422 and "template of that name" in answer.context["form"].errors["name"][0]
    assert StudyTemplate.objects.count() == 1


def test_a_draft_has_no_versions_which_is_told_beside_the_way(send, study):
    Study.objects.update(status="draft")
    told = refused(send("version", "autumn-2"))
    assert set(told) == {"way"} and "is a draft" in told["way"]


def test_a_way_that_there_is_not_makes_nothing(send):
    assert set(refused(send("sell", "twin"))) == {"way"}


def test_a_viewer_takes_no_study_further(client, study):
    olga = builders.researcher("olga")
    study.members.create(user=builders.researcher("ruth"), role="owner")
    study.members.create(user=olga, role="viewer")
    client.force_login(olga)
    assert client.get(reverse("dashboards:copy_study", args=["autumn"])).status_code == 404
