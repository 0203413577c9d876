"""Checkpoints that can be generated with: one that spells without a network, and a tiny one for JAX."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from generation.backends import BACKENDS
from generation.backends.endpoint import server as asking
from generation.endpoint_hosts import AllowedHosts
from generation.models import Checkpoint, CheckpointSeries
from generation.series import watch
from tests import builders
from tests.generation.endpoint_server import EndpointServer
from tests.generation.endpoints import KEY
from tests.generation.response_files import BIRDS, version_of
from tests.generation.spelling import SpellingBackend
from tests.processes import environment_of

FIXTURES = Path(__file__).parents[1] / "fixtures" / "generation"


@pytest.fixture
def version(db):
    return builders.prompt_set(prompts=5)


@pytest.fixture
def speller(monkeypatch) -> SpellingBackend:
    """Answers for all engine checkpoints of this process; `asked` holds what it was asked so far."""
    backend = SpellingBackend()
    monkeypatch.setitem(BACKENDS, "engine", lambda checkpoint: backend)
    return backend


@pytest.fixture
def heron(db, speller) -> Checkpoint:
    return engine_checkpoint("heron")


def engine_checkpoint(name: str) -> Checkpoint:
    return Checkpoint.objects.create(
        name=name,
        source="engine",
        uri=f"/checkpoints/{name}",
        digest=name.ljust(64, "0"),
        description={"chat_format": "gemma", "dtype": "float32"},
    )


@pytest.fixture
def tiny_folder(tmp_path, settings) -> Path:
    """A real RecurrentGemma folder with a tokenizer, in a folder that checkpoints may be read from."""
    folder = tmp_path / "checkpoints" / "tiny"
    folder.mkdir(parents=True)
    for name in ("config.json", "generation_config.json", "model.safetensors"):
        shutil.copy(FIXTURES / "recurrentgemma" / name, folder)
    shutil.copy(FIXTURES / "tokenizer" / "tokenizer.model", folder)
    settings.CHECKPOINT_ROOTS = [folder.parent]
    return folder


@pytest.fixture
def watched(db, tiny_folder) -> CheckpointSeries:
    """A series that watches an empty folder beside the one that `step` copies."""
    place = tiny_folder.parent / "runs"
    place.mkdir()
    return watch("herons", str(place))


@pytest.fixture
def step(tiny_folder, watched):
    def appears(name: str = "step-000100") -> Path:
        return Path(shutil.copytree(tiny_folder, tiny_folder.parent / "runs" / name))

    return appears


@pytest.fixture
def environment(transactional_db) -> Callable[..., dict[str, str]]:
    """The environment of a process that works on this test's database."""
    return environment_of


@pytest.fixture
def server(settings, monkeypatch) -> Iterator[EndpointServer]:
    """Of OpenAI's protocol on loopback, allowed to be asked, with a key, and asked again without long pauses."""
    with EndpointServer().running() as running:
        settings.ENDPOINT_HOSTS = AllowedHosts.parse([running.host])
        settings.ENDPOINT_KEYS = {"HERON_KEY": KEY}
        monkeypatch.setattr(asking, "FIRST_PAUSE_S", 0.001)
        yield running


@pytest.fixture
def birds(db):
    return version_of({f"b{i}": [text] for i, text in enumerate(BIRDS)})


@pytest.fixture
def write(tmp_path):
    def to_file(rows, name: str = "file.json"):
        lines = isinstance(rows, list) and name.endswith("l")
        text = "".join(json.dumps(row) + "\n" for row in rows) if lines else json.dumps(rows, indent=1)
        (tmp_path / name).write_text(rows if isinstance(rows, str) else text)
        return tmp_path / name

    return to_file
