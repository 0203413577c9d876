"""Responses are rendered once their study collects, and a page shows what was made ahead only where it is the same."""

import hashlib

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from generation.models import Response
from raters.assignment import claim_next
from raters.desk import rendering, rendering_ahead
from raters.desk.rendering_ahead import render_ahead
from raters.models import Judgment, RenderedStudy, Rendering, Study
from tests import builders

MARKED = "So *this* is **it**."
SAMPLE = "# A\n\n- *b*\n\n```python\nc = 1\n```\n\n| d |\n|---|\n| [e](http://f) |"


@pytest.fixture
def study(db):
    study = builders.study(prompts=3)
    Response.objects.update(turns=[MARKED])
    return study


def page_of(client, held) -> str:
    client.force_login(held.rater.user)
    return client.get(reverse("raters:judge", args=[held.token])).text


@pytest.fixture
def counted(monkeypatch) -> list[str]:
    """The texts that pages rendered themselves."""
    seen: list[str] = []
    monkeypatch.setattr(
        "raters.desk.showing.render", lambda text: seen.append(text) or rendering.render(text)
    )
    return seen


def test_a_page_is_the_same_and_renders_no_response_itself(client, study, counted):
    held = claim_next(builders.rater(study), study)
    before = page_of(client, held)
    assert counted.count(MARKED) == 2 and "<strong>it</strong>" in before
    assert render_ahead() == 6
    counted.clear()
    after = page_of(client, held)
    assert MARKED not in counted and "<strong>it</strong>" in after


def test_what_was_made_of_another_text_is_not_shown(client, study):
    render_ahead()
    Response.objects.update(turns=["Something <b>else</b>."])
    page = page_of(client, claim_next(builders.rater(study), study))
    assert "Something &lt;b&gt;else&lt;/b&gt;." in page and "<strong>it</strong>" not in page


def test_an_answer_reads_no_rendering_and_one_that_lacks_something_shows_the_same_page(
    client, study, counted
):
    render_ahead()
    held = claim_next(builders.rater(study), study)
    key = {"idempotency_key": "k" * 22}
    before = page_of(client, held).partition("<form class=")[0]
    again = client.post(reverse("raters:judge", args=[held.token]), key)
    assert again.status_code == 422 and MARKED not in counted
    assert again.text.partition("<form class=")[0] == before
    with CaptureQueriesContext(connection) as asked:
        client.post(reverse("raters:judge", args=[held.token]), {**key, "value": "left", "active_ms": 60_000})
    assert Judgment.objects.count() == 1
    assert not [one for one in asked.captured_queries if "raters_rendering" in one["sql"]]


def test_a_name_that_is_hidden_on_the_page_is_not_shown_by_what_was_made_ahead(client, study):
    Response.objects.update(turns=["I am *Heron*, a model."])
    render_ahead()
    passages = [{"response": side, "quote": "I am Heron", "name": "Heron"} for side in "ab"]
    study.comparisons.update(masked=True, self_identification=passages)
    assert "Heron" not in page_of(client, claim_next(builders.rater(study), study))


@pytest.mark.parametrize("status", [Study.Status.PAUSED, Study.Status.CLOSED])
def test_a_study_that_does_not_collect_waits(study, status):
    Study.objects.update(status=status)
    assert render_ahead() == 0
    assert not Rendering.objects.exists()


def test_it_is_done_once_and_once_more_by_another_renderer(study, monkeypatch, django_assert_num_queries):
    assert render_ahead() == 6
    with django_assert_num_queries(1):
        assert render_ahead() == 0
    monkeypatch.setattr(rendering_ahead, "RENDERER", "another")
    assert render_ahead() == 6
    assert set(Rendering.objects.values_list("renderer", flat=True)) == {"another"}
    assert [row.renderer for row in RenderedStudy.objects.all()] == ["another"]


def test_a_long_study_is_gone_through_bit_by_bit(study, monkeypatch):
    monkeypatch.setattr(rendering_ahead, "BATCH", 2)
    monkeypatch.setattr(rendering_ahead, "LONGEST_S", 0)
    assert render_ahead() == 0  # no time at all
    monkeypatch.setattr(rendering_ahead, "LONGEST_S", 60)
    assert render_ahead() == 6
    assert RenderedStudy.objects.filter(study=study).exists()


def test_a_comparison_without_a_response_keeps_nothing_waiting(study):
    study.comparisons.filter(pk=study.comparisons.first().pk).update(response_a=None, status="excluded")
    assert render_ahead() == 4
    assert RenderedStudy.objects.exists()


def test_who_changes_what_is_rendered_raises_the_renderers_number():
    digest = hashlib.sha256(rendering.render(SAMPLE).encode()).hexdigest()
    assert (rendering.RENDERER.split()[0], digest[:16]) == ("1", "87e05d86af07e332")
