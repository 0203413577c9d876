import json
import shutil

import pytest
from django.core.management import CommandError, call_command

from assay.accounts.models import AuditEvent
from generation.models import Checkpoint, CheckpointSeries
from generation.registering import register
from tests import builders
from tests.generation.engine.flax_trees import fixture_tree, save

pytestmark = pytest.mark.django_db


def test_a_folder_is_registered_by_its_digest(tiny_folder):
    from generation.engine.checkpoints.folder import open_folder

    made = register("tiny", str(tiny_folder), series="spring", step=300).checkpoint
    assert (made.digest, made.family) == (open_folder(tiny_folder).digest(), "recurrentgemma")
    assert (made.series.slug, made.step, made.uri) == ("spring", 300, str(tiny_folder))
    assert made.description["chat_format"] == "gemma" and made.description["dtype"] == "float32"
    assert AuditEvent.objects.get().action == "checkpoint.registered"


@pytest.mark.filterwarnings("ignore:.*no released RecurrentGemma is 80 wide:UserWarning")
def test_an_orbax_release_is_registered_as_a_whole(tiny_folder):
    release = tiny_folder.parent / "flax"
    save({"params": fixture_tree()}, release / "2b-it")
    shutil.copy(tiny_folder / "tokenizer.model", release)
    made = register("flax", str(release)).checkpoint
    assert (made.family, made.uri) == ("recurrentgemma", str(release))
    assert (
        made.description["parameters"]
        == register("tiny", str(tiny_folder)).checkpoint.description["parameters"]
    )


def test_the_command_says_what_it_registered_and_then_that_nothing_changed(tiny_folder, capsys):
    call_command("register_checkpoint", "tiny", str(tiny_folder))
    told = capsys.readouterr().out
    assert "Family: recurrentgemma\n" in told and told.endswith("tiny is registered.\n")
    call_command("register_checkpoint", "tiny", str(tiny_folder))
    assert "registered already with these files; nothing was changed" in capsys.readouterr().out
    assert Checkpoint.objects.count() == 1 and AuditEvent.objects.count() == 1


def test_a_dry_run_says_what_would_be_registered_and_saves_nothing(tiny_folder, capsys):
    call_command("register_checkpoint", "tiny", str(tiny_folder), "--dry-run")
    told = capsys.readouterr().out
    for line in ("Family: recurrentgemma", "Chat format: gemma", "Licence: not told", "Nothing was saved."):
        assert f"{line}\n" in told
    assert "Tokens that end a reply: " in told and "tiny is registered" not in told
    assert not Checkpoint.objects.exists() and not AuditEvent.objects.exists()


def test_a_folder_that_was_moved_is_the_same_checkpoint(tiny_folder):
    register("tiny", str(tiny_folder))
    moved = shutil.copytree(tiny_folder, tiny_folder.parent / "moved")
    assert not register("tiny", str(moved)).is_new


def change(folder) -> None:
    (folder / "generation_config.json").write_text('{"eos_token_id": 7}')


def test_a_name_stays_with_its_files(tiny_folder):
    register("tiny", str(tiny_folder))
    change(tiny_folder)
    with pytest.raises(CommandError, match=r"tiny is registered already with digest .*: use another name"):
        call_command("register_checkpoint", "tiny", str(tiny_folder))


def test_the_same_files_have_one_name(tiny_folder):
    register("tiny", str(tiny_folder))
    with pytest.raises(ValueError, match="registered already, as tiny; use that name"):
        register("small", str(tiny_folder))


def test_what_it_computes_in_and_where_it_comes_from_do_not_change(tiny_folder):
    register("tiny", str(tiny_folder), series="spring", step=1)
    with pytest.raises(ValueError, match="registered already with dtype float32, not bfloat16"):
        register("tiny", str(tiny_folder), dtype="bfloat16")
    with pytest.raises(ValueError, match="registered already in series spring at step 1"):
        register("tiny", str(tiny_folder), series="spring", step=2)


