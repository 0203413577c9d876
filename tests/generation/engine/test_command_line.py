"""The commands, from their arguments to their files and messages."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from generation.engine.__main__ import BAD_INPUT, main


@pytest.fixture
def generate(chatting, tmp_path):
    """Runs `generate` on rows; gives the exit code and the responses by prompt id, None if no file was written."""

    def run(*rows: object, checkpoint: Path = chatting.path, options: tuple[str, ...] = ()):
        prompts, out = tmp_path / "prompts.jsonl", tmp_path / "out.jsonl"
        prompts.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows))
        files = ["--checkpoint", str(checkpoint), "--prompts", str(prompts), "--out", str(out)]
        code = main(["generate", *files, "--slots", "4", "--max-new-tokens", "5", *options])
        if not out.exists():
            return code, None
        return code, {row["prompt_id"]: row for row in map(json.loads, out.read_text().splitlines())}

    return run


def test_prompts_turns_and_ids_all_get_responses(generate, chatting):
    turns = [{"role": "user", "content": "Hello"}, {"role": "user", "content": "And?"}]
    code, rows = generate(
        {"id": "one", "prompt": "What is the time?", "category": "left alone"},
        {"id": "two", "turns": turns},
        {"id": "ids", "token_ids": [2, 70, 71]},
    )
    assert code == 0
    assert {name: len(row["turns"]) for name, row in rows.items()} == {"one": 1, "two": 2, "ids": 1}
    row = rows["ids"]
    assert row["turns"] == [chatting.tokenizer.decode(row["token_ids"][0])]
    assert (row["n_prompt_tokens"], row["checkpoint"]["digest"]) == (3, chatting.digest)


def test_a_sampled_response_says_how_it_was_drawn(generate):
    options = ("--temperature", "0.8", "--top-k", "40", "--top-p", "0.9", "--seed", "3")
    _, rows = generate({"id": "one", "prompt": "Hello"}, options=options)
    decoding = rows["one"]["decoding"]
    assert (decoding["temperature"], decoding["top_k"], decoding["max_new_tokens"]) == (0.8, 40, 5)


def test_choices_that_hung_on_a_hair_are_counted_and_told(generate, folder, capsys):
    weights = load_file(folder / "model.safetensors")
    silenced = {"model.final_norm.weight": np.full_like(weights["model.final_norm.weight"], -1.0)}
    save_file(weights | silenced, folder / "model.safetensors")  # every logit is 0 now
    code, rows = generate({"id": "ids", "token_ids": [2, 70, 71]}, checkpoint=folder)
    made = rows["ids"]["n_output_tokens"]
    assert code == 0 and made > 0
    assert f"{made} tokens were chosen by less than 0.001" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("{", "line 2: not a JSON object in UTF-8"),
        ("[1]", "line 2: expected a JSON object with the fields id and prompt"),
        ("", "line 2: not a JSON object"),
        ({"prompt": "x"}, "line 2: field id: is None; expected a text that is not empty"),
        ({"id": "b"}, "line 2: expected one of the fields prompt, turns, token_ids, found none"),
        ({"id": "b", "prompt": "x", "token_ids": [1]}, "found ['prompt', 'token_ids']"),
        ({"id": "b", "prompt": ""}, "line 2: field prompt: is ''; expected text that is not empty"),
        ({"id": "b", "prompt": 7}, "line 2: field prompt: is 7"),
        ('{"id": "b", "prompt": "\\ud83d"}', "line 2: field prompt: holds half of a surrogate pair"),
        ({"id": "b", "turns": []}, "line 2: field turns: expected a list of at least one user turn"),
        (
            {"id": "b", "turns": [{"role": "system", "content": "x"}]},
            "line 2: field turns: each turn must be",
        ),
        ({"id": "b", "token_ids": []}, "line 2: field token_ids: expected a list of at least one"),
        ({"id": "b", "token_ids": [True]}, "line 2: field token_ids: expected a list"),
        ({"id": "b", "token_ids": [9999]}, "line 2: field token_ids: 9999 is too high"),
        ({"id": "a", "prompt": "x"}, "line 2: field id: 'a' stands on line 1 already"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_written(generate, capsys, row, message):
    code, rows = generate({"id": "a", "prompt": "fine"}, row)
    assert (code, rows) == (BAD_INPUT, None)
    assert message in capsys.readouterr().err


def test_text_for_a_checkpoint_that_cannot_chat_is_refused(generate, checkpoint, capsys):
    code, rows = generate({"id": "a", "prompt": "Hello"}, checkpoint=checkpoint.path)
    assert (code, rows) == (BAD_INPUT, None)
    assert "line 1: field prompt: the checkpoint cannot chat" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--max-new-tokens", "0"), "--max-new-tokens is 0; expected 1 or more"),
        (("--temperature", "-1"), "temperature is -1.0"),
        (("--slots", "0"), "slots is 0"),
        (("--mesh", "4"), "'4' is no mesh; expected DATAxMODEL, such as 1x4"),
        (("--mesh", "0x4"), "'0x4' is no mesh; expected DATAxMODEL, such as 1x4"),
        (("--mesh", "1x999"), "a mesh of 1 x 999 needs 999 devices; there are "),
        (("--checkpoint", "nowhere"), "nowhere: there is no such folder"),
    ],
)
def test_a_bad_option_is_named_and_nothing_is_written(generate, capsys, options, message):
    code, rows = generate({"id": "a", "prompt": "fine"}, options=options)
    assert (code, rows) == (BAD_INPUT, None)
    assert message in capsys.readouterr().err


def test_responses_that_exist_are_not_written_over(generate, tmp_path, capsys):
    (tmp_path / "out.jsonl").write_text('{"prompt_id": "precious"}\n')
    code, rows = generate({"id": "a", "prompt": "fine"})
    assert (code, list(rows)) == (BAD_INPUT, ["precious"])
    assert "exists; remove it or name another file" in capsys.readouterr().err


@pytest.fixture
def damaged(folder) -> Path:
    weights = load_file(folder / "model.safetensors")
    norm = np.full_like(weights["model.final_norm.weight"], np.nan)
    save_file(weights | {"model.final_norm.weight": norm}, folder / "model.safetensors")
    return folder


def test_damaged_weights_are_told_in_one_line_and_leave_nothing(generate, damaged, capsys):
    for _ in range(2):  # the second is not refused for what the first left
        code, rows = generate({"id": "a", "token_ids": [2, 9]}, checkpoint=damaged)
        assert (code, rows) == (BAD_INPUT, None)
        assert "error: request 'a': logits are not finite after 0 new tokens" in capsys.readouterr().err


def test_describe_says_what_a_folder_holds(chatting, capsys):
    assert main(["describe", str(chatting.path)]) == 0
    said = capsys.readouterr().out
    assert chatting.digest in said
    assert "recurrentgemma" in said
    assert "licence:       not told" in said


def test_describe_reads_the_licence_of_the_model_card(chatting, capsys):
    card = chatting.path / "README.md"
    card.write_text("---\nlicense: gemma\n---\n")
    assert main(["describe", str(chatting.path)]) == 0
    card.unlink()
    assert "licence:       Gemma Terms of Use (as README.md says)" in capsys.readouterr().out


def test_random_checkpoint_writes_a_folder_that_describe_reads(tmp_path, capsys):
    out = str(tmp_path / "out")
    assert main(["random-checkpoint", "--preset", "recurrentgemma-tiny", "--out", out, "--width", "32"]) == 0
    assert main(["describe", out]) == 0
    assert "width=32" in capsys.readouterr().out


def test_the_engine_runs_as_a_module_without_the_platform():
    script = "import sys, generation.engine; print([m for m in ('django', 'celery') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def programs_in(cache: Path) -> set[str]:
    return {file.name for file in cache.iterdir() if not file.name.endswith("-atime")}


def test_compiled_programs_can_be_kept_for_the_next_time(folder, tmp_path, capsys):
    prompts, cache = tmp_path / "prompts.jsonl", tmp_path / "cache"
    prompts.write_text('{"id": "a", "token_ids": [2, 9]}\n')
    options = [
        "--checkpoint",
        str(folder),
        "--prompts",
        str(prompts),
        "--slots",
        "1",
        "--max-new-tokens",
        "2",
    ]
    program = [sys.executable, "-m", "generation.engine", "generate", *options, "--compile-cache", str(cache)]
    subprocess.run([*program, "--out", str(tmp_path / "one.jsonl")], check=True, capture_output=True)
    kept = programs_in(cache)
    assert kept
    subprocess.run([*program, "--out", str(tmp_path / "two.jsonl")], check=True, capture_output=True)
    # A program is kept if compiling took long enough: on a busy machine a trifle may be, the second time.
    added = programs_in(cache) - kept
    assert not {name.split("-")[0] for name in added} & {name.split("-")[0] for name in kept}
    assert (tmp_path / "one.jsonl").read_text() == (tmp_path / "two.jsonl").read_text()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--preset", "recurrentgemma-tiny", "--target", "gpu"], "invalid choice: 'gpu'"),
        (["--preset", "llama", "--target", "tpu-v5e-1"], "invalid choice: 'llama'"),
    ],
)
def test_a_report_for_what_is_not_known_is_refused(arguments, message, capsys):
    with pytest.raises(SystemExit):
        main(["compile-report", *arguments])
    assert message in capsys.readouterr().err
