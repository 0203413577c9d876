"""No byte sent to a rater depends on which checkpoint wrote what, except the text itself."""

import re
from unittest.mock import patch

import pytest
import time_machine
from django.urls import reverse

from generation.models import Checkpoint, GenerationRun, Response
from raters.desk.showing import texts
from raters.models import Assignment, StudyArm
from raters.rubrics.presets import preset
from tests import builders

CSRF = re.compile(rb'name=(\\?")csrfmiddlewaretoken\1 value=\1[^"\\]+\1')


@pytest.fixture
def signed_in(client, db):
    """A rater at a clock that stands: headers tell the time."""
    with time_machine.travel("2026-03-01T12:00Z", tick=False):
        study = builders.study(prompts=2)
        client.force_login(builders.rater(study).user)
        yield client, study


def everything_sent(client, study) -> list[bytes]:
    """Status, headers, cookies and body of all that a rater meets; what is random by nature (nonce, CSRF) is fixed."""
    with patch("raters.desk.page.new_nonce", return_value="n" * 22):
        address = client.get(reverse("raters:next", args=[study.public_id])).url
        pages = [
            address,
            reverse("raters:my_studies"),
            reverse("raters:done", args=[study.public_id]),
            address + "kept/",
            address + "differences/",
            reverse("raters:pause", args=[study.public_id]),
            reverse("raters:keys_and_display"),
            reverse("raters:judge", args=["no-such-token"]),
            reverse("raters:done", args=["no-such-study"]),
        ]
        answers = [client.post(address + name, {"comment": "so far"}) for name in ("draft/", "ahead/")]
        answers += [client.get(page) for page in pages]
        answers.append(client.post(address, {"comment": "no choice", "idempotency_key": "k" * 22}))
        answers += [client.get(address + "skip/"), client.head(address), client.post("/rate/")]
    return [sent(each) for each in answers]


def sent(answer) -> bytes:
    cookies = re.sub(r"csrftoken=\w+", "csrftoken", answer.cookies.output(header=""))
    head = repr((answer.status_code, sorted(answer.headers.items()), cookies)).encode()
    return CSRF.sub(b"csrf", head + answer.content)


def unmarked(page: bytes) -> bytes:
    return re.sub(rb"</?(?:ins|del)>", b"", page)


def swap_names(one: Checkpoint, other: Checkpoint) -> None:
    for pk, name, digest in [
        (one.pk, "in between", "in between"),
        (other.pk, one.name, one.digest),
        (one.pk, other.name, other.digest),
    ]:
        Checkpoint.objects.filter(pk=pk).update(name=name, digest=digest)


def swap_ids(study) -> None:
    """Each text moves to the row of the other checkpoint, run, arm and response; on the screen it stays where it is."""
    for row in study.comparisons.select_related("response_a", "response_b"):
        a, b = row.response_a, row.response_b
        Response.objects.filter(pk=a.pk).update(turns=b.turns, text_sha256=b.text_sha256)
        Response.objects.filter(pk=b.pk).update(turns=a.turns, text_sha256=a.text_sha256)
        study.comparisons.filter(pk=row.pk).update(
            response_a=b, response_b=a, arm_a=row.arm_b_id, arm_b=row.arm_a_id
        )


def swap_runs(study) -> None:
    """The two runs change their checkpoints, as if the one had made the other's responses."""
    one, other = (arm.run for arm in study.arms.select_related("run").order_by("pk"))
    seed = one.seed
    GenerationRun.objects.filter(pk=one.pk).update(
        seed=seed + 1
    )  # a run is unique by its key; not in between
    GenerationRun.objects.filter(pk=other.pk).update(checkpoint=one.checkpoint_id)
    GenerationRun.objects.filter(pk=one.pk).update(checkpoint=other.checkpoint_id, seed=seed)


def test_swapping_the_names_of_the_checkpoints_changes_no_byte(signed_in):
    before = everything_sent(*signed_in)
    one, other = Checkpoint.objects.order_by("pk")
    swap_names(one, other)
    assert Checkpoint.objects.get(pk=one.pk).name == other.name
    assert everything_sent(*signed_in) == before


def test_swapping_the_checkpoints_of_the_runs_changes_no_byte(signed_in):
    _, study = signed_in
    before = everything_sent(*signed_in)
    was = list(study.arms.order_by("pk").values_list("run__checkpoint", flat=True))
    swap_runs(study)
    assert list(study.arms.order_by("pk").values_list("run__checkpoint", flat=True)) == was[::-1]
    assert everything_sent(*signed_in) == before


def test_swapping_runs_arms_and_ids_changes_no_byte(signed_in):
    _, study = signed_in
    before = everything_sent(*signed_in)
    swap_ids(study)
    swap_names(*Checkpoint.objects.order_by("pk"))
    assert everything_sent(*signed_in) == before


@pytest.mark.parametrize("kind", ["instruction", "safety"])
def test_swapping_the_ids_changes_no_byte_under_either_preset(signed_in, kind):
    client, study = signed_in
    study.rubric = preset(kind)
    study.save()
    before = everything_sent(client, study)
    swap_ids(study)
    assert everything_sent(client, study) == before


