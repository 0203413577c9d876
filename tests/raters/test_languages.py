"""Raters' pages in their language, written from either side."""

import ast
import gettext
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import override_settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation.template import templatize

from raters.models import Study
from raters.rubrics.presets import TRANSLATED, study_settings
from raters.studies.languages import known_texts
from raters.way_in.inviting import invite
from tests import builders

ROOT = Path(__file__).resolve().parents[2]
PLACES = {"raters": [ROOT / "raters"], "platform/assay": [ROOT / "platform/assay/templates"]}
CALLS = {"_", "gettext", "gettext_lazy"}


def catalogue(place: str, code: str) -> dict[Any, str]:
    """What is said for each source; for one with a plural, for each of its forms."""
    found = gettext.translation("django", ROOT / place / "locale", [code])._catalog
    return {source: said for source, said in found.items() if source}


def of_templates(folder: Path) -> set[str]:
    source = "\n".join(templatize(path.read_text(), origin=str(path)) for path in folder.rglob("*.html"))
    found = re.findall(r"""(?<!n)gettext\(u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\)""", source)
    return {str(ast.literal_eval(one)) for one in found}


def of_code(folder: Path) -> set[str]:
    calls = (
        node
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS
    )
    return {call.args[0].value for call in calls if isinstance(call.args[0], ast.Constant)}


@pytest.mark.parametrize("code", TRANSLATED)
@pytest.mark.parametrize("place", PLACES)
def test_every_string_that_raters_can_see_is_there(place, code):
    said = catalogue(place, code)
    strings = set().union(*(of_templates(folder) | of_code(folder) for folder in PLACES[place]))
    assert len(strings) > 20
    assert sorted(one for one in strings if not said.get(one)) == []


@pytest.mark.parametrize("code", TRANSLATED)
@pytest.mark.parametrize("place", PLACES)
def test_a_translation_fills_in_what_its_source_fills_in(place, code):
    """A place that is misspelt would break the page in that language alone."""
    said, first = catalogue(place, code), catalogue(place, TRANSLATED[0])
    assert {key if isinstance(key, str) else key[0] for key in said} == {
        key if isinstance(key, str) else key[0] for key in first
    }
    places = re.compile(r"%\(\w+\)s|</?\w+>")
    for source, translation_ in said.items():
        words = source if isinstance(source, str) else source[0]
        assert sorted(places.findall(translation_)) == sorted(places.findall(words)), (words, translation_)


def test_the_browsers_language_is_spoken(client, study):
    page = client.get(reverse("raters:join", args=[invite(study)]), headers={"Accept-Language": "pt-BR"})
    assert '<html lang="pt" dir="ltr">' in page.text and "Começar" in page.text


def test_a_language_chosen_on_the_page_goes_before_the_browsers(client, study):
    here = reverse("raters:join", args=[invite(study)])
    assert client.post(reverse("set_language"), {"language": "pt", "next": here}).url == here
    assert "Começar" in client.get(here, headers={"Accept-Language": "en"}).text


def test_consent_and_guide_come_in_the_raters_language_or_as_written_first(study):
    Study.objects.update(consent="I agree.", texts={"pt": {"consent": "Aceito."}})
    study.refresh_from_db()
    assert study.text("consent", "pt") == ("Aceito.", "pt")
    assert study.text("guide", "pt") == (study.rubric.guide, "en")
    assert study.text("consent", "en") == ("I agree.", "en")


def test_a_researcher_writes_them_on_the_settings_page(client, researcher, study):
    study.status = "draft"
    study.save()
    client.force_login(researcher)
    address = reverse("dashboards:study_settings", args=[study.slug])
    form = client.get(address).context["form"]
    values = {name: form[name].value() for name in form.fields if form[name].value() not in (None, "")}
    values |= {"guide_pt": "Escolha a melhor.", "rater_title_pt": "Aves"}
    answer = client.post(address, values)
    assert answer.status_code == 302, answer.context["form"].errors
    study.refresh_from_db()
    assert study.texts == {"pt": {"guide": "Escolha a melhor.", "rater_title": "Aves"}}


