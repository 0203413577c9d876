"""Importing responses: what joins, what does not, what is refused. Every row here is made up."""

import json

import pytest

from assay.accounts.models import AuditEvent
from generation.importing import import_responses
from generation.models import Checkpoint, GenerationRun, Response
from promptsets.digests import text_digest
from promptsets.formats.problems import PromptFileError
from promptsets.models import PromptSetVersion
from tests.generation.response_files import BIRDS, alpaca, answer, response1, version_of

pytestmark = pytest.mark.django_db


def texts_by_key(run: GenerationRun) -> dict[str, list[str] | None]:
    return dict(run.items.order_by("pk").values_list("prompt__key", "response__turns"))


# ── AlpacaEval ────────────────────────────────────────────────────────────────────────────────────────────────


def test_alpaca_eval_joins_on_the_verbatim_text(birds, write):
    imported = import_responses(write(alpaca("A diver.", "Rain falls.", "56")), birds, "heron")
    assert (imported.format, imported.rows, imported.by_id, imported.by_text) == ("alpaca-eval", 3, 0, 3)
    assert texts_by_key(imported.run) == {"b0": ["A diver."], "b1": ["Rain falls."], "b2": ["56"]}


def test_a_text_that_was_stripped_does_not_join_and_is_listed(birds, write):
    rows = alpaca("A diver.", "Rain.", texts=[BIRDS[0], BIRDS[1].strip()])
    imported = import_responses(write(rows), birds, "heron")
    (left_out,) = imported.not_joined
    assert left_out.line == 7 and "Write one line about rain." in left_out.shown_as
    assert imported.missing == ["b1", "b2"]


def test_empty_and_looping_replies_get_their_status(birds, write):
    imported = import_responses(write(alpaca("", "on and on " * 30, "56")), birds, "heron")
    assert imported.statuses == {"empty": 1, "looping": 1, "ok": 1}
    assert set(Response.objects.values_list("finish_reason", flat=True)) == {"imported"}


def test_the_row_of_each_response_is_known(birds, write):
    file = write(alpaca("A diver.", "Rain.", "56"))
    imported = import_responses(file, birds, "heron")
    response = imported.run.items.get(prompt__key="b2").response
    assert response.provenance["file"] == "file.json" and response.provenance["row"] == 3
    assert len(response.provenance["file_sha256"]) == 64 and response.text_sha256 == text_digest(["56"])


def test_an_imported_checkpoint_is_known_by_its_name_alone(birds, write):
    import_responses(write(alpaca("A diver.")), birds, "heron")
    checkpoint = Checkpoint.objects.get()
    # printf heron | sha256sum
    digest = "imported:8bf140db34c3fc03ca732867002d7396b59434818c0b5cbaa65aace6c4dd3b81"
    assert (checkpoint.name, checkpoint.source, checkpoint.digest) == ("heron", "imported", digest)


# ── Again, more, and otherwise ────────────────────────────────────────────────────────────────────────────────


def test_the_same_file_again_changes_nothing(birds, write):
    file = write(alpaca("A diver.", "Rain.", "56"))
    import_responses(file, birds, "heron")
    again = import_responses(file, birds, "heron")
    assert not again.changed and again.filled == 0
    assert (GenerationRun.objects.count(), Response.objects.count(), AuditEvent.objects.count()) == (1, 3, 1)


def test_a_later_file_fills_what_was_missing(birds, write):
    first = import_responses(write(alpaca("A diver.")), birds, "heron")
    later = import_responses(write(alpaca("A diver.", "Rain."), "later.json"), birds, "heron")
    assert later.run == first.run and later.filled == 1 and later.missing == ["b2"]


def test_a_different_text_for_a_filled_place_is_refused_with_file_and_row(birds, write):
    import_responses(write(alpaca("A diver.")), birds, "heron")
    message = "other.json, line 2: differs from the response stored already, which came from file.json, row 1"
    with pytest.raises(PromptFileError, match=message):
        import_responses(write(alpaca("A grebe.", "Rain."), "other.json"), birds, "heron")
    assert Response.objects.get().turns == ["A diver."]


def test_a_new_version_takes_over_what_the_old_one_had(birds, write):
    import_responses(write(alpaca("A diver.", "Rain.", "56")), birds, "heron")
    more = version_of({**{f"b{i}": [text] for i, text in enumerate(BIRDS)}, "b3": ["Why?"]}, number=2)
    imported = import_responses(write(alpaca("So.", texts=["Why?"]), "new.json"), more, "heron")
    assert imported.missing == [] and imported.filled == 1 and Response.objects.count() == 4


