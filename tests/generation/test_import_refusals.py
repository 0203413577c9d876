"""What an import of responses refuses, and how the command tells."""

import re

import pytest
from django.core.management import CommandError, call_command

from generation.importing import import_responses
from generation.models import Checkpoint, Response
from generation.runs import plan_run
from generation.sampling import Sampling
from promptsets.formats.problems import PromptFileError
from tests.generation.response_files import BIRDS, alpaca, answer, response1

pytestmark = pytest.mark.django_db

# ── Refusals ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("rows", "name", "message"),
    [
        ([{"instruction": "x", "output": None}], "f.json", "line 2, output: is not a text"),
        ([{"instruction": "", "output": "y"}], "f.json", "line 2, instruction: is empty"),
        ([{"instruction": "x", "input": "z", "output": "y"}], "f.json", "line 2, input: is not empty"),
        ([{"instruction": BIRDS[0], "output": "a\0b"}], "f.json", "holds the character U+0000"),
        ([{"instruction": BIRDS[0], "output": "\ud83d"}], "f.json", "holds half a surrogate pair"),
        ([{"text": "x"}], "f.json", "is in none of the known formats (alpaca-eval, mt-bench, response-1)"),
        ([], "f.json", "is in none of the known formats"),
        ('[{"instruction": "x", "output"', "f.json", "is not JSON"),
        ([response1("b0", "x", status="fine")], "f.jsonl", "line 1, status: is 'fine', not one of ok"),
        ([response1("b0", "x", status="empty")], "f.jsonl", "status: is empty, but every turn holds text"),
        ([response1("b0", "x", sample=64)], "f.jsonl", "sample: is 64, not a whole number from 0 to 63"),
        ([response1("b0", "x", token_ids=["a"])], "f.jsonl", "token_ids: is not a list of token ids"),
        ([response1("b0", "x", prompt_sha256="abc")], "f.jsonl", "prompt_sha256: is 'abc', not 64"),
        ([response1("b0")], "f.jsonl", "turns: is empty"),
        ([{**response1("b0", "x"), "prompt_id": None}], "f.jsonl", "line 1, prompt_id"),
        ([answer(81)], "f.jsonl", "choices: is empty"),
        ([{**answer(81), "choices": [{"turns": "text"}]}], "f.jsonl", "choices[0].turns: is not a list"),
        ([response1("other", "x")], "f.jsonl", "none of its 1 responses answers a prompt of birds@1"),
    ],
)
def test_a_bad_file_is_refused_with_line_and_field_and_imports_nothing(birds, write, rows, name, message):
    with pytest.raises(PromptFileError, match=re.escape(message)):
        import_responses(write(rows, name), birds, "heron")
    birds.refresh_from_db()
    assert not Checkpoint.objects.exists() and not Response.objects.exists() and birds.frozen_at is None


def test_a_file_of_two_checkpoints_is_refused(birds, write):
    rows = alpaca("A diver.", "Rain.")
    rows[1]["generator"] = "plover"
    with pytest.raises(PromptFileError, match="holds responses of 2 checkpoints \\('heron', 'plover'\\)"):
        import_responses(write(rows), birds, "heron")


def test_a_checkpoint_that_is_generated_here_takes_no_imports(birds, write, heron):
    with pytest.raises(ValueError, match="heron is run by our engine: import under another name"):
        import_responses(write(alpaca("A diver.")), birds, "heron")


def test_imported_and_generated_responses_do_not_mix(birds, write, heron):
    import_responses(write(alpaca("A diver.")), birds, "plover")
    assert plan_run(heron, birds, Sampling()).missing.count() == 3


# ── The command ───────────────────────────────────────────────────────────────────────────────────────────────


def test_the_command_prints_counts_and_lists(birds, write, capsys):
    rows = alpaca("A diver.", "", "x", texts=[BIRDS[0], BIRDS[1], "Unknown?"])
    call_command("import_responses", str(write(rows)), "--prompt-set", "birds@1", "--checkpoint", "heron")
    printed = capsys.readouterr().out
    for told in ("joined by text", "1 empty, 1 ok", "not joined: line 12: 'Unknown?'", "missing: b2"):
        assert told in printed


def test_the_command_says_that_a_file_was_imported_already(birds, write, capsys):
    arguments = [str(write(alpaca("A diver."))), "--prompt-set", "birds", "--checkpoint", "heron"]
    call_command("import_responses", *arguments)
    assert "had them all already" not in capsys.readouterr().out
    call_command("import_responses", *arguments)
    assert "had them all already; nothing was changed." in capsys.readouterr().out


@pytest.mark.parametrize("name", ["fish", "birds@2", "birds@x", "birds@"])
def test_the_command_names_the_prompt_sets_there_are(birds, write, name):
    with pytest.raises(CommandError, match=f"no prompt set '{name}'. Prompt sets: birds"):
        call_command("import_responses", "f.json", "--prompt-set", name, "--checkpoint", "heron")


def test_the_command_refuses_a_file_that_is_not_there(birds, tmp_path):
    with pytest.raises(CommandError, match=r"nowhere.json: cannot be read"):
        call_command(
            "import_responses", str(tmp_path / "nowhere.json"), "--prompt-set", "birds", "--checkpoint", "h"
        )