def test_a_refused_form_keeps_its_fields_though_another_language_was_chosen(client, researcher, study):
    study.status = "draft"
    study.save()
    client.force_login(researcher)
    address = reverse("dashboards:study_settings", args=[study.slug])
    answer = client.post(address, {"language": "pt", "guide_de": "Wählen Sie die bessere."})
    assert answer.status_code == 422 and "Wählen Sie die bessere." in answer.text


def test_title_and_support_line_come_in_the_raters_language(client, study):
    Study.objects.update(support_line="Call 112.", texts={"pt": {"rater_title": "Aves"}})
    client.force_login(builders.rater(study).user)
    told = client.get(reverse("raters:my_studies"), headers={"Accept-Language": "pt"}).text
    assert "<h2>Aves</h2>" in told and study.rater_title not in told
    pause = client.get(reverse("raters:pause", args=[study.public_id]), headers={"Accept-Language": "pt"})
    assert '<span lang="en" dir="auto">Call 112.</span>' in pause.text


@pytest.mark.parametrize(
    ("texts", "says"),
    [
        ([], "Texts by language"),
        ({"xx": {}}, "no others than: en, de, es, ja, pt"),
        ({"pt": {"secret": "x"}}, "pt holds texts by name"),
        ({"pt": {"guide": " "}}, "guide in pt is a text"),
        ({"pt": {"rater_title": "x" * 201}}, "200 characters at most"),
    ],
)
def test_texts_that_no_page_shows_are_refused(texts, says):
    with pytest.raises(ValidationError, match=says):
        known_texts(texts)


@override_settings(LANGUAGES=[("en", "English"), ("ar", "العربية")])
def test_a_language_from_the_right_turns_the_page(client, study):
    client.force_login(builders.rater(study).user)
    with translation.override("ar"):
        page = client.get(reverse("raters:my_studies"), headers={"Accept-Language": "ar"})
    assert 'dir="rtl"' in page.text


@pytest.mark.parametrize(
    "sheet", ["base.css", "controls.css", "parts.css", "judge.css", "reading.css", "questions.css"]
)
def test_no_rule_names_left_or_right(sheet):
    found = next(ROOT.glob(f"*/**/static/*/{sheet}")).read_text()
    assert not re.findall(r"(?:margin|padding|border)-(?:left|right)\b|text-align: (?:left|right)", found)
    assert not re.findall(r"^\s*(?:left|right):", found, re.MULTILINE)


TITLES = {
    "de": "Antworten vergleichen",
    "es": "Comparar respuestas",
    "ja": "回答の比較",
    "pt": "Comparar respostas",
}


@pytest.mark.parametrize("code", TRANSLATED)
@pytest.mark.parametrize("kind", ["instruction", "safety"])
def test_each_preset_starts_with_its_texts(kind, code):
    settings = study_settings(kind)
    written = {name for name in ("consent", "content_note") if settings.get(name)}
    if settings.get("support_line"):
        written.add("support_line")
    assert set(settings["texts"][code]) == written | {"guide", "rater_title"}
    assert settings["texts"][code]["rater_title"] == TITLES[code]
    known_texts(settings["texts"])


@pytest.mark.parametrize(("code", "begin"), [("de", "Beginnen"), ("es", "Empezar"), ("ja", "始める")])
def test_each_language_is_spoken_and_can_be_chosen(client, study, code, begin):
    here = reverse("raters:join", args=[invite(study)])
    page = client.get(here, headers={"Accept-Language": code}).text
    assert f'<html lang="{code}" dir="ltr">' in page and begin in page
    assert [f'value="{one}"' in page for one in ("en", *TRANSLATED)] == [True] * 5