def test_importing_freezes_the_version_and_is_on_record(birds, write):
    run = import_responses(write(alpaca("A diver.")), birds, "heron").run
    birds.refresh_from_db()
    event = AuditEvent.objects.get(action="responses.imported")
    assert birds.frozen_at and event.target_id == str(run.pk)
    assert (event.detail["rows"], event.detail["missing"]) == (1, 2)


def test_a_text_that_two_prompts_share_answers_both(write):
    twins = version_of({"b0": ["Why?"], "b1": ["Why?"]})
    imported = import_responses(write(alpaca("So.", texts=["Why?"])), twins, "heron")
    assert imported.missing == [] and Response.objects.count() == 1


def test_one_text_answered_twice_in_two_ways_is_refused(birds, write):
    rows = [*alpaca("A diver."), *alpaca("A grebe.")]
    with pytest.raises(PromptFileError, match="line 7: answers the text of prompt b0 otherwise than line 2"):
        import_responses(write(rows), birds, "heron")
    assert not Checkpoint.objects.exists()


def test_one_text_answered_twice_alike_is_taken_once(birds, write):
    rows = [*alpaca("A diver."), *alpaca("A diver.")]
    assert import_responses(write(rows), birds, "heron").by_text == 2
    assert Response.objects.count() == 1


# ── MT-bench ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def talks(db) -> PromptSetVersion:
    return version_of({"mt-bench-81": ["Tell me.", "Shorter."], "mt-bench-82": ["Why?", "Sure?"]}, "talks")


def test_mt_bench_joins_on_the_question(talks, write):
    rows = [answer(82, ["Because. ", "Yes.\n"]), answer(99, ["a", "b"])]
    imported = import_responses(write(rows, "answers.jsonl"), talks, "heron")
    assert (imported.format, imported.by_id, imported.missing) == ("mt-bench", 1, ["mt-bench-81"])
    assert imported.not_joined[0].shown_as == "99" and imported.not_joined[0].line == 2
    assert texts_by_key(imported.run)["mt-bench-82"] == ["Because. ", "Yes.\n"]


def test_several_choices_are_samples(talks, write):
    rows = [answer(81, ["a", "b"], ["c", "d"]), answer(82, ["e", "f"])]
    imported = import_responses(write(rows, "answers.jsonl"), talks, "heron")
    assert imported.run.samples == 2 and imported.filled == 3 and imported.missing == ["mt-bench-82"]


def test_one_blank_turn_makes_the_response_empty(talks, write):
    imported = import_responses(write([answer(81, ["Yes.", " "])], "answers.jsonl"), talks, "heron")
    assert imported.statuses == {"empty": 1}


def test_too_few_turns_are_refused(talks, write):
    with pytest.raises(
        PromptFileError, match="line 1, turns: has 1 texts where the prompt mt-bench-81 has 2"
    ):
        import_responses(write([answer(81, ["Only one."])], "answers.jsonl"), talks, "heron")


# ── response/1 ────────────────────────────────────────────────────────────────────────────────────────────────


def test_response_1_keeps_what_the_file_knows(birds, write):
    row = response1("b0", "A di", status="truncated", finish_reason="length", n_output_tokens=2, sample=0)
    row |= {"token_ids": [[4, 5]], "decoding": {"temperature": 0.7}, "checkpoint": {"name": "heron"}}
    run = import_responses(write([row], "r.jsonl"), birds, "heron").run
    response = run.items.get(prompt__key="b0").response
    assert (response.status, response.finish_reason) == ("truncated", "length")
    assert (response.token_ids, response.n_output_tokens) == ([[4, 5]], 2)
    assert response.provenance["decoding"] == {"temperature": 0.7} and run.sampling == {}


@pytest.mark.parametrize("status", ["blocked", "error"])
def test_a_stated_failure_is_believed(birds, write, status):
    imported = import_responses(write([response1("b0", "Sorry.", status=status)], "r.jsonl"), birds, "heron")
    assert imported.statuses == {status: 1}


def test_an_id_whose_text_is_another_joins_by_text_or_not_at_all(birds, write):
    rows = [
        response1("b0", "Rain.", prompt_sha256=text_digest([BIRDS[1]])),
        response1("b2", "57", prompt_sha256=text_digest(["What is 7 x 8?"])),
    ]
    imported = import_responses(write(rows, "r.jsonl"), birds, "heron")
    assert (imported.by_id, imported.by_text) == (0, 1)
    assert texts_by_key(imported.run)["b1"] == ["Rain."]
    assert imported.not_joined[0].reason == "the prompt b2 has another text"


def test_a_raw_line_separator_inside_a_text_cuts_no_row(birds, write):
    line = json.dumps(response1("b0", "one\u2028two"), ensure_ascii=False)
    run = import_responses(write(line + "\n", "r.jsonl"), birds, "heron").run
    assert texts_by_key(run)["b0"] == ["one\u2028two"]
