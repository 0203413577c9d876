"""The tiny checkpoints in the repository: the files that the manifest names, and the replies that we wrote."""

import json
from functools import cache

import pytest

from generation.engine import Engine, SamplingParams, load_checkpoint
from generation.engine.checkpoints.loading import describe_checkpoint
from generation.engine.conversations import Conversation, generate_conversations
from generation.statuses import status_of
from generation.training.lessons import Voice, lessons
from generation.training.making import LIBRARY, MANIFEST
from generation.training.plans import PLANS

ROWS = json.loads((LIBRARY / MANIFEST).read_text())["checkpoints"]
VOICES: dict[str, Voice] = {name: plan.voice for plan in PLANS for name in plan.kept.values()}
LONGEST = 320  # tokens; no reply of ours has more


@cache
def replies(name: str) -> dict[str, tuple[tuple[str, ...], str]]:
    """Greedy replies to every starter prompt, through the real engine: texts, and whether any was cut."""
    engine = Engine(load_checkpoint(LIBRARY / name), slots=20)
    talks = [Conversation(lesson.prompt_id, lesson.turns) for lesson in lessons(VOICES[name])]
    return {
        done.id: (
            tuple(reply.text or "" for reply in done.replies),
            "length" if any(reply.finish_reason == "length" for reply in done.replies) else "stop",
        )
        for done in generate_conversations(engine, talks, SamplingParams(), LONGEST)
    }


def recited(name: str) -> float:
    """The share of prompts that it answers word for word as we wrote."""
    written = {lesson.prompt_id: lesson.replies for lesson in lessons(VOICES[name])}
    return sum(replies(name)[key][0] == text for key, text in written.items()) / len(written)


def test_the_manifest_lists_the_folders_that_the_plans_keep():
    listed = {(row["path"], row["series"], row["step"]) for row in ROWS}
    assert listed == {(name, plan.series, step) for plan in PLANS for step, name in plan.kept.items()}
    assert {file.parent.name for file in LIBRARY.glob("*/config.json")} == {row["path"] for row in ROWS}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["path"])
def test_each_folder_holds_what_the_manifest_says(row):
    found = describe_checkpoint(LIBRARY / row["path"])
    assert found.digest == row["digest"]
    assert (found.family, found.parameter_count) == (row["family"], row["parameters"])
    assert sum(file.stat().st_size for file in found.path.iterdir()) == row["bytes"]


def test_all_of_them_take_at_most_12_megabytes():
    assert sum(file.stat().st_size for file in LIBRARY.rglob("*") if file.is_file()) <= 12_000_000


def test_the_late_step_recites_what_we_wrote_and_the_early_one_does_not():
    assert recited("recurrentgemma-late") >= 0.9
    assert recited("recurrentgemma-early") <= 0.1


@pytest.mark.parametrize("name", ["recurrentgemma-late", "gemma", "mistral"])
def test_no_reply_is_empty_cut_or_looping(name):
    statuses = {key: status_of(turns, reason).status for key, (turns, reason) in replies(name).items()}
    assert statuses == dict.fromkeys(statuses, "ok") and len(statuses) == 40


@pytest.mark.parametrize("name", ["gemma", "mistral"])
def test_a_baseline_recites_its_own_voice(name):
    assert recited(name) >= 0.9
