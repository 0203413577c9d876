"""From a plan to folders that the engine reads, the same each time."""

import json
from dataclasses import replace

from generation.engine import load_checkpoint
from generation.training import making
from generation.training.plans import PLANS

SMALL = {"width": 16, "mlp_width": 16, "heads": 2, "kv_heads": 1, "head_dim": 8, "depth": 1}
PLAN = replace(PLANS[2], config=replace(PLANS[2].config, **SMALL), kept={1: "first", 2: "second"}, batch=40)


def test_a_plan_gives_a_folder_for_each_step_kept_and_the_same_again(tmp_path):
    losses = list[float]()
    once, again = (
        making.make(PLAN, tmp_path / name, lambda now: losses.append(now.loss)) for name in ("once", "again")
    )
    digests = [[load_checkpoint(kept.folder).digest for kept in run] for run in (once, again)]
    assert [kept.folder.name for kept in once] == ["first", "second"]
    assert digests[0] == digests[1] and digests[0][0] != digests[0][1]
    assert losses[:2] == losses[2:]
    check_manifest(tmp_path / "once", once, digests[0])


def check_manifest(out, kept, digests) -> None:
    making.write_manifest(out, kept)
    listed = json.loads((out / making.MANIFEST).read_text())["checkpoints"]
    assert [row["digest"] for row in listed] == digests
    assert [(row["series"], row["step"]) for row in listed] == [("tiny-mistral", 1), ("tiny-mistral", 2)]
