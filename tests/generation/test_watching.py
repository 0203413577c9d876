"""What is found in watched places: whole, still changing, or refused with its reason."""

import json
import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from generation.describing import describe_due, step_in
from generation.models import Checkpoint, CheckpointSeries, Sighting
from generation.places import Entry, Place
from generation.series import watch
from generation.watching import look, look_where_due

ORBAX = Path(__file__).parents[1] / "fixtures/generation/recurrentgemma_flax"


def seen(series: CheckpointSeries) -> dict[str, tuple[str, str]]:
    return {row.name: (row.status, row.reason) for row in series.sightings.all()}


def look_twice(series: CheckpointSeries) -> dict[str, tuple[str, str]]:
    look(series)
    look(series)
    return seen(series)


def test_a_whole_checkpoint_is_registered_at_its_step_after_two_equal_looks(watched, step):
    step()
    look(watched)
    assert seen(watched) == {"step-000100": ("watched", "")} and describe_due() == 0
    look(watched)
    assert describe_due() == 1
    made = Checkpoint.objects.get()
    assert (made.name, made.step, made.series) == ("herons-step-000100", 100, watched)
    assert made.family == "recurrentgemma" and len(made.digest) == 64
    assert seen(watched)["step-000100"] == ("registered", "") and made.sighting.ended_at


def test_one_that_grows_between_looks_waits_for_two_equal_ones(watched, step):
    folder = step()
    look(watched)
    (folder / "notes.txt").write_text("more")
    look(watched)
    assert seen(watched)["step-000100"][0] == "watched"
    look(watched)
    assert seen(watched)["step-000100"][0] == "ready"


def test_looking_and_describing_again_changes_nothing(watched, step):
    step()
    look_twice(watched)
    describe_due()
    look_twice(watched)
    assert describe_due() == 0 and Checkpoint.objects.count() == Sighting.objects.count() == 1


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda folder: (folder / "model.safetensors").unlink(), "no weights: expected model.safetensors"),
        (lambda folder: (folder / "config.json").unlink(), "config.json is not there"),
        (lambda folder: (folder / "model.safetensors.tmp").write_bytes(b"x"), "is half-written"),
        (lambda folder: (folder / "model.safetensors").rename(folder / "pytorch_model.bin"), "pickled"),
        (
            lambda folder: (folder / "model.safetensors").rename(folder / "model-00001-of-00002.safetensors"),
            "shards without model.safetensors.index.json",
        ),
    ],
)
def test_what_is_no_whole_checkpoint_is_refused_with_its_reason(watched, step, spoil, reason):
    spoil(step())
    status, told = look_twice(watched)["step-000100"]
    assert status == "refused" and reason in told and not Checkpoint.objects.exists()


