"""Browsing prompt sets: filters, pages by position, one prompt with what was made of it."""

import json
from urllib.parse import parse_qsl, urlencode

import pytest
from django.urls import reverse

from assay.dashboards.prompts.balance import balance_of
from assay.dashboards.prompts.browsing import PAGE
from promptsets.fitting import fitting
from promptsets.importing import import_promptset
from raters import judging
from raters.assignment import claim_next
from raters.models import StudyMember
from tests import builders


@pytest.fixture
def version(db, tmp_path):
    """120 prompts in two categories; every tenth is about rain."""
    rows = [
        {
            "schema": "prompt/1",
            "id": f"p{i:03d}",
            "kind": "instruction",
            "category": ("coding", "creative")[i % 2],
            "turns": [
                {"role": "user", "content": f"Number {i}" + (" about Rain" if i % 10 == 0 else "") + "!" * i}
            ],
        }
        for i in range(120)
    ]
    (tmp_path / "many.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return import_promptset(tmp_path / "many.jsonl").version


@pytest.fixture
def page(client, researcher):
    client.force_login(researcher)

    def get(version, query: str = "") -> str:
        return client.get(reverse("dashboards:prompt_set", args=[version]) + query).text

    return get


def keys_on(text: str) -> list[str]:
    return [key for key in (f"p{i:03d}" for i in range(120)) if f"/{key}/" in text]


def test_a_page_holds_fifty_and_leads_to_the_next(page, version):
    first = page(version)
    assert keys_on(first) == [f"p{i:03d}" for i in range(PAGE)] and "?after=49" in first
    last = page(version, "?after=99")
    assert keys_on(last) == [f"p{i:03d}" for i in range(100, 120)] and 'rel="next"' not in last


def test_filters_work_together_and_stay_in_the_address(page, version):
    assert keys_on(page(version, "?q=rain")) == [f"p{i:03d}" for i in range(0, 120, 10)]
    assert keys_on(page(version, "?q=rain&category=creative")) == []
    assert "?category=coding&amp;after=98" in page(version, "?category=coding")
    assert len(keys_on(page(version, "?length=m"))) > 0


@pytest.mark.parametrize("text", ["Über", '"hi"', "日本", "a\\\\b"])
def test_any_letters_can_be_searched_for(page, db, text):
    version = builders.prompt_set(2)
    first = version.prompts.first()
    first.turns = [f"x {text} y"]
    first.save()
    found = page(version, "?" + urlencode({"q": text}))
    assert "/p0000/" in found and "/p0001/" not in found


def test_a_filter_that_is_not_offered_is_told_and_filters_nothing(page, version):
    text = page(version, "?category=cooking")
    assert "cooking is not one of the available choices" in text and len(keys_on(text)) == PAGE


def test_the_text_of_a_prompt_is_shown_and_never_run(page, client, db):
    version = builders.prompt_set(1)
    type(version.prompts.get()).objects.update(turns=["<script>alert(1)</script>"])
    text = page(version) + client.get(reverse("dashboards:prompt", args=[version, "p0000"])).text
    assert "<script>alert" not in text and "&lt;script&gt;alert(1)" in text


def test_a_prompt_stands_with_its_responses_and_judgments(page, client, study):
    rater = builders.rater(study)
    assignment = claim_next(rater, study)
    judging.record(assignment, judging.Answer("same", "a-key-of-sixteen-letters"))
    key = assignment.comparison.prompt.key
    address = reverse("dashboards:prompt", args=[study.prompt_set_version, key])
    votes = f'&amp;prompt={key}&amp;said=tie">1</a></td><td class="number">0</td>'
    assert votes not in client.get(address).text  # beside names, votes would end the blinding
    type(study).objects.update(unblinded_at="2026-01-01T00:00Z")
    text = client.get(address).text
    assert "heron-autumn" in text and "plover-autumn" in text
    assert votes in text


def test_what_a_study_found_is_told_to_those_who_have_a_part_in_it(page, client, researcher, study):
    type(study).objects.update(unblinded_at="2026-01-01T00:00Z")
    address = reverse("dashboards:prompt", args=[study.prompt_set_version, "p0000"])
    assert study.title in client.get(address).text
    StudyMember.objects.create(study=study, user=builders.researcher("olga"), role="owner")
    text = client.get(address).text
    assert study.title not in text and reverse("dashboards:study", args=[study.slug]) not in text
    StudyMember.objects.create(study=study, user=researcher, role="viewer")
    assert study.title in client.get(address).text


def test_how_a_set_is_made_up_stands_as_bars_with_their_counts(page, version):
    text = page(version)
    assert text.count("<meter") == 2 and '<td class="number"><a href="?category=coding">60</a></td>' in text


def test_each_bar_leads_to_as_many_prompts_as_it_counts(version):
    version.manifest["counts"]["turns"] = {"1": 100, "2": 20}  # which no filter finds
    categories, turns = balance_of(version)
    for bar in categories.bars:
        [(name, value)] = parse_qsl(bar.behind.removeprefix("?"))
        assert fitting(version.prompts.all(), {name: value}).count() == bar.n == 60
    assert [bar.behind for bar in turns.bars] == ["", ""]


def test_a_set_that_is_not_there_is_a_404(client, researcher):
    client.force_login(researcher)
    assert client.get(reverse("dashboards:prompt_set", args=["fish@3"])).status_code == 404


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("ÉCLAIR", True), ("2019", False), ("[", False), ("nleading", False), ("\\u", False)],
)
def test_a_search_looks_at_the_text_and_not_at_how_it_is_stored(page, db, wanted, found):
    version = builders.prompt_set(1)
    prompt = version.prompts.get()
    prompt.turns = ["An éclair: it\u2019s here.\nleading"]
    prompt.save()
    assert ("/p0000/" in page(version, "?" + urlencode({"q": wanted}))) == found
