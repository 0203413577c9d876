"""What changed between two versions."""

import json

import pytest
from django.core.management import CommandError, call_command

from promptsets.comparing import compare
from promptsets.importing import import_promptset
from promptsets.naming import version_named

pytestmark = pytest.mark.django_db


@pytest.fixture
def versions(tmp_path):
    """Version 2 rewords a, relabels b, drops c and adds d."""

    def write(*rows: tuple[str, str, str]):
        lines = [
            {"schema": "prompt/1", "id": key, "kind": "instruction", "category": category}
            | {"turns": [{"role": "user", "content": text}]}
            for key, text, category in rows
        ]
        (tmp_path / "birds.jsonl").write_text("\n".join(map(json.dumps, lines)))
        return import_promptset(tmp_path / "birds.jsonl").version

    return (
        write(("a", "Old", "x"), ("b", "Same", "x"), ("c", "Gone", "x")),
        write(("a", "New", "x"), ("b", "Same", "y"), ("d", "Added", "x")),
    )


def test_added_removed_reworded_and_relabelled_prompts_are_told_apart(versions):
    found = compare(*versions)
    assert (found.added, found.removed, found.text_changed) == (("d",), ("c",), ("a",))
    assert found.metadata_changed == {"b": ("category",)}
    assert compare(versions[0], versions[0]).is_empty


def test_the_command_lists_them(versions, capsys):
    call_command("diff_promptsets", "birds@1", "birds")
    printed = capsys.readouterr().out.splitlines()
    assert printed == ["birds@1 (1.0.0) → birds@2 (2.0.0)", "+ d", "- c", "~ text a", "~ category b"]


@pytest.mark.parametrize("name", ["fish", "birds@9", "birds@", "birds@two"])
def test_a_name_that_fits_no_version_is_refused_with_those_there_are(versions, name):
    with pytest.raises(CommandError, match=f"no prompt set '{name}'. Prompt sets: birds"):
        call_command("diff_promptsets", name, "birds")


def test_a_set_stands_for_its_newest_version(versions):
    assert version_named("birds") == versions[1] and version_named("birds@1") == versions[0]
