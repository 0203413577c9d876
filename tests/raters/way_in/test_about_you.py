"""What raters may say about themselves: nobody must, it is kept apart, and it is taken back by a button."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from raters.models import AboutRater
from raters.studies.about_raters import READY_MADE, known_questions, questions_in
from tests import builders

OWN = {
    "key": "hours",
    "en": {"ask": "How long do you read a day?", "answers": ["Not at all", "An hour", "More"]},
    "pt": {"ask": "Quanto tempo lê por dia?", "answers": ["Nenhum", "Uma hora", "Mais"]},
}


@pytest.fixture
def study(db):
    return builders.study(about_raters=["age", OWN])


@pytest.fixture
def rita(client, study):
    rater = builders.rater(study)
    client.force_login(rater.user)
    return study.enrolments.get(rater=rater)


def page(name, study):
    return reverse(f"raters:{name}", args=[study.public_id])


def said(enrolment):
    return dict(enrolment.about.values_list("question", "answer"))


def test_answers_are_asked_for_at_the_end_and_kept_apart_from_the_survey(client, study, rita):
    text = client.get(page("leave", study)).text
    assert "How old are you?" in text and "Prefer not to say" in text and "You need not answer" in text
    client.post(page("leave", study), {"recognised": "no", "about-age": "1", "about-hours": ""})
    rita.refresh_from_db()
    assert said(rita) == {"age": 1} and rita.status == "finished"
    assert "age" not in rita.exit_survey


def test_nobody_must_say_anything(client, study, rita):
    client.post(page("leave", study), {"recognised": "no"})
    rita.refresh_from_db()
    assert rita.status == "finished" and said(rita) == {}


def test_it_is_asked_without_the_exit_survey_too(client, db):
    study = builders.study(about_raters=["first_language"], asks_exit=False)
    rater = builders.rater(study)
    client.force_login(rater.user)
    assert "first language" in client.get(page("leave", study)).text
    client.post(page("leave", study), {"about-first_language": "0"})
    assert said(study.enrolments.get()) == {"first_language": 0}


def test_an_answer_that_is_none_of_the_choices_is_refused_and_nothing_is_kept(client, study, rita):
    answer = client.post(page("leave", study), {"recognised": "no", "about-age": "17"})
    rita.refresh_from_db()
    assert answer.status_code == 422 and said(rita) == {} and rita.status == "active"


def test_answers_are_taken_back_by_a_button(client, study, rita):
    client.post(page("leave", study), {"recognised": "no", "about-age": "1", "about-hours": "2"})
    assert "You answered 2 questions about yourself." in client.get(page("part", study)).text
    client.post(page("take_back", study))
    assert not AboutRater.objects.exists() and "about yourself" not in client.get(page("part", study)).text


def test_another_raters_answers_stay(client, study, rita):
    other = builders.rater(study, "otto")
    AboutRater.objects.create(enrolment=study.enrolments.get(rater=other), question="age", answer=2)
    client.post(page("take_back", study))
    assert AboutRater.objects.count() == 1


def test_questions_are_asked_in_the_raters_language(client, study, rita):
    text = client.get(page("leave", study), headers={"Accept-Language": "pt"}).text
    assert "Que idade tem?" in text and "Quanto tempo lê por dia?" in text and "Prefiro não dizer" in text


def test_ready_made_questions_have_as_many_answers_in_every_language():
    known_questions(list(READY_MADE))
    for name in READY_MADE:
        (english,), (portuguese,) = (questions_in([name], code) for code in ("en", "pt"))
        assert len(english.answers) == len(portuguese.answers) and english.ask != portuguese.ask


@pytest.mark.parametrize(
    ("about", "told"),
    [
        ({"age": 1}, "A list of 3 questions at most"),
        (["age", "first_language", "field_of_work", OWN], "A list of 3"),
        (["shoe_size"], "shoe_size is no ready-made question"),
        (["age", "age"], "a key of its own"),
        ([{"key": "no key!"}], "has a key of at most 64 letters"),
        ([OWN | {"key": "k" * 65}], "has a key of at most 64 letters"),
        ([{"key": "hours"}], "written in one language or more: en, de"),
        ([{"key": "hours", "xx": {}}], "written in one language"),
        ([{"key": "hours", "en": {"ask": "How?"}}], 'in en is {"ask"'),
        ([{"key": "hours", "en": {"ask": "How?", "answers": ["One"]}}], "has 2 to 12 answers"),
        ([{"key": "hours", "en": {"ask": "How?", "answers": ["One", ""]}}], "each answer are texts"),
        ([OWN | {"pt": {"ask": "?", "answers": ["a", "b"]}}], "as many answers in every language"),
    ],
)
def test_questions_that_cannot_be_are_refused_with_what_would_be_right(about, told):
    with pytest.raises(ValidationError, match=told):
        known_questions(about)
