"""Whatever is sent to the pages of raters: an answer of theirs, never an error of ours."""

import pytest
from django.db import transaction
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from hypothesis import strategies as st

from raters.assignment import claim_next
from raters.desk.forms import AnswerForm
from raters.rubrics.presets import PRESETS
from tests import builders
from tests.fuzz.profile import fuzz

WORDS = [
    "left",
    "right",
    "same",
    "left_better",
    "a",
    "b",
    "tie",
    "on",
    "1",
    "0",
    "-1",
    "true",
    "none",
    "k" * 22,
    "",
]
WORDS += [
    "9" * 400,
    "1e999",
    "\0",
    "\ud7ff",
    "x" * 5_000,
    "\u202e",
    "<script>",
    "%s{0}",
    "../..",
    "S1",
    "4",
    "en",
]
NAMES = [
    "value",
    "comment",
    "idempotency_key",
    "active_ms",
    "viewport",
    "sure",
    "tie_kind",
    "criterion_helpfulness",
    "step",
]
NAMES += [
    "left_harm",
    "right_severity",
    "left_acceptable",
    "question_0",
    "done",
    "verdict",
    "code",
    "text",
    "kind",
]
NAMES += [
    "reason",
    "minutes",
    "action",
    "ahead",
    "keep_only",
    "theme",
    "size",
    "keys",
    "key_1",
    "language",
    "quote",
]
VALUES = st.sampled_from(WORDS) | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
SENT = st.lists(st.tuples(st.sampled_from(NAMES), VALUES), max_size=12)


def posted(pairs: list[tuple[str, str]]) -> QueryDict:
    sent = QueryDict(mutable=True)
    for name, value in pairs:
        sent.appendlist(name, value)
    return sent


@pytest.fixture
def held(db):
    study = builders.study(prompts=4)
    return claim_next(builders.rater(study), study)


@pytest.mark.parametrize("preset", [None, *PRESETS])
@fuzz("the answer's form", pairs=SENT)
def test_an_answer_is_taken_or_told_what_is_wrong(pairs, preset, held):
    if preset:
        held.comparison.study.rubric.kind = preset
    form = AnswerForm(held, posted(pairs))
    if form.is_valid():
        assert form.answer().value
    else:
        assert form.errors or form.asks_again


@pytest.fixture
def at_work(held) -> tuple[Client, list[str]]:
    client, study = Client(), held.comparison.study
    client.force_login(held.rater.user)
    of_token = ("judge", "draft", "ahead", "differences", "skip", "flag", "reveal", "surplus", "votes")
    of_study = (
        "pause",
        "way_in",
        "leave",
        "wellbeing",
        "ask",
        "completed",
        "next",
        "done",
        "part",
        "contested",
    )
    pages = [reverse(f"raters:{name}", args=[held.token]) for name in of_token]
    pages += [reverse(f"raters:{name}", args=[study.public_id]) for name in of_study]
    pages += [reverse("raters:keys_and_display"), reverse("raters:come_back"), reverse("raters:my_studies")]
    return client, pages


@fuzz(
    "pages of raters", number=st.integers(0, 21), pairs=SENT, method=st.sampled_from(["post", "post", "get"])
)
def test_a_page_answers_whatever_is_sent(number, pairs, method, at_work):
    client, pages = at_work
    with transaction.atomic():
        sent = posted(pairs)
        address = pages[number % len(pages)]
        if method == "get":
            answer = client.get(f"{address}?{sent.urlencode()}")
        else:
            kind = "application/x-www-form-urlencoded"
            answer = client.post(address, sent.urlencode(), content_type=kind)
        transaction.set_rollback(True)
    assert answer.status_code < 500 and b"Traceback" not in answer.content