def test_swapping_the_texts_moves_the_texts_and_nothing_else(signed_in):
    _, study = signed_in
    before = everything_sent(*signed_in)
    one, other = (
        f"number {pk}.".encode() for pk in Checkpoint.objects.order_by("pk").values_list("pk", flat=True)
    )
    for row in study.comparisons.select_related("response_a", "response_b"):
        Response.objects.filter(pk=row.response_a_id).update(turns=row.response_b.turns)
        Response.objects.filter(pk=row.response_b_id).update(turns=row.response_a.turns)
    after = everything_sent(*signed_in)
    assert after != before
    whole = [unmarked(page) for page in after]  # the differences page splits a text by its marks
    swapped = [page.replace(one, b"@").replace(other, one).replace(b"@", other) for page in whole]
    assert swapped == [unmarked(page) for page in before]


STEPS = ("consent", "content_note", "guide", "check", "practice", "qualification", "work", "exit")


@pytest.mark.parametrize("step", STEPS)
def test_no_step_of_the_way_in_and_out_tells_more(signed_in, step):
    client, study = signed_in
    study.rubric, study.consent, study.content_note, study.reveal = preset("safety"), "Agree?", "Note.", True
    study.save()
    study.enrolments.update(step=step)
    names = ("way_in", "leave", "completed", "wellbeing", "next", "done")
    addresses = [reverse(f"raters:{name}", args=[study.public_id]) for name in names]
    before = [sent(client.get(address)) for address in addresses]
    study.enrolments.update(step=step)  # a study without gold has ended qualification meanwhile
    swap_ids(study)
    swap_names(*Checkpoint.objects.order_by("pk"))
    assert [sent(client.get(address)) for address in addresses] == before


def test_the_cover_is_the_same_whoever_wrote_what(signed_in):
    client, study = signed_in
    study.reveal = True
    study.save()
    address = client.get(reverse("raters:next", args=[study.public_id])).url
    cover = sent(client.get(address))
    swap_ids(study)
    assert b"Before you read on" in cover and sent(client.get(address)) == cover


def test_an_answer_leads_on_alike_whoever_wrote_what(signed_in):
    client, study = signed_in
    address = client.get(reverse("raters:next", args=[study.public_id])).url
    form = {"value": "left", "idempotency_key": "k" * 22}
    first = sent(client.post(address, form))
    swap_ids(study)
    swap_names(*Checkpoint.objects.order_by("pk"))
    assert sent(client.post(address, form)) == first


def test_swapping_the_arms_changes_no_byte(signed_in):
    _, study = signed_in
    before = everything_sent(*signed_in)
    candidate, baseline = study.arms.order_by("pk")
    StudyArm.objects.filter(pk=baseline.pk).update(role="candidate")
    StudyArm.objects.filter(pk=candidate.pk).update(role="baseline")
    assert everything_sent(*signed_in) == before


def test_swapping_the_side_moves_the_two_texts_and_nothing_else(signed_in):
    page = everything_sent(*signed_in)[2]
    assignment = Assignment.objects.earliest("pk")
    left, right = (f"number {side.checkpoint_id}.".encode() for side in (assignment.left, assignment.right))
    Assignment.objects.filter(pk=assignment.pk).update(a_is_left=not assignment.a_is_left)
    swapped = everything_sent(*signed_in)[2]
    assert swapped != page
    assert swapped.replace(left, b"@").replace(right, left).replace(b"@", right) == page


def test_no_page_names_a_checkpoint_or_the_study_as_researchers_know_it(signed_in):
    _, study = signed_in
    sent = b"".join(everything_sent(*signed_in))
    names = [value for row in Checkpoint.objects.values_list("name", "digest") for value in row]
    for hidden in [*names, study.slug, study.title, study.secret, study.design_sha256]:
        assert hidden.encode() not in sent


def test_pages_with_responses_are_kept_in_no_cache(signed_in):
    client, study = signed_in
    address = client.get(reverse("raters:next", args=[study.public_id])).url
    assert "no-store" in client.get(address).headers["Cache-Control"]


def test_nothing_but_the_text_of_a_response_reaches_the_page(signed_in):
    before = everything_sent(*signed_in)
    assignment = Assignment.objects.earliest("pk")
    for side, status in ((assignment.left, "truncated"), (assignment.right, "looping")):
        Response.objects.filter(pk=side.pk).update(
            status=status,
            flags=["loop", status],
            finish_reason="length",
            n_output_tokens=12345,
            n_prompt_tokens=len(status),
            provenance={"file": f"{status}.json"},
            chat_template=status,
        )
    assert everything_sent(*signed_in) == before


def test_control_tokens_of_chat_formats_never_reach_the_page(signed_in):
    before = everything_sent(*signed_in)
    for response in Response.objects.all():
        token = "<end_of_turn>" if response.pk % 2 else " [/INST]"
        Response.objects.filter(pk=response.pk).update(turns=[f"{turn}{token}\n" for turn in response.turns])
    assert everything_sent(*signed_in) == before


def test_a_prompt_about_control_tokens_may_be_answered(db):
    response = Response(turns=["The token <bos> begins a text."])
    assert texts(response, ["What is <bos>?"]) == ["The token <bos> begins a text."]
    assert texts(response, ["What begins a text?"]) == ["The token  begins a text."]
