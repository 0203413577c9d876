"""Nor does the length of what is sent tell who wrote what, nor the work that it takes, of which time is made."""

import json
import re
from unittest.mock import patch

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from generation.models import Checkpoint, Response
from raters.assignment import claim_ahead, claim_next
from raters.comparisons.gold import make_gold
from raters.desk.showing import showing, side_texts
from raters.desk.word_diff import diff
from raters.models import Assignment, Comparison
from tests import builders
from tests.raters.test_blinding import swap_ids, swap_names, swap_runs

SHORT = "Rain *fell* <on> the `lane`."
LONG = "| a | b |\n|---|---|\n" + "| ☂ & so on | **more** of it |\n" * 300
VALUES = re.compile(r"'[^']*'|\b\d+(?:\.\d+)?\b|\b(?:true|false)\b|%s|\"s\d+_x\d+\"")


@pytest.fixture
def at_work(client, db):
    """A rater at a clock that stands, with one comparison on the screen and the next one fetched ahead."""
    with time_machine.travel("2026-03-01T12:00Z", tick=False):
        study = builders.study(prompts=3, gold_every=0)
        Response.objects.filter(checkpoint__name__startswith="heron").update(turns=[SHORT])
        Response.objects.filter(checkpoint__name__startswith="plover").update(turns=[LONG])
        rater = builders.rater(study)
        client.force_login(rater.user)
        held, ahead = claim_next(rater, study), claim_ahead(rater, study)
        yield client, study, held, ahead


def swap_texts(study) -> None:
    for row in study.comparisons.select_related("response_a", "response_b"):
        Response.objects.filter(pk=row.response_a_id).update(turns=row.response_b.turns)
        Response.objects.filter(pk=row.response_b_id).update(turns=row.response_a.turns)


def swap_sides(study) -> None:
    for row in Assignment.objects.all():
        Assignment.objects.filter(pk=row.pk).update(a_is_left=not row.a_is_left)


def swap_checkpoints(study) -> None:
    swap_ids(study)
    swap_names(*Checkpoint.objects.order_by("pk"))
    swap_runs(study)


def drop_long_texts(study) -> None:
    Response.objects.update(turns=[SHORT])


SWAPS = [swap_texts, swap_sides, swap_checkpoints, drop_long_texts]


def pages(client, held, ahead) -> dict[str, bytes]:
    """What holds both responses, as it is sent."""
    address = reverse("raters:judge", args=[held.token])
    with patch("raters.desk.page.new_nonce", return_value="n" * 22):
        fetched = client.post(address + "ahead/")
        html = {"ahead": json.dumps({"html": fetched.json()["html"]}).encode()}
        answers = {"judge": client.get(address), "differences": client.get(address + "differences/")}
    return {name: page.content for name, page in answers.items()} | html


def texts_on(name: str, held: Assignment, ahead: Assignment) -> list[bytes]:
    """The responses as that page sends them."""
    shown = Assignment.objects.get(pk=(ahead if name == "ahead" else held).pk)
    if name == "differences":
        _prompts, left, right = side_texts(shown)
        return [
            str(side).encode()
            for a, b in zip(left, right, strict=True)
            for side in (diff(a, b).left, diff(a, b).right)
        ]
    texts = [turn for each in showing(shown).turns for turn in (each.left, each.right)]
    views = [str(view) for text in texts for view in (text.rendered, text.raw)]
    return [json.dumps(view)[1:-1].encode() if name == "ahead" else view.encode() for view in views]


def beside_the_texts(at_work) -> dict[str, int]:
    """How many bytes of each page are not the responses' own."""
    client, _study, held, ahead = at_work
    found = {}
    for name, page in pages(client, held, ahead).items():
        texts = texts_on(name, held, ahead)
        assert all(text in page for text in texts)
        found[name] = len(page) - sum(map(len, texts))
    return found


@pytest.mark.parametrize("swap", SWAPS)
def test_pages_are_as_long_as_their_texts_make_them(at_work, swap):
    before = beside_the_texts(at_work)
    swap(at_work[1])
    assert beside_the_texts(at_work) == before


def work_of(client, held, ahead, **sent_along) -> list[list[str]]:
    """Each statement, without its values, that the database is asked for every step with a comparison."""
    address = reverse("raters:judge", args=[held.token])
    following = reverse("raters:next", args=[held.comparison.study.public_id])
    form = {"value": "left", "idempotency_key": "k" * 22, "ahead": ahead.token}
    script = {"headers": {"X-By-Script": "1"}}
    steps = [
        lambda: client.get(following),
        lambda: client.get(address),
        lambda: client.post(address + "ahead/"),
        lambda: client.post(address + "draft/", {"comment": "so far"}),
        lambda: client.get(address + "differences/"),
        lambda: client.post(address, form, **script),
        lambda: client.post(address, form),
    ]
    return [statements(step) for step in steps]


def statements(step) -> list[str]:
    with CaptureQueriesContext(connection) as asked:
        assert step().status_code in {200, 302}
    return [VALUES.sub("?", one["sql"]) for one in asked]


def make_it_gold(study) -> None:
    Comparison.objects.filter(assignments__state="leased").update(
        kind="gold", ratings_wanted=32_767, gold_preference="a", gold_reason="By hand."
    )


def make_it_a_repeat(study) -> None:
    """Of a comparison that the rater had judged before; nothing else of it changes."""
    for held in Assignment.objects.filter(state="leased"):
        first = Assignment.objects.create(
            comparison=held.comparison,
            rater=builders.rater(study, f"r{held.pk}"),
            state="done",
            a_is_left=True,
            lease_until=held.lease_until,
        )
        Assignment.objects.filter(pk=held.pk).update(repeat_of=first)


@pytest.mark.parametrize("change", [*SWAPS, make_it_gold, make_it_a_repeat])
def test_every_step_asks_the_database_the_same(at_work, change):
    client, study, held, ahead = at_work
    with transaction.atomic():
        before = work_of(client, held, ahead)
        transaction.set_rollback(True)
    change(study)
    after = work_of(client, held, ahead)
    assert all(before) and len(before) == len(after)
    for asked_before, asked_after in zip(before, after, strict=True):
        assert asked_after == asked_before


def test_a_gold_comparison_is_found_by_the_same_work_as_any_other(db):
    study = builders.study(prompts=4, gold_every=2)
    make_gold(study.comparisons.first(), "a", "By hand.")
    kinds, asked = [], []
    for due in (True, False):
        rater = builders.rater(study, f"rater{due}")
        with (
            patch("raters.assignment.gold_is_due", return_value=due),
            CaptureQueriesContext(connection) as found,
        ):
            kinds.append(claim_next(rater, study).comparison.kind)
        asked.append([VALUES.sub("?", one["sql"]) for one in found])
    assert kinds == ["gold", "regular"] and asked[0] == asked[1]
