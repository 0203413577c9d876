"""Nor does any byte of the pages beside the judging: messages, replies, pay, exposure, what is contested."""

from dataclasses import replace

import pytest
import time_machine
from django.urls import reverse

from generation.models import Checkpoint
from raters import judging
from raters.assignment import claim_next
from raters.care import inbox
from raters.desk.showing import showing
from raters.models import Assignment
from raters.quality.contested import claim_contested, set_senior
from tests import builders
from tests.raters.test_blinding import sent, swap_ids, swap_names, swap_runs
from tests.raters.working import say


@pytest.fixture
def at_work(client, db):
    """A senior rater with a message that was answered and a decided comparison, in a study with everything on."""
    with time_machine.travel("2026-03-01T12:00Z", tick=False):
        study = builders.study(
            prompts=4,
            ratings=2,
            contested_split=True,
            gold_every=0,
            exposure_items=30,
            exposure_minutes=40,
            repeat_every=2,
            repeat_gap=1,
            pay_basis="hour",
            pay_rate="12",
        )
        for name, preference in (("ana", "a"), ("ben", "b")):
            rater = builders.rater(study, name)
            while held := claim_next(rater, study):
                say(held, preference, comment="I looked twice.")
        sora = builders.rater(study, "sora")
        set_senior(study.enrolments.get(rater=sora), True)
        decided, held = claim_contested(sora, study), None
        say(decided, "tie")
        held = claim_contested(sora, study)
        judging.now_shown(held)
        question = inbox.write(sora, study, "flag", "Is it whole?", held)
        inbox.answer(question, "It is.", builders.researcher())
        client.force_login(sora.user)
        yield client, study, held, question


def everything_beside(client, study, held, question) -> list[bytes]:
    decided = Assignment.objects.get(purpose="adjudication", state="done")
    pages = [
        reverse(f"raters:{name}", args=[study.public_id]) for name in ("part", "ask", "contested", "done")
    ]
    pages += [reverse("raters:flag", args=[held.token]), reverse("raters:my_studies")]
    pages += [reverse("raters:votes", args=[token]) for token in (decided.token, held.token)]
    answers = [client.get(page) for page in pages]
    answers.append(client.post(reverse("raters:flag", args=[held.token]), {"kind": "flag", "text": ""}))
    answers.append(client.post(reverse("raters:write_back", args=[question.pk]), {"text": ""}))
    return [sent(each) for each in answers]


def swap_checkpoints(study) -> None:
    swap_names(*Checkpoint.objects.order_by("pk"))


def swap_everything(study) -> None:
    swap_ids(study)
    swap_names(*Checkpoint.objects.order_by("pk"))
    swap_runs(study)


@pytest.mark.parametrize("swap", [swap_checkpoints, swap_runs, swap_ids, swap_everything])
def test_no_page_beside_the_judging_tells_who_wrote_what(at_work, swap):
    before = everything_beside(*at_work)
    swap(at_work[1])
    assert everything_beside(*at_work) == before


def test_no_page_beside_the_judging_names_a_checkpoint(at_work):
    study = at_work[1]
    pages = b"".join(everything_beside(*at_work))
    assert b"It is." in pages and b"I looked twice." in pages and b"until your break" in pages
    names = [value for row in Checkpoint.objects.values_list("name", "digest") for value in row]
    for hidden in [*names, study.slug, study.title, study.secret, study.design_sha256]:
        assert hidden.encode() not in pages


def test_a_repeat_is_shown_like_any_other(at_work):
    """Under the same side it is the first showing but for its token, and its page says nothing of a second time."""
    client, *_ = at_work
    again = Assignment.objects.exclude(repeat_of=None).select_related("rater", "repeat_of").first()
    first = again.repeat_of
    first.a_is_left = again.a_is_left
    assert replace(showing(first), token=again.token) == showing(again)
    client.force_login(again.rater.user)
    page = client.get(reverse("raters:judge", args=[again.token])).text.lower()
    assert "repeat" not in page and "second time" not in page
