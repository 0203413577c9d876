"""Hostile checkpoints and files: refused in one message, in bounded memory; nothing executed, nothing half-written."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from generation.models import Checkpoint, GenerationRun
from promptsets.models import Prompt, PromptSet
from tests.generation.conftest import FIXTURES
from tests.processes import ROOT, environment_of
from tests.security.corpus import CHECKPOINTS, Hostile
from tests.security.hostile_files import FILES

LONGEST_MESSAGE = 2_500  # twenty problems of a file, each on a line
pytestmark = pytest.mark.django_db(transaction=True)


def sound(folder: Path) -> None:
    folder.mkdir()
    for name in ("config.json", "generation_config.json", "model.safetensors"):
        shutil.copy(FIXTURES / "recurrentgemma" / name, folder)
    shutil.copy(FIXTURES / "tokenizer" / "tokenizer.model", folder)


def spoiled(corpus: dict[str, Hostile], root: Path, prepare: Callable[[Path], object]) -> dict[str, str]:
    """The corpus on the disk, by numbers, as names of files tell nothing; which number is which."""
    names = {f"{number:03d}.jsonl": name for number, name in enumerate(corpus)}
    for number, name in names.items():
        prepare(root / number)
        corpus[name].damage(root / number)
    return names


def told(kind: str, root: Path) -> dict[str, tuple[str, float]]:
    command = [sys.executable, "-m", "tests.security.bounded", kind, str(root)]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment_of(CHECKPOINT_ROOTS=str(root), JAX_PLATFORMS="cpu"),
        capture_output=True,
        text=True,
        timeout=280,
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, f"after {len(rows)}: {done.stderr[-2000:]}"
    return {name: (message, seconds) for name, message, seconds in rows}


@pytest.mark.parametrize(
    ("kind", "corpus", "prepare"),
    [("checkpoints", CHECKPOINTS, sound), ("files", FILES, lambda file: None)],
    ids=["checkpoints", "files"],
)
def test_each_is_refused_in_one_message_with_little_memory(tmp_path, kind, corpus, prepare):
    root = tmp_path / "root"
    root.mkdir()
    names = spoiled(corpus, root, prepare)
    said = {names[number]: message for number, (message, _) in told(kind, root).items()}
    assert said.keys() == corpus.keys()
    wrong = {name: said[name] for name in corpus if not said[name] or corpus[name].told not in said[name]}
    assert wrong == {}
    assert [name for name in corpus if len(said[name]) > LONGEST_MESSAGE or "\x1b" in said[name]] == []
    assert not (root / "executed").exists() and not (tmp_path / "executed").exists()
    for model in (Checkpoint, GenerationRun, PromptSet, Prompt):
        assert not model.objects.exists()


def test_a_sound_folder_is_taken_by_the_same_process(tmp_path):
    root = tmp_path / "root"
    root.mkdir()
    sound(root / "sound")
    assert told("checkpoints", root)["sound"][0] == "" and Checkpoint.objects.count() == 1
