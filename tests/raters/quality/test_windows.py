"""Narrow windows beside wide ones: each with its own figures, and nobody's whose window is not known."""

import pytest
from django.urls import reverse

from raters import judging
from raters.assignment import claim_next
from raters.comparisons.gold import make_gold
from raters.quality.windows import by_window
from raters.rubrics.answers import Answer
from raters.rubrics.viewports import Viewport
from tests import builders
from tests.raters.working import answer, say


@pytest.fixture
def study(db):
    """Ana, on a phone, presses left in 8 s each; ben, on a desktop, says a in 20 s; cem's window is not known."""
    study = builders.study(prompts=6, ratings=3, gold_every=2)
    for row in study.comparisons.order_by("pk")[:2]:
        make_gold(row, "a", "because")
    ana, ben, cem = (builders.rater(study, name) for name in ("ana", "ben", "cem"))
    while held := claim_next(ana, study):
        answer(held, "left", viewport=Viewport(767, 900), active_ms=8000)
    while held := claim_next(ben, study):
        say(held, "a", viewport=Viewport(768, 900), active_ms=20_000)
    while held := claim_next(cem, study):
        say(held, "tie")
    return study


def test_either_kind_has_its_own_figures(study):
    narrow, wide = by_window(study)
    assert (narrow.narrow, narrow.n, narrow.raters, narrow.median_s) == (True, 6, 1, 8.0)
    assert (narrow.left.k, narrow.left.n, narrow.ties.k, narrow.gold.n) == (6, 6, 0, 2)
    assert (wide.narrow, wide.n, wide.raters, wide.median_s) == (False, 6, 1, 20.0)
    assert (wide.gold.k, wide.gold.n) == (2, 2) and wide.left.n == 6


def test_a_changed_mind_counts_once_in_the_window_in_which_it_was_changed(study):
    changed = study.comparisons.first().assignments.get(rater__user__username="ana")
    judging.record(changed, Answer("same", "a-second-thought", viewport=Viewport(1280, 720)))
    narrow, wide = by_window(study)
    assert (narrow.n, wide.n, wide.raters, wide.ties.k) == (5, 7, 2, 1)


def test_they_stand_on_the_page_of_raters_once_some_are_known(client, researcher, study):
    client.force_login(researcher)
    page = client.get(reverse("dashboards:study_raters", args=[study.slug])).text
    assert '<th scope="row">narrow</th>' in page and '<th scope="row">wide</th>' in page
    fresh = builders.study(slug="winter")
    assert 'id="windows"' not in client.get(reverse("dashboards:study_raters", args=[fresh.slug])).text
