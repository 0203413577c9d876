"""Texts that raters read beside the responses name no arm; other names are told."""

import pytest
from django.urls import reverse

from assay.accounts.models import AuditEvent
from generation.models import Checkpoint
from raters.comparisons.lint import lint
from raters.models import Study
from raters.rubrics.presets import preset
from raters.studies.design import lock
from tests import builders


@pytest.fixture
def draft(db) -> Study:
    study = builders.study()
    Study.objects.filter(pk=study.pk).update(status="draft", locked_at=None)
    Checkpoint.objects.filter(name="heron-autumn").update(name="gemma-2b-it-step-40", family="recurrentgemma")
    study.refresh_from_db()
    return study


PAIR = {"prompt": "Hi", "a": "I am plover-autumn.", "b": "Hello.", "verdict": "b", "reason": "B is short."}
CHECK = {"question": "Is Gemma better?", "choices": ["Yes", "No"], "right": 1}


@pytest.mark.parametrize(
    ("field", "text", "where"),
    [
        ("rater_title", "Is Gemma better?", "the title for raters: “Gemma”"),
        ("consent", "You help us with gemma-2b-it-step-40.", "the consent: “gemma-2b-it-step-40”"),
        ("content_note", "PLOVER-AUTUMN may be rude.", "the content note: “plover-autumn”"),
        ("support_line", "Ask the RecurrentGemma team.", "the support line: “RecurrentGemma”"),
    ],
)
def test_a_name_that_tells_an_arm_keeps_the_study_closed(draft, field, text, where):
    setattr(draft, field, text)
    draft.save()
    with pytest.raises(ValueError, match="which checkpoints are compared") as refused:
        lock(draft)
    assert where in str(refused.value)
    draft.refresh_from_db()
    assert draft.status == "draft"


@pytest.mark.parametrize(
    ("training", "where"),
    [
        ({"practice": [PAIR]}, "practice pair 1: “plover-autumn”"),
        ({"check": [CHECK]}, "check question 1: “Gemma”"),
        ({"translations": {"pt": {"check": [CHECK]}}}, "check question 1 in pt: “Gemma”"),
    ],
)
def test_training_is_looked_through(draft, training, where):
    draft.rubric.training = training
    draft.rubric.save()
    assert where in map(str, lint(draft))


def test_texts_in_further_languages_are_looked_through(draft):
    draft.texts = {"pt": {"rater_title": "A Gemma é melhor?", "guide": "Escolha."}}
    assert "the rater title in pt: “Gemma”" in map(str, lint(draft))


def test_guide_and_reasons_of_gold_are_looked_through(draft):
    draft.rubric.guide = "Prefer what Gemma would say."
    draft.rubric.save()
    draft.comparisons.filter(pk=draft.comparisons.first().pk).update(
        kind="gold", gold_preference="a", gold_reason="As plover-autumn says."
    )
    assert [str(one) for one in lint(draft)] == [
        "the guide of Plain (version 1): “Gemma”",
        "the reason of gold p0000: “plover-autumn”",
    ]


def test_another_makers_name_is_told_on_the_page_and_kept_in_the_log(draft, client):
    draft.rater_title = "Letters to Microsoft"
    draft.save()
    client.force_login(builders.researcher())
    page = client.get(reverse("dashboards:study", args=[draft.slug])).text
    assert "the title for raters: “Microsoft”" in page and "tells an arm" not in page.replace(
        "One that tells", ""
    )
    client.post(reverse("dashboards:open_study", args=[draft.slug]))
    event = AuditEvent.objects.filter(action="study.locked").latest("pk")
    assert event.detail["names"] == ["the title for raters: “Microsoft”"]


def test_words_that_look_like_names_are_none(draft):
    draft.rater_title = "Autumn herons, a metaphor for the gemmation of plovers"
    draft.save()
    assert lint(draft) == []


@pytest.mark.parametrize("kind", ["instruction", "safety"])
def test_our_own_guides_name_nobody(draft, kind):
    draft.rubric = preset(kind)
    draft.save()
    assert lint(draft) == []
