"""Places that are no folders of this machine, by fsspec's own store in memory, and what may be read at all."""

import sys
from pathlib import Path

import fsspec
import pytest
from django.core.management import call_command
from fsspec.registry import _registry

from generation.describing import describe_due
from generation.fetching import local_folder
from generation.models import Checkpoint
from generation.places import Place
from generation.series import watch
from tests.generation.test_watching import ORBAX, look_twice


@pytest.fixture
def bucket(settings, tiny_folder):
    """fsspec's own store in memory, allowed below one path."""
    settings.CHECKPOINT_PLACES = ["memory://bucket/runs"]
    store = fsspec.filesystem("memory")
    yield store
    store.store.clear()
    store.pseudo_dirs[:] = [""]


def test_a_checkpoint_in_a_bucket_is_copied_whole_and_registered(bucket, tiny_folder, db):
    series = watch("remote", "memory://bucket/runs")
    bucket.put(str(tiny_folder), "/bucket/runs/step-300", recursive=True)
    assert look_twice(series)["step-300"] == ("ready", "")
    describe_due()
    made = Checkpoint.objects.get()
    assert made.uri == "memory://bucket/runs/step-300" and made.step == 300
    folder = local_folder(made.uri)
    assert {file.name for file in folder.iterdir()} == {file.name for file in tiny_folder.iterdir()}
    assert local_folder(made.uri) == folder


def test_an_orbax_tree_in_a_bucket_needs_a_mark_of_its_commit(bucket, db):
    series = watch("remote", "memory://bucket/runs")
    bucket.put(str(ORBAX), "/bucket/runs/400", recursive=True)
    bucket.rm("/bucket/runs/400/_CHECKPOINT_METADATA")
    assert "no mark of a commit" in look_twice(series)["400"][1]
    bucket.pipe("/bucket/runs/400/commit_success.txt", b"committed")
    look_twice(series)
    assert look_twice(series)["400"][0] == "ready"


@pytest.mark.parametrize("uri", ["memory://bucket/other", "memory://bucket/runs/../other", "https://host/x"])
def test_a_place_that_the_operator_did_not_list_is_refused(bucket, db, uri):
    with pytest.raises(ValueError, match="none of CHECKPOINT_PLACES"):
        Place.of(uri)


def test_a_scheme_whose_library_is_missing_names_the_extra(settings, monkeypatch):
    settings.CHECKPOINT_PLACES = ["s3://bucket"]
    monkeypatch.setitem(sys.modules, "s3fs", None)
    monkeypatch.delitem(_registry, "s3", raising=False)
    with pytest.raises(ValueError, match=r"s3:// needs a library that is not installed: assay\[s3\]"):
        Place.of("s3://bucket/runs")


def test_a_copy_that_changes_on_the_way_is_not_kept(bucket, tiny_folder, monkeypatch):
    bucket.put(str(tiny_folder), "/bucket/runs/step-300", recursive=True)
    monkeypatch.setattr(Place, "fetch", lambda place, path, to: Path(to).write_bytes(b"cut"))
    with pytest.raises(ValueError, match="changed while it was copied"):
        local_folder("memory://bucket/runs/step-300")
    assert list((tiny_folder.parent / ".fetched").iterdir()) == []


def test_register_checkpoint_takes_a_bucket_too(bucket, tiny_folder, db, capsys):
    bucket.put(str(tiny_folder), "/bucket/runs/final", recursive=True)
    address = "memory://bucket/runs/final"
    call_command("register_checkpoint", "heron", address, "--series", "herons", "--step", "7")
    assert (Checkpoint.objects.get().uri, Checkpoint.objects.get().step) == (address, 7)