def test_a_shard_that_the_index_names_and_nobody_wrote_is_told_by_name(watched, step):
    folder = step()
    (folder / "model.safetensors").rename(folder / "model-00001-of-00002.safetensors")
    names = {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": names}))
    assert look_twice(watched)["step-000100"] == (
        "refused",
        "model-00002-of-00002.safetensors is not there, though model.safetensors.index.json names it",
    )


def test_weights_cut_short_pass_the_listing_and_are_refused_when_described(watched, step):
    folder = step()
    weights = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(weights[:-100])
    look_twice(watched)
    describe_due()
    status, reason = seen(watched)["step-000100"]
    assert status == "refused" and "cut short" in reason and str(folder.parents[1]) not in reason


def test_a_refused_one_that_is_mended_is_taken(watched, step):
    folder = step()
    (folder / "config.json").rename(folder / "config.away")
    assert look_twice(watched)["step-000100"][0] == "refused"
    (folder / "config.away").rename(folder / "config.json")
    look_twice(watched)
    look(watched)
    describe_due()
    assert seen(watched)["step-000100"][0] == "registered"


def test_a_pickle_by_itself_and_a_foreign_folder_are_refused_and_a_log_is_passed_over(watched):
    place = Path(watched.watch_uri)
    (place / "step-1.pt").write_bytes(b"\x80\x05")
    (place / "train.log").write_text("loss 2.3")
    (place / "photos").mkdir()
    (place / "photos" / "heron.jpg").write_bytes(b"x")
    told = look_twice(watched)
    assert set(told) == {"step-1.pt", "photos"}
    assert "never opened" in told["step-1.pt"][1] and "no weights" in told["photos"][1]


def test_an_oversized_one_is_refused_before_a_byte_of_it_is_read(watched, step, settings):
    settings.CHECKPOINT_MAX_BYTES = 1000
    step()
    assert "more than the 1,000 of CHECKPOINT_MAX_BYTES" in look_twice(watched)["step-000100"][1]


def test_an_orbax_tree_counts_once_it_is_committed(watched):
    folder = Path(shutil.copytree(ORBAX, Path(watched.watch_uri) / "200"))
    stated = json.loads((folder / "_CHECKPOINT_METADATA").read_text())
    (folder / "_CHECKPOINT_METADATA").write_text(json.dumps({**stated, "commit_timestamp_nsecs": None}))
    assert look_twice(watched)["200"] == ("refused", "Orbax has not committed it")
    (folder / "_CHECKPOINT_METADATA").write_text(json.dumps(stated))
    look_twice(watched)
    assert look_twice(watched)["200"][0] == "ready"


def test_the_folder_that_orbax_still_writes_into_gives_way_to_the_one_it_renames_it_to(watched):
    unfinished = Path(watched.watch_uri) / "200.orbax-checkpoint-tmp-17"
    shutil.copytree(ORBAX, unfinished)
    assert look_twice(watched)[unfinished.name] == ("refused", "Orbax has not committed it")
    unfinished.rename(unfinished.with_name("200"))
    assert set(look_twice(watched)) == {"200"}


def test_the_same_files_twice_are_registered_once_and_told(watched, step):
    step("step-100")
    step("step-200")
    look_twice(watched)
    describe_due()
    told = seen(watched)
    assert told["step-100"][0] == "registered"
    assert told["step-200"][0] == "refused" and "registered already" in told["step-200"][1]


def test_a_link_out_of_the_allowed_folders_is_refused_and_holds_up_no_other(watched, step, tmp_path):
    linked = step("step-100")
    step("step-200")
    (tmp_path / "secret").write_text("x")
    (linked / "tokenizer.model").unlink()
    (linked / "tokenizer.model").symlink_to(tmp_path / "secret")
    (Path(watched.watch_uri) / "latest").symlink_to(Path(watched.watch_uri))
    told = look_twice(watched)
    assert told["step-100"] == ("refused", "tokenizer.model is a link out of CHECKPOINT_ROOTS")
    assert told["step-200"][0] == "ready" and set(told) == {"step-100", "step-200"}


def test_a_name_that_is_no_utf8_is_refused_and_holds_up_no_other(watched, step):
    folder = step()
    odd = folder.parent / os.fsdecode(b"step-\xff")
    odd.mkdir()
    (odd / "notes.txt").write_text("half of a name")
    found = look_twice(watched)
    assert found["step-000100"] == ("ready", "")
    assert found["step-\\xff"] == ("refused", "notes.txt has a name that is no UTF-8")


def test_an_index_that_nests_without_end_is_refused(watched, step):
    (step() / "model.safetensors.index.json").write_text("[" * 200_000)
    status, told = look_twice(watched)["step-000100"]
    assert status == "refused" and told == "model.safetensors.index.json is not whole"


def test_one_that_its_store_cannot_read_is_told_and_holds_up_no_other(watched, step, monkeypatch):
    index = step("step-000100") / "model.safetensors.index.json"
    index.write_text("{}")
    step("step-000200")

    def read(place: Place, entry: Entry, path: str, most: int) -> bytes:
        raise RuntimeError("the store went away")

    monkeypatch.setattr(Place, "read", read)
    for _ in range(2):
        watched.next_look_at = timezone.now()
        watched.save()
        look_where_due()
    watched.refresh_from_db()
    assert watched.watch_error == "step-000100: the store went away"
    assert seen(watched)["step-000200"] == ("ready", "")


def test_a_place_is_looked_into_once_when_its_time_has_come(watched):
    CheckpointSeries.objects.update(next_look_at=timezone.now() - timedelta(seconds=1))
    assert (look_where_due(), look_where_due()) == (1, 0)


def test_a_place_that_is_gone_is_told_and_holds_up_no_other(watched, tiny_folder):
    other = tiny_folder.parent / "other"
    other.mkdir()
    watch("plovers", str(other))
    shutil.rmtree(watched.watch_uri)
    assert look_where_due() == 2
    assert "there is no such folder" in CheckpointSeries.objects.get(slug="herons").watch_error
    assert CheckpointSeries.objects.get(slug="plovers").watch_error == ""


def test_watch_series_says_what_would_be_right(tiny_folder, db, capsys):
    call_command("watch_series", "herons", str(tiny_folder.parent), "--every", "5")
    assert "Series herons watches" in capsys.readouterr().out
    with pytest.raises(CommandError, match="CHECKPOINT_ROOTS"):
        call_command("watch_series", "herons", "/")
    assert CheckpointSeries.objects.get().watch_uri == str(tiny_folder.parent)


@pytest.mark.parametrize(
    ("name", "number"), [("step-000400", 400), ("400", 400), ("v2-final", 2), ("final", None)]
)
def test_a_step_is_the_last_number_of_the_name(name, number):
    assert step_in(name) == number
