"""`generate --resume`: what an interrupted run has written stays, what it lacks is made, nothing else is mixed in."""

import json
from pathlib import Path

import pytest

from generation.engine import Engine
from generation.engine.__main__ import BAD_INPUT, main

DRAWN = ("--temperature", "0.8", "--seed", "5")
ROWS = [
    {"id": "one", "prompt": "What is the time?"},
    {"id": "two", "turns": [{"role": "user", "content": text} for text in ("Hello", "And?")]},
    {"id": "ids", "token_ids": [2, 70, 71]},
    {"id": "four", "prompt": "How do I tell the time by the sea?"},
]


@pytest.fixture
def generate(chatting, tmp_path):
    """Runs `generate` into a file of that name; gives the exit code and the file."""

    def run(
        name: str, *options: str, rows: list = ROWS, checkpoint: Path = chatting.path
    ) -> tuple[int, Path]:
        prompts, out = tmp_path / "prompts.jsonl", tmp_path / name
        prompts.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
        files = ["--checkpoint", str(checkpoint), "--prompts", str(prompts), "--out", str(out)]
        return main(["generate", *files, "--slots", "2", "--max-new-tokens", "5", *DRAWN, *options]), out

    return run


@pytest.fixture
def whole(generate) -> bytes:
    """The file of a run that nothing interrupted."""
    code, out = generate("whole.jsonl")
    assert code == 0
    return out.read_bytes()


@pytest.fixture
def cut(whole, tmp_path) -> Path:
    """The file of one that was interrupted in the middle of its third line."""
    lines = whole.splitlines(keepends=True)
    (tmp_path / "cut.jsonl").write_bytes(b"".join(lines[:2]) + lines[2][:40])
    return tmp_path / "cut.jsonl"


@pytest.mark.parametrize("lines", [0, 1, 3, 4])
@pytest.mark.parametrize("torn", [0, 1, -1])
def test_a_run_interrupted_anywhere_and_resumed_is_the_uninterrupted_one(
    generate, whole, tmp_path, lines, torn
):
    made = whole.splitlines(keepends=True)
    rest = made[lines][:torn] if lines < 4 and torn else b""
    (tmp_path / "cut.jsonl").write_bytes(b"".join(made[:lines]) + rest)
    code, out = generate("cut.jsonl", "--resume")
    resumed = out.read_bytes()
    assert code == 0 and resumed.startswith(b"".join(made[:lines]))
    assert sorted(resumed.splitlines(keepends=True)) == sorted(made)


def test_what_is_done_is_not_generated_again(generate, cut, monkeypatch, capsys):
    asked: list[str] = []
    ask = Engine.open

    def open_noting(self, requests, capacity=0):
        batch = list(requests)
        asked.extend(request.id for request in batch)
        return ask(self, batch, capacity)

    monkeypatch.setattr(Engine, "open", open_noting)
    done = {json.loads(line)["prompt_id"] for line in cut.read_bytes().splitlines()[:2]}
    assert generate("cut.jsonl", "--resume")[0] == 0
    assert set(asked) == {row["id"] for row in ROWS} - done


def test_without_a_file_yet_a_run_begins(generate, whole):
    code, out = generate("new.jsonl", "--resume")
    assert code == 0 and out.read_bytes() == whole


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--seed", "6"), "field decoding.seed is "),
        (
            ("--temperature", "0.7"),
            "field decoding.temperature is 0.8; to resume, expected 0.7, as asked now",
        ),
        (("--top-k", "3"), "field decoding.top_k is 0"),
        (("--max-new-tokens", "6"), "field decoding.max_new_tokens is 5; to resume, expected 6"),
        (("--dtype", "bfloat16"), "field decoding.dtype is 'float32'; to resume, expected 'bfloat16'"),
        (("--mesh", "1x1"), "field decoding.mesh is None; to resume, expected '1x1'"),
        (("--slots", "3"), "field decoding.slots is 2; to resume, expected 3"),
    ],
)
def test_what_was_drawn_otherwise_is_refused_and_kept(generate, cut, capsys, options, told):
    before = cut.read_bytes()
    assert generate("cut.jsonl", "--resume", *options)[0] == BAD_INPUT
    assert f"{cut}, line 1: {told}" in capsys.readouterr().err
    assert cut.read_bytes() == before


def test_another_checkpoints_responses_are_refused_and_kept(generate, cut, checkpoint, capsys):
    before, rows = cut.read_bytes(), [{"id": row["id"], "token_ids": [2, 9]} for row in ROWS]
    assert generate("cut.jsonl", "--resume", rows=rows, checkpoint=checkpoint.path)[0] == BAD_INPUT
    assert f"to resume, expected this one's, {checkpoint.digest}" in capsys.readouterr().err
    assert cut.read_bytes() == before


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("precious", "line 1: not JSON"),
        ("[1]", "line 1: no response/1"),
        ('{"prompt_id": "one"}', "line 1: no response/1"),
        ('{"schema": "response/1", "prompt_id": ["one"]}', "line 1: field prompt_id is ['one']"),
        (
            '{"schema": "response/1", "prompt_id": "five"}',
            "line 1: field prompt_id is 'five'; to resume, expected the",
        ),
        (
            '{"schema": "response/1", "prompt_id": "one", "checkpoint": 7}',
            "line 1: field checkpoint.digest is None",
        ),
    ],
)
def test_a_file_of_something_else_is_refused_and_kept(generate, tmp_path, capsys, line, told):
    (tmp_path / "other.jsonl").write_text(f"{line}\n")
    assert generate("other.jsonl", "--resume")[0] == BAD_INPUT
    assert told in capsys.readouterr().err
    assert (tmp_path / "other.jsonl").read_text() == f"{line}\n"


def test_a_prompt_that_is_no_longer_asked_is_refused(generate, cut, capsys):
    first = json.loads(cut.read_bytes().splitlines()[0])["prompt_id"]
    assert generate("cut.jsonl", "--resume", rows=[row for row in ROWS if row["id"] != first])[0] == BAD_INPUT
    assert (
        f"field prompt_id is {first!r}; to resume, expected the id of a prompt that is asked"
        in capsys.readouterr().err
    )


def test_a_response_that_stands_twice_is_refused(generate, cut, capsys):
    first = cut.read_bytes().splitlines(keepends=True)[0]
    cut.write_bytes(first + first)
    assert generate("cut.jsonl", "--resume")[0] == BAD_INPUT
    assert "line 2: field prompt_id is " in capsys.readouterr().err
