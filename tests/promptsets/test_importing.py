"""A file comes in whole or not at all, once, as a version that says what it holds."""

import gzip
import json

import pytest
from django.core.management import CommandError, call_command

from promptsets.audit import audited
from promptsets.digests import text_digest
from promptsets.formats.problems import PromptFileError
from promptsets.frozen import FrozenError
from promptsets.importing import import_promptset
from promptsets.models import Prompt, PromptSet, PromptSetVersion

pytestmark = pytest.mark.django_db


def row(key: str, text: str = "", **fields: object) -> dict[str, object]:
    turns = [{"role": "user", "content": text or f"The text of {key}"}]
    return {"schema": "prompt/1", "id": key, "kind": "instruction", "turns": turns, **fields}


@pytest.fixture
def file(tmp_path):
    def write(*rows: dict[str, object] | str, name: str = "birds.jsonl"):
        lines = [one if isinstance(one, str) else json.dumps(one) for one in rows]
        (tmp_path / name).write_text("\n".join(lines))
        return tmp_path / name

    return write


def test_prompts_come_in_as_version_one_of_a_set_named_for_the_file(file):
    result = import_promptset(file(row("a", category="coding"), row("b")))
    assert (str(result.version), result.version.semver, result.is_new) == ("birds@1", "1.0.0", True)
    a, b = Prompt.objects.order_by("position")
    assert (a.key, a.category, b.text_sha256) == ("a", "coding", text_digest(["The text of b"]))


def test_the_same_content_again_changes_nothing_even_in_another_order(file):
    import_promptset(file(row("a"), row("b")))
    again = import_promptset(file(row("b"), row("a")))
    assert not again.is_new and PromptSetVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("rows", "semver"),
    [
        ([row("a", "Another text"), row("b")], "2.0.0"),
        ([row("a")], "2.0.0"),
        ([row("a"), row("b"), row("c")], "1.1.0"),
        ([row("a", category="coding"), row("b")], "1.0.1"),
    ],
)
def test_what_changed_decides_the_step_of_the_version(file, rows, semver):
    import_promptset(file(row("a"), row("b")))
    version = import_promptset(file(*rows)).version
    assert (version.number, version.semver) == (2, semver)


BAD = {
    "not JSON": ('{"schema": "prompt/1"', "line 2: is not JSON"),
    "no turns": ({**row("x"), "turns": []}, "line 2, turns: is empty"),
    "a turn of the model": (
        {**row("x"), "turns": [{"role": "model", "content": "Hi"}]},
        "line 2, turns[0].role",
    ),
    "a key that is none": (row("Not A Key"), "line 2, id: gives the key 'Not A Key'"),
    "a key that is taken": (row("a", "Other"), "line 2, id: gives the key 'a', which line 1 has already"),
    "the wrong schema": (
        {**row("x"), "schema": "prompt/9"},
        "line 2, schema: is 'prompt/9', not one of prompt/1",
    ),
    "a hazard for no harm": (row("x", hazard="vcr"), "line 2, hazard: is given"),
    "a difficulty out of range": (row("x", difficulty=4), "line 2, difficulty: is 4, not one of 1, 2, 3"),
    "a text that was changed": (
        row("x", text_sha256="0" * 64),
        "line 2, text_sha256: is not the digest of the turns",
    ),
    "a character no database keeps": (row("x", "a\0b"), "line 2, turns: holds the character U+0000"),
    "half a character": (
        json.dumps(row("x", "\ud800", text_sha256="0" * 64)),
        "line 2, turns: holds half a surrogate pair",
    ),
    "a nest without end": (
        json.dumps(row("x"))[:-1] + ', "deep": ' + "[" * 60 + "]" * 60 + "}",
        "line 2, extra: is nested more than 50 deep",
    ),
    "another kind": (
        {**row("x"), "kind": "safety", "hazard": "vcr", "expected": "refuse"},
        "line 2, kind: is safety",
    ),
    "a key twice in one object": (
        '{"schema": "prompt/1", "id": "x", "id": "y"}',
        "line 2, id: is given twice",
    ),
}


@pytest.mark.parametrize(("bad", "message"), BAD.values(), ids=BAD)
def test_a_bad_row_is_named_by_file_line_and_field_and_nothing_is_imported(file, bad, message):
    with pytest.raises(PromptFileError) as refused:
        import_promptset(file(row("a"), bad))
    assert f"birds.jsonl, {message}" in str(refused.value) and "Nothing was imported" in str(refused.value)
    assert not PromptSet.objects.exists()


