"""Runs on a page: how far, how fast, what failed; it keeps itself up to date while there is work."""

from datetime import timedelta

import pytest
from django.utils import timezone

from generation.models import Chunk, Response, RunResponse
from tests import builders


@pytest.fixture
def run(db):
    return builders.run(builders.prompt_set(4), "heron")


@pytest.fixture
def page(client, researcher):
    client.force_login(researcher)
    return lambda path: " ".join(client.get(path).text.split())


def test_a_finished_run_shows_its_responses_and_stays_still(page, run):
    text = page(f"/runs/{run.pk}/")
    assert "heron over everyday@1" in text and "<dd>4 / 4</dd>" in text
    assert "live.js" not in text and "None: nothing had to be generated." in text
    assert f'<a href="/runs/{run.pk}/">Run {run.pk}</a>' in page("/runs/")


def test_tokens_that_were_chosen_by_a_hair_are_counted_where_there_are_any(page, run):
    assert "Chosen by less than" not in page(f"/runs/{run.pk}/")
    first, second, *_ = run.items.order_by("pk")
    for item, close_calls in ((first, 3), (second, 2)):
        Response.objects.filter(pk=item.response_id).update(provenance={"close_calls": close_calls})
    text = page(f"/runs/{run.pk}/")
    assert "<dt>Chosen by less than 0.001</dt><dd>5</dd>" in text
    assert "may turn out otherwise with other slots" in text


def test_a_run_under_way_shows_its_pace_and_keeps_itself_up_to_date(page, run):
    now = timezone.now()
    for place, item in enumerate(run.items.order_by("pk")):
        made = now - timedelta(seconds=30 - 10 * place)
        Response.objects.filter(pk=item.response_id).update(n_output_tokens=100, created_at=made)
    RunResponse.objects.filter(pk=run.items.order_by("pk").last().pk).update(response=None)
    Chunk.objects.create(
        run=run, number=0, item_ids=[], status="queued", attempts=1, error="the GPU <fell> off"
    )
    text = page(f"/runs/{run.pk}/")
    assert "<dd>3 / 4</dd>" in text and "<dd>300</dd>" in text
    assert "<dt>Tokens a second</dt><dd>10</dd>" in text  # 200 tokens in the 20 s after the first response
    assert "the GPU &lt;fell&gt; off" in text and "live.js" in text


def test_a_run_that_is_not_there_is_a_404(client, researcher):
    client.force_login(researcher)
    assert client.get("/runs/999/").status_code == 404