def test_a_name_of_imported_responses_is_taken(tiny_folder, version):
    builders.run(version, "tiny")
    with pytest.raises(ValueError, match="tiny is registered already for imported responses"):
        register("tiny", str(tiny_folder))


def test_a_step_of_a_series_holds_one_checkpoint(tiny_folder):
    register("tiny", str(tiny_folder), series="spring", step=1)
    other = shutil.copytree(tiny_folder, tiny_folder.parent / "other")
    change(other)
    with pytest.raises(ValueError, match="series spring has a checkpoint at step 1 already: tiny"):
        register("other", str(other), series="spring", step=1)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("", {}, "cannot be a checkpoint's name"),
        ("a\nb", {}, "cannot be a checkpoint's name"),
        ("x" * 129, {}, "use 1 to 128 printable characters"),
        ("tiny", {"step": 3}, "name the series, too"),
        ("tiny", {"series": "spring", "step": -1}, "step is -1"),
        ("tiny", {"series": "a b"}, "series is 'a b'; use letters"),
        ("tiny", {"dtype": "int4"}, "dtype is 'int4'; it must be one of float32, bfloat16"),
    ],
)
def test_nonsense_is_refused(tiny_folder, name, options, message):
    with pytest.raises(ValueError, match=message):
        register(name, str(tiny_folder), **options)
    assert not Checkpoint.objects.exists() and not CheckpointSeries.objects.exists()


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("https://example.org/tiny", "lies in none of CHECKPOINT_PLACES"),
        ("gs://bucket/tiny", "lies in none of CHECKPOINT_PLACES"),
        ("", "a checkpoint is given as a folder's path on this machine"),
        ("a\0b", "a checkpoint is given as a folder's path on this machine"),
    ],
)
def test_only_a_local_path_or_a_listed_place_is_taken(tiny_folder, uri, message):
    with pytest.raises(ValueError, match=message):
        register("tiny", uri)


def test_a_folder_outside_the_roots_is_refused_however_it_is_written(tiny_folder, tmp_path):
    outside = shutil.copytree(tiny_folder, tmp_path / "outside")
    (tiny_folder.parent / "link").symlink_to(outside)
    for uri in (outside, tiny_folder.parent / "link", tiny_folder / ".." / ".." / "outside"):
        with pytest.raises(ValueError, match="lies outside the folders that CHECKPOINT_ROOTS allows"):
            register("tiny", str(uri))


def test_a_file_that_is_a_link_to_the_outside_is_refused(tiny_folder, tmp_path):
    secret = tmp_path / "secret"
    (tiny_folder / "config.json").rename(secret)
    (tiny_folder / "config.json").symlink_to(secret)
    with pytest.raises(ValueError, match=r"config.json: lies outside"):
        register("tiny", str(tiny_folder))


def test_a_link_to_the_outside_is_found_however_deep_it_lies(tiny_folder, tmp_path):
    (tiny_folder / "d").mkdir()
    (tiny_folder / "d" / "part").symlink_to(tmp_path)
    with pytest.raises(ValueError, match="d/part: lies outside"):
        register("tiny", str(tiny_folder))


def test_a_missing_folder_and_a_pickle_are_told_apart(tiny_folder):
    with pytest.raises(ValueError, match="there is no such folder"):
        register("tiny", str(tiny_folder.parent / "nowhere"))
    (tiny_folder / "model.safetensors").rename(tiny_folder / "pytorch_model.bin")
    with pytest.raises(ValueError, match="a pickle"):
        register("tiny", str(tiny_folder))


def test_a_checkpoint_that_cannot_chat_is_refused(tiny_folder):
    (tiny_folder / "tokenizer.model").unlink()
    with pytest.raises(ValueError, match=r"it needs a tokenizer.model"):
        register("tiny", str(tiny_folder))


def test_an_unknown_architecture_is_named(tiny_folder):
    config = json.loads((tiny_folder / "config.json").read_text())
    (tiny_folder / "config.json").write_text(json.dumps({**config, "architectures": ["LlamaForCausalLM"]}))
    with pytest.raises(ValueError, match="LlamaForCausalLM"):
        register("tiny", str(tiny_folder))