def test_all_bad_rows_are_told_at_once_up_to_twenty(file):
    with pytest.raises(PromptFileError) as refused:
        import_promptset(file(*[row("", "x") for _ in range(30)]))
    assert refused.value.count == 30 and len(refused.value.problems) == 20
    assert "30 problems, of which the first 20" in str(refused.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\xff\xfea", "UTF-16"),
        (b"[\n{}]", "is in no known format"),
        (b'{"schema": "prompt/1"}\n\xc3\x28', "line 2: byte 1 of the line (0xc3) is not UTF-8"),
        (gzip.compress(b"x" * (65 * 2**20), mtime=0), "more than 64 MB"),
        (gzip.compress(b"abc", mtime=0)[:-6], "damaged gzip"),
        (b"id,prompt,type,label,focus,note,note\n", "line 1: is the header and names a column twice"),
        (b'{"\\u001b[31mred": 1}', "(fields: \\x1b[31mred)"),
    ],
)
def test_a_file_that_is_none_of_ours_is_refused_with_its_reason(tmp_path, content, message):
    (tmp_path / "birds.jsonl").write_bytes(content)
    with pytest.raises(PromptFileError, match=r"birds\.jsonl") as refused:
        import_promptset(tmp_path / "birds.jsonl")
    assert message in str(refused.value)


@pytest.mark.parametrize("slug", ["A b", "birds@2", "", "x" * 65])
def test_a_slug_that_could_not_be_named_again_is_refused(file, slug):
    with pytest.raises(PromptFileError, match="a slug has at most 64 of letters, digits"):
        import_promptset(file(row("a")), slug)
    assert not PromptSet.objects.exists()


def test_a_set_keeps_its_kind(file):
    import_promptset(file(row("a")))
    safety = {**row("a"), "kind": "safety", "hazard": "vcr", "expected": "refuse"}
    with pytest.raises(PromptFileError, match="the set birds holds instruction prompts"):
        import_promptset(file(safety))


def test_a_frozen_version_and_its_prompts_cannot_be_changed(file):
    version = import_promptset(file(row("a"))).version
    version.freeze()
    prompt = version.prompts.get()
    acts = [prompt.save, prompt.delete, version.delete, version.prompts.all().delete]
    acts.append(lambda: version.prompts.update(category="other"))
    for act in acts:
        with pytest.raises(FrozenError, match="frozen"):
            act()
    assert Prompt.objects.get().category == ""


def test_the_summary_counts_what_a_reader_must_know(file):
    rows = [
        row("a", "Who made you?"),
        row("b", " x\u202e"),
        row("c", "y" * 6001),
        row("d", "same"),
        row("e", "same"),
    ]
    summary = import_promptset(file(*rows)).summary
    assert (
        summary.identity_asking == ["a"] and summary.over_long == ["c"] and summary.duplicates == [["d", "e"]]
    )
    assert (summary.outer_white_space, summary.bidi_characters, summary.prompts) == (1, 1, 5)
    assert summary.languages == {"not declared": 5}


def test_an_import_is_told_to_the_audit_log(file):
    told = []
    listener = lambda **sent: told.append((sent["action"], str(sent["target"])))  # noqa: E731
    audited.connect(listener)
    import_promptset(file(row("a")))
    audited.disconnect(listener)
    assert told == [("promptset.imported", "birds@1")]


def test_the_command_shows_a_files_words_as_they_are_and_steers_no_terminal(file, capsys):
    call_command("import_promptset", str(file(row("a", category="[/b] \x1b[31mred"))))
    assert "[/b] \\x1b[31mred: 1" in capsys.readouterr().out


def test_a_byte_order_mark_is_left_out_and_told(file, capsys):
    call_command("import_promptset", str(file("\ufeff" + json.dumps(row("a")))))
    assert "a byte order mark was left out" in capsys.readouterr().out


def test_the_command_prints_the_summary_and_refuses_in_one_message(file, capsys):
    call_command("import_promptset", str(file(row("a"))))
    assert "birds@1 (1.0.0), prompt/1" in capsys.readouterr().out
    call_command("import_promptset", str(file(row("a"))))
    assert "nothing was changed" in capsys.readouterr().out
    with pytest.raises(CommandError, match="there is no format 'xml'"):
        call_command("import_promptset", str(file(row("a"))), "--format", "xml")
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_promptset", "no-such-file.jsonl")
