"""The locked design is read on a page: what was locked, when and by whom, and what a later version changed."""

import pytest
from django.urls import reverse

from raters.models import Study, StudyMember
from raters.studies.copying import duplicate, new_version
from raters.studies.design import lock
from raters.studies.unblinding import labels_of, unblind
from tests import builders


@pytest.fixture
def page(client, researcher):
    client.force_login(researcher)
    return lambda slug="autumn": client.get(reverse("dashboards:study_design", args=[slug]))


@pytest.fixture
def later(study, researcher):
    """The same arms, asked of more raters, with another rule."""
    made = new_version(study, "autumn-2", researcher)
    Study.objects.filter(pk=made.pk).update(pool=25, exclusion_rules={"gold_below": 0.6}, title="Later")
    lock(made, researcher)
    return made


def test_what_was_locked_is_told_in_words(page, client, study, researcher):
    text = page().text
    for told in (study.design_sha256, "set-of-autumn@1", "a command or a worker", "Ratings per comparison"):
        assert told in text
    assert "an empty response is judged, shown by a neutral note" in text
    assert reverse("dashboards:study_design", args=["autumn"]) in client.get("/studies/autumn/").text


def test_who_locked_it_is_told(page, later):
    assert "<dd>rosa</dd>" in page("autumn-2").text


def test_before_the_unblinding_arms_have_labels_in_an_order_that_tells_nothing(page, study, researcher):
    for secret in ("0" * 64, "1" * 64, "2" * 64, "3" * 64):
        Study.objects.update(secret=secret)
        answer = page()
        assert answer.context["arms"] == ["Model 1", "Model 2"]
        locked = study.design
        hidden = [locked["comparisons_sha256"], locked["seal"], *(arm["digest"] for arm in locked["arms"])]
        assert not any(one in answer.text for one in ("heron-autumn", "plover-autumn", *hidden))
    unblind(study, "all is in", researcher)
    answer = page()
    assert all(one in answer.text for one in ("heron-autumn", "plover-autumn", *hidden))
    assert sorted(labels_of(study).values()) == ["Model 1", "Model 2"]


def test_a_version_tells_what_it_changed(page, later):
    changes = {one.label: (one.before, one.after) for one in page("autumn-2").context["changes"]}
    assert changes == {"Pool": ("10", "25"), "Exclusion rules": ("none", "gold below: 0.6")}


def test_other_arms_are_counted_and_not_named_while_either_version_is_blind(page, study, later, researcher):
    design = {**later.design, "arms": [*later.design["arms"], {**later.design["arms"][0], "seed": 7}]}
    Study.objects.filter(pk=later.pk).update(design=design)
    unblind(later, "all is in", researcher)  # the one before hides names still
    change = next(one for one in page("autumn-2").context["changes"] if one.label == "Arms")
    assert (change.before, change.after) == ("2 arms", "3 arms")


def test_a_version_before_that_is_anothers_is_not_told(page, study, later):
    StudyMember.objects.filter(study=study).delete()
    StudyMember.objects.create(study=study, user=builders.researcher("olga"), role="owner")
    answer = page("autumn-2")
    assert answer.context["told"].follows is None and "What it changed" not in answer.text


def test_a_draft_has_no_locked_design(page, study, researcher):
    duplicate(study, "twin", researcher)
    assert page("twin").status_code == 404
