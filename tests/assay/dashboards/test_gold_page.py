"""Gold is chosen blind: which response comes first is drawn, the verdict means what was seen, so does the list."""

import re

import pytest
from django.urls import reverse

from assay.accounts.models import AuditEvent
from assay.dashboards.studies import gold, quality
from raters.models import Study
from tests import builders
from tests.assay.reading_pages import PageThere


@pytest.fixture
def study(db):
    return builders.study(prompts=20)


@pytest.fixture
def page(client, researcher, study):
    client.force_login(researcher)
    return lambda: client.get(reverse("dashboards:gold", args=[study.slug])).text


def first_texts(text: str) -> dict[str, str]:
    """By the comparison's heading: the text that stands first under it."""
    sections = re.findall(
        r'<h3 id="(?:row|gold)-(\d+)">.*?<details>.*?</summary><p dir="auto">(.*?)</p>', text, re.S
    )
    return dict(sections)


def a_first(study: Study, text: str) -> list[bool]:
    firsts = first_texts(text)
    return [firsts[str(row.pk)] == row.response_a.text for row in study.comparisons.order_by("pk")]


def test_either_arm_stands_first_as_chance_has_it(page, study):
    """Of 20 fair tosses, fewer than 3 or more than 17 of a kind have probability 0.0004; the secret is fixed."""
    assert 3 <= sum(a_first(study, page())) <= 17


def test_what_stands_first_follows_from_the_studys_secret(page, study):
    drawn = a_first(study, page())
    assert a_first(study, page()) == drawn
    Study.objects.update(secret="1" * 64)
    assert a_first(study, page()) != drawn


def test_a_verdict_is_about_the_text_that_stood_first(page, client, study):
    firsts, a_s = first_texts(page()), a_first(study, page())
    some_a, some_b = (study.comparisons.order_by("pk")[a_s.index(is_a)] for is_a in (True, False))
    for row in (some_a, some_b):
        address = reverse("dashboards:add_gold", args=[study.slug, row.pk])
        client.post(address, {"verdict": "first", "reason": "whole"})
        row.refresh_from_db()
        better = {"a": row.response_a, "b": row.response_b}[row.gold_preference]
        assert better.text == firsts[str(row.pk)]
    assert {some_a.gold_preference, some_b.gold_preference} == {"a", "b"}


@pytest.mark.parametrize(
    ("verdict", "words"),
    [("first", "The first is better"), ("second", "The second is better"), ("same", "The same")],
)
def test_the_list_words_gold_as_it_was_chosen_and_shows_its_texts_alike(page, client, study, verdict, words):
    before = first_texts(page())
    for row in study.comparisons.order_by("pk")[:6]:
        address = reverse("dashboards:add_gold", args=[study.slug, row.pk])
        client.post(address, {"verdict": verdict, "reason": "because"})
    text = page()
    assert text.count(f"<strong>{words}</strong>") == 6 and first_texts(text) == before


@pytest.mark.parametrize("verdict", ["a", "b", "tie", ""])
def test_the_comparisons_own_letters_are_no_verdict_of_the_page(page, client, study, verdict):
    row = study.comparisons.first()
    address = reverse("dashboards:add_gold", args=[study.slug, row.pk])
    client.post(address, {"verdict": verdict, "reason": "because"})
    assert "needs a verdict" in page() and not study.comparisons.gold().exists()


def test_the_audit_log_says_that_and_why_and_not_which(page, client, study):
    row = study.comparisons.first()
    client.post(
        reverse("dashboards:add_gold", args=[study.slug, row.pk]), {"verdict": "first", "reason": "whole"}
    )
    assert AuditEvent.objects.get(action="comparison.made_gold").detail == {"reason": "whole"}


def test_whoever_makes_gold_on_a_later_page_stays_there(client, researcher, db, monkeypatch):
    monkeypatch.setattr(gold, "A_PAGE", 2)
    study = builders.study(prompts=6)
    client.force_login(researcher)
    address = reverse("dashboards:gold", args=[study.slug])
    forms = PageThere(client.get(f"{address}?page=2").text).forms
    action = next(form.action for form in forms if "reason" in form.fields)
    assert client.post(action, {"verdict": "first", "reason": "whole"}).url == f"{address}?page=2"
    first = next(form.action for form in PageThere(client.get(address).text).forms if "reason" in form.fields)
    assert client.post(first, {"verdict": "first", "reason": "whole"}).url == address


def test_whoever_pauses_a_rater_on_a_later_page_stays_there(client, researcher, db, monkeypatch):
    monkeypatch.setattr(quality, "A_PAGE", 1)
    study = builders.study(contested_split=True)
    for name in ("ana", "ben"):
        builders.rater(study, name)
    client.force_login(researcher)
    address = reverse("dashboards:study_raters", args=[study.slug])
    forms = [
        form for form in PageThere(client.get(f"{address}?page=2").text).forms if study.slug in form.action
    ]
    assert len(forms) == 2  # pause, and make senior
    assert {client.post(form.action, {"reason": "too fast"}).url for form in forms} == {f"{address}?page=2"}
