"""A run over an endpoint: what a real server on loopback is asked, and what becomes of its answers."""

import threading

import pytest
from django.core import serializers

from assay.accounts.models import AuditEvent
from generation.models import Checkpoint, Chunk, GenerationRun, Response
from generation.runs import plan_run
from generation.sampling import Sampling
from tests import builders
from tests.generation.endpoint_server import Said, chat, completion
from tests.generation.endpoints import KEY, answered, heron, work_off_once

pytestmark = pytest.mark.django_db


def test_every_place_is_filled_with_the_servers_answer(server, version):
    run = answered(heron(server), version)
    texts = dict(run.items.values_list("prompt__turns__0", "response__turns__0"))
    assert texts == {f"Turn 0 of prompt {i}": f"You said: Turn 0 of prompt {i}" for i in range(5)}
    assert run.chunks.get().status == "done"


def test_an_answer_is_stored_with_what_the_server_told_of_it(server, version):
    run = answered(heron(server), version)
    response = run.items.first().response
    assert (response.status, response.finish_reason, response.token_ids) == ("ok", "stop", None)
    assert (response.n_prompt_tokens, response.n_output_tokens) == (7, 3)
    assert response.provenance["answered_by"] == "heron-large-0007"


def test_the_server_is_asked_as_the_run_and_the_checkpoint_say(server):
    sampling = Sampling(temperature=0.7, top_p=0.9, max_new_tokens=50)
    answered(heron(server, stop=("END",)), builders.prompt_set(prompts=1), sampling, seed=3)
    (asked,) = server.asked
    seed = asked.body.pop("seed")
    assert 0 <= seed < 2**31 and asked.path == "/v1/chat/completions"
    assert asked.body == {
        "model": "heron-large",
        "messages": [{"role": "user", "content": "Turn 0 of prompt 0"}],
        "temperature": 0.7,
        "top_p": 0.9,
        "max_tokens": 50,
        "stop": ["END"],
        "stream": False,
    }


def test_each_sample_has_a_seed_of_its_own_which_is_the_same_every_time(server):
    version, warm = builders.prompt_set(prompts=2), Sampling(temperature=1)
    answered(heron(server), version, warm, seed=3, samples=2)
    first = {(asked.text, asked.body["seed"]) for asked in server.asked}
    Response.objects.all().update(seed=1000)  # so that nothing is found and all is asked again
    answered(heron(server), version, warm, seed=3, samples=3)
    again = {(asked.text, asked.body["seed"]) for asked in server.asked[4:]}
    assert len(first) == 4 and len(again) == 6 and first < again


def test_a_conversation_is_sent_turn_after_turn_with_the_servers_own_answers(server):
    run = answered(heron(server), builders.prompt_set(prompts=1, turns=2))
    assert server.asked[1].body["messages"] == [
        {"role": "user", "content": "Turn 0 of prompt 0"},
        {"role": "assistant", "content": "You said: Turn 0 of prompt 0"},
        {"role": "user", "content": "Turn 1 of prompt 0"},
    ]
    response = run.items.get().response
    assert response.turns == ["You said: Turn 0 of prompt 0", "You said: Turn 1 of prompt 0"]
    assert (response.n_prompt_tokens, response.n_output_tokens) == (14, 6)


def test_a_raw_checkpoint_goes_on_with_the_bare_text(server):
    server.answer = lambda asked: completion(" and on")
    run = answered(heron(server, is_raw=True), builders.prompt_set(prompts=1, turns=2))
    assert {asked.path for asked in server.asked} == {"/v1/completions"}
    assert server.texts[1] == "Turn 0 of prompt 0\n\n and on\n\nTurn 1 of prompt 0"
    response = run.items.get().response
    assert (response.turns, response.chat_template) == ([" and on", " and on"], "raw")
    assert (response.n_prompt_tokens, response.n_output_tokens) == (None, None)


@pytest.mark.parametrize(
    ("said", "status", "finish_reason", "turns"),
    [
        (chat("Well.", "stop"), "ok", "stop", ["Well."]),
        (chat("Well, I", "length"), "truncated", "length", ["Well, I"]),
        (chat(" \n", "stop"), "empty", "stop", [" \n"]),
        (chat(None, "stop"), "empty", "stop", [""]),
        (chat("Well, I", "content_filter"), "blocked", "error", ["Well, I"]),
        (chat(None, "stop", refusal="I would rather not."), "ok", "stop", ["I would rather not."]),
        (chat("half \ud800 a pair", "stop"), "ok", "stop", ["half \N{REPLACEMENT CHARACTER} a pair"]),
    ],
)
def test_how_an_answer_ended_decides_its_status(server, said, status, finish_reason, turns):
    server.script(said)
    response = answered(heron(server), builders.prompt_set(prompts=1)).items.get().response
    assert (response.status, response.finish_reason, response.turns) == (status, finish_reason, turns)


def test_a_conversation_that_is_blocked_goes_no_further(server):
    server.script(chat("Well, I", "content_filter"))
    response = answered(heron(server), builders.prompt_set(prompts=1, turns=3)).items.get().response
    assert len(server.asked) == 1 and response.status == "blocked"


def test_no_more_are_asked_at_once_than_the_checkpoint_says(server):
    both, together = threading.Barrier(2), []

    def meet(asked):
        return Said(body=chat("Hello.").body, wait=lambda: together.append(both.wait(30)))

    server.answer = meet  # nobody is answered before two have asked
    run = answered(heron(server, concurrency=2), builders.prompt_set(prompts=6))
    assert not run.missing.exists() and len(together) == 6
    assert server.most_at_once == 2


def test_an_answer_is_kept_while_others_are_waited_for(server):
    kept = threading.Event()

    def slow_one(asked):
        return Said(body=chat("Hello.").body, wait=lambda: "prompt 0" in asked.text and kept.wait(30))

    server.answer = slow_one
    run = plan_run(heron(server), builders.prompt_set(prompts=3), Sampling())
    work_off_once(on_progress=lambda: run.items.exclude(response=None).count() == 2 and kept.set())
    assert kept.is_set() and not run.missing.exists()


def test_the_key_is_sent_and_kept_nowhere(server, version, caplog):
    caplog.set_level("DEBUG")
    server.answer = lambda asked: Said(401, {"error": {"message": f"Bad {asked.headers['Authorization']}"}})
    run = answered(heron(server, key_env="HERON_KEY"), version)
    assert server.asked[0].headers["Authorization"] == f"Bearer {KEY}"
    assert (
        "HTTP 401 (Bad Bearer [the key]): put a key that it accepts into HERON_KEY" in run.chunks.get().error
    )
    assert KEY not in caplog.text and KEY not in everything_stored()


def everything_stored() -> str:
    tables = (Checkpoint, Chunk, GenerationRun, Response, AuditEvent)
    text = "".join(serializers.serialize("json", table.objects.all()) for table in tables)
    assert "HERON_KEY" in text  # the name is stored
    return text


def test_top_k_cannot_be_said_and_is_refused_when_the_run_is_planned(server, version):
    with pytest.raises(ValueError, match="top_k is 40, which OpenAI's protocol cannot say"):
        plan_run(heron(server), version, Sampling(temperature=1, top_k=40))
