"""An administrator forgets a rater on a page: first what would go, then the act."""

import pytest
from django.urls import reverse

from raters.models import Rater

PAGE = "/people/forget/"


@pytest.fixture
def anna(client, site):
    client.force_login(site.admin)
    return client


def test_the_page_is_linked_and_asks_who(anna):
    assert f'href="{reverse("forget_rater")}"' in anna.get("/people/").text
    assert 'name="who"' in anna.get(PAGE).text


def test_what_would_go_is_shown_and_nothing_has_gone(anna, site):
    text = anna.post(PAGE, {"who": "rita@example.org"}).text
    assert f"What goes of {site.rita.code}" in text and "comments on judgments" in text
    assert Rater.objects.filter(code=site.rita.code).exists()


def test_the_second_button_does_it(anna, site):
    answer = anna.post(PAGE, {"who": "rita@example.org", "sure": "1"}, follow=True)
    assert "1 rater was forgotten." in answer.text
    assert not Rater.objects.filter(code=site.rita.code).exists()


@pytest.mark.parametrize("who", ["", "nobody"])
def test_a_wrong_name_is_told_and_changes_nothing(anna, site, who):
    answer = anna.post(PAGE, {"who": who, "sure": "1"})
    assert answer.status_code == 422 and "errorlist" in answer.text
    assert Rater.objects.filter(code=site.rita.code).exists()


def test_researchers_find_no_such_page(client, site, researcher):
    client.force_login(researcher)
    assert client.post(PAGE, {"who": site.rita.code, "sure": "1"}).status_code == 404
    assert Rater.objects.filter(code=site.rita.code).exists()
