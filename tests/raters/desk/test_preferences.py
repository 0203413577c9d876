"""Keys and display are each rater's own, and work without scripts."""

import pytest
from django.urls import reverse

from raters.desk.preferences import PreferencesForm, keys_of
from tests import builders


@pytest.fixture
def page(client, rater):
    client.force_login(rater.user)
    return client


def filled(**changes: str) -> dict[str, str]:
    form = PreferencesForm()
    return {name: str(field.initial) for name, field in form.fields.items()} | changes


def address_of_comparison(page, study) -> str:
    return page.get(reverse("raters:next", args=[study.public_id])).url


def test_a_key_that_was_chosen_stands_on_the_page(page, study, rater):
    answer = page.post(reverse("raters:keys_and_display"), filled(skip="x"))
    assert answer.status_code == 302
    assert 'data-key="x"' in page.get(address_of_comparison(page, study)).text


def test_switched_off_no_control_carries_a_key(page, study, rater):
    off = filled()
    del off["single_keys"]
    assert page.post(reverse("raters:keys_and_display"), off).status_code == 302
    text = page.get(address_of_comparison(page, study)).text
    assert 'data-shortcut="1"' not in text and 'data-key="s"' not in text


def test_two_actions_never_share_a_key(page, rater):
    answer = page.post(reverse("raters:keys_and_display"), filled(skip="b"))
    assert answer.status_code == 422 and "is taken by another action" in answer.text
    rater.refresh_from_db()
    assert rater.preferences == {}


def test_capitals_are_the_same_key(page, rater):
    page.post(reverse("raters:keys_and_display"), filled(skip="X"))
    rater.refresh_from_db()
    assert keys_of(rater).skip == "x"


def test_colours_and_size_follow_the_rater_onto_every_page(page, study):
    page.post(reverse("raters:keys_and_display"), filled(theme="contrast-dark", size="larger"))
    assert 'data-theme="contrast-dark" data-size="larger"' in page.get(reverse("raters:my_studies")).text


def test_as_they_were_at_first(page, rater):
    page.post(reverse("raters:keys_and_display"), filled(theme="dark", skip="x"))
    page.post(reverse("raters:keys_and_display"), {"defaults": "1"})
    rater.refresh_from_db()
    assert rater.preferences == {}


def test_it_leads_back_to_our_own_pages_alone(page, study):
    here = reverse("raters:done", args=[study.public_id])
    assert page.post(reverse("raters:keys_and_display"), filled(next=here)).url == here
    away = page.post(reverse("raters:keys_and_display"), filled(next="https://evil.example/"))
    assert away.url == reverse("raters:my_studies")


def test_another_rater_keeps_their_own_keys(page, study):
    page.post(reverse("raters:keys_and_display"), filled(skip="x"))
    assert keys_of(builders.rater(study, "eve")).skip == "s"
