"""Check questions and practice pairs: in the rater's language where they are there, refused where none can be asked."""

import copy

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from raters.models import Enrolment, Study
from raters.quality.measures import words_in
from raters.rubrics.presets import PRESETS, preset, study_settings
from raters.rubrics.training import TRANSLATED, known_training, lessons
from tests import builders

PORTUGUESE = {"Accept-Language": "pt"}
QUESTION = {"question": "Which?", "choices": ["A", "B"], "right": 1}
PAIR = {"prompt": "P", "a": "x", "b": "y", "verdict": "tie", "reason": "Alike."}


@pytest.fixture
def page(client, db):
    """A rater at the check of a study with our own rubric; the address of their way in."""
    study = builders.study()
    Study.objects.update(rubric=preset("instruction"), texts=study_settings("instruction")["texts"])
    rater = builders.rater(study)
    Enrolment.objects.update(step="check", tries=0)
    client.force_login(rater.user)
    return reverse("raters:way_in", args=[study.public_id])


@pytest.mark.parametrize("kind", PRESETS)
def test_a_guide_is_read_in_a_few_minutes_in_every_language(kind):
    """Of 600 words at most, as `words_in` counts them where a script has no spaces."""
    texts = study_settings(kind)["texts"]
    guides = [PRESETS[kind].values()["guide"], *(texts[code]["guide"] for code in texts)]
    assert len(guides) == 5 and all(100 <= words_in(guide) <= 600 for guide in guides)


@pytest.mark.parametrize("kind", PRESETS)
def test_each_preset_says_the_same_training_in_portuguese(kind):
    training = PRESETS[kind].values()["training"]
    known_training(training)
    for step in TRANSLATED:
        said, translated = lessons(training, step, "pt")
        assert translated and len(said) == 5
        for one, written in zip(said, training[step], strict=True):
            assert one.get("right") == written.get("right") and one.get("verdict") == written.get("verdict")
            assert all(one[name] != written[name] for name in ("question", "prompt", "reason") if name in one)


def test_the_check_is_asked_in_the_raters_language(client, page):
    told = client.get(page, headers=PORTUGUESE).text
    assert "Uma das respostas está vazia. O que faz?" in told and "One response is empty" not in told
    assert '<legend lang="pt" dir="auto">' in told and "não existe na sua língua" not in told


def test_the_same_choices_are_right_in_either_language(client, page):
    right = {f"question_{n}": one["right"] for n, one in enumerate(preset("instruction").training["check"])}
    assert client.post(page, right, headers=PORTUGUESE).status_code == 302
    assert Enrolment.objects.get().step == "practice"


def test_practice_and_its_reason_come_in_the_raters_language(client, page):
    Enrolment.objects.update(step="practice")
    told = client.post(page, {"verdict": "b"}, headers=PORTUGUESE).text
    assert "capital da Austrália" in told and "A está certa e na forma pedida" in told


@pytest.mark.parametrize("step", ["check", "practice", "guide"])
def test_what_is_not_there_in_a_language_is_shown_as_written_and_says_so(client, page, step):
    study = Study.objects.get()
    study.rubric.training.pop("translations")
    study.rubric.save()
    Study.objects.update(texts={})
    Enrolment.objects.update(step=step)
    told = client.get(page, headers=PORTUGUESE).text
    parts = 2 if step == "check" else 1  # the guide stands above the questions
    assert told.count("Este texto não existe na sua língua. Está em: Inglês.") == parts
    assert {"check": '<legend lang="en"', "practice": 'prompt rendered" lang="en"'}.get(
        step, 'rendered" lang="en"'
    ) in told
    assert "This text is not there" not in client.get(page, headers={"Accept-Language": "en"}).text


def test_training_that_can_be_asked_is_taken():
    words = {"check": [{"question": "Qual?", "choices": ["A", "B"]}]}
    known_training({"check": [QUESTION], "practice": [PAIR], "translations": {"pt": words}})
    known_training({})


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda t: t.update(exam=[]), "check, practice and translations, and nothing else"),
        (lambda t: t.update(check={}), "check is a list"),
        (lambda t: t["check"][0].update(question=" "), "check 1 wants a text as its question"),
        (lambda t: t["check"][0].update(choices=["A"]), "check 1 wants two choices or more"),
        (lambda t: t["check"][0].update(right=2), "place of the right choice"),
        (lambda t: t["check"][0].update(right=True), "place of the right choice"),
        (lambda t: t["practice"][0].pop("reason"), "practice 1 wants a text as its reason"),
        (lambda t: t["practice"][0].update(verdict="A"), "practice 1 wants a verdict: a, b, tie"),
        (lambda t: t["translations"].update(xx={}), "code of a language"),
        (lambda t: t["translations"]["pt"].update(guide=[]), "pt holds check and practice"),
        (lambda t: t["translations"]["pt"].update(check=[]), "check in pt has 0 entries, and 1 are written"),
        (lambda t: t["translations"]["pt"]["check"][0].update(choices=["A", "B", "C"]), "wants 2 choices"),
        (lambda t: t["translations"]["pt"]["check"][0].update(right=0), "holds words alone, not right"),
    ],
)
def test_training_that_cannot_be_asked_is_refused_and_says_where(change, says):
    words = {"pt": {"check": [{"question": "Qual?", "choices": ["A", "B"]}]}}
    training = copy.deepcopy({"check": [QUESTION], "practice": [PAIR], "translations": words})
    change(training)
    with pytest.raises(ValidationError, match=says):
        known_training(training)
