"""Tables of other sources: a mapping of columns, remembered for the next file of the same source."""

import datetime
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.management import CommandError, call_command

from promptsets.formats.columns import Columns, MappingError, parse, proposed
from promptsets.formats.parquet import plain
from promptsets.formats.problems import PromptFileError
from promptsets.importing import import_promptset
from promptsets.models import ColumnMapping, PromptSet

BIRDS = [
    {"uid": "A 1", "question": "Which bird is that?\n", "topic": "birds", "level": 2, "votes": 7},
    {"uid": "A 2", "question": "Why do geese fly in a V?", "topic": "flight", "level": None, "votes": None},
]
MAPPING = "prompt=question,id=uid,category=topic,difficulty=level"


def parquet(path, rows):
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


def csv(path, rows):
    lines = [
        ",".join(rows[0]),
        *(",".join(f'"{"" if v is None else v}"' for v in row.values()) for row in rows),
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def jsonl(path, rows):
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


@pytest.mark.django_db
@pytest.mark.parametrize(("write", "votes"), [(parquet, 7), (csv, "7"), (jsonl, 7)])
def test_a_mapped_table_comes_in_whatever_file_holds_it(tmp_path, write, votes):
    file = write(tmp_path / "birds", BIRDS)
    version = import_promptset(file, slug="birds", columns=parse(MAPPING)).version
    first, second = version.prompts.all()
    assert (first.key, first.turns, first.category) == ("a-1", ["Which bird is that?\n"], "birds")
    assert (first.difficulty, second.difficulty) == (2, None)
    assert first.extra["votes"] == votes and version.manifest["columns"]["prompt"] == "question"


@pytest.mark.django_db
def test_the_next_file_of_the_source_needs_no_mapping(tmp_path, capsys):
    call_command("import_promptset", str(parquet(tmp_path / "birds.parquet", BIRDS)), columns=MAPPING)
    more = [*BIRDS, {**BIRDS[0], "uid": "A 3", "question": "Do owls blink?"}]
    call_command("import_promptset", str(csv(tmp_path / "birds.csv", more)))
    assert "birds@2" in (told := capsys.readouterr().out)
    assert f"columns: {MAPPING}" in told


@pytest.mark.django_db
def test_a_file_of_unknown_columns_is_told_what_to_map(tmp_path):
    file = parquet(tmp_path / "birds.parquet", BIRDS)
    with pytest.raises(PromptFileError, match="map its columns, such as prompt=question,id=uid"):
        import_promptset(file)


@pytest.mark.django_db
def test_a_dry_run_tells_all_and_saves_nothing(tmp_path, capsys):
    file = parquet(tmp_path / "birds.parquet", BIRDS)
    call_command("import_promptset", str(file), columns=MAPPING, dry_run=True)
    told = " ".join(capsys.readouterr().out.split())
    assert "It would become birds@1 (1.0.0). Nothing was saved." in told and "categories birds: 1" in told
    assert not PromptSet.objects.exists() and not ColumnMapping.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"columns": "question"}, "is no mapping: write FIELD=COLUMN"),
        ({"columns": "id=uid"}, "which column holds the prompt"),
        ({"columns": "prompt=question,colour=topic"}, "'colour' is no field of a prompt"),
        ({"columns": "prompt=question,id=question"}, "mapped twice"),
        ({"columns": "prompt=nowhere"}, "line 1, nowhere: is not a column of this row"),
        ({"columns": "prompt=votes"}, "line 1, votes: is 7: a prompt is a text"),
        ({"columns": "prompt=question,difficulty=votes"}, "line 1, votes: is 7, not one of 1, 2, 3"),
        ({"columns": MAPPING, "format": "xstest"}, "leave --format out"),
        ({"kind": "safety"}, "--kind is for tables"),
    ],
)
def test_a_mapping_that_cannot_be_used_is_told(tmp_path, options, message):
    with pytest.raises(CommandError, match=message):
        call_command("import_promptset", str(parquet(tmp_path / "birds.parquet", BIRDS)), **options)
    assert not PromptSet.objects.exists()


CHAT = [
    {"role": "user", "content": "Hi"},
    {"role": "assistant", "content": "Ho"},
    {"role": "user", "content": "Go"},
]


def test_messages_become_the_users_turns_and_keep_the_replies_apart():
    row = Columns({"prompt": "messages"}).row({"messages": CHAT})
    assert row.turns == ("Hi", "Go") and row.extra == {"replies": ["Ho"]}
    shared = [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Ho"}]
    assert Columns({"prompt": "c"}).row({"c": shared}).turns == ("Hi",)
    assert Columns({"prompt": "turns"}).row({"turns": ["One", "Two"]}).turns == ("One", "Two")


@pytest.mark.parametrize(
    ("messages", "message"),
    [
        ([{"role": "system", "content": "Be kind."}], "has the role 'system'"),
        ([{"role": "user", "content": 3}], "holds 3, not a text"),
        ([{"role": "assistant", "content": "Ho"}], "no message of the user"),
        ([3, "x"], "not a message with a role"),
        ([], "a prompt is a text"),
    ],
)
def test_messages_that_are_no_prompt_are_told(messages, message):
    with pytest.raises(Exception, match=message):
        Columns({"prompt": "messages"}).row({"messages": messages})


def test_a_mapping_is_proposed_by_common_names_or_not_at_all():
    assert proposed(["Instruction", "type", "x"]) == {"prompt": "Instruction", "category": "type"}
    assert proposed(["a", "b"]) == {}
    with pytest.raises(MappingError):
        Columns({})


@pytest.mark.django_db
@pytest.mark.parametrize("damage", [b"", b"garbage" * 9, None])
def test_a_damaged_parquet_file_is_refused(tmp_path, damage):
    file = parquet(tmp_path / "birds.parquet", BIRDS)
    stored = file.read_bytes()
    file.write_bytes(b"PAR1" + damage if damage is not None else stored[:-20])
    with pytest.raises(PromptFileError, match="is Parquet that cannot be read"):
        import_promptset(file, columns=parse(MAPPING))


@pytest.mark.django_db
def test_a_column_without_a_name_is_nobodys(tmp_path):
    file = tmp_path / "birds.jsonl"
    file.write_text('{"": "x", "prompt": "Which bird?"}\n{"": "y", "prompt": "Which nest?"}\n')
    version = import_promptset(file, columns=Columns({"prompt": "prompt"}), slug="birds").version
    assert set(version.prompts.values_list("hazard", "expected", "difficulty")) == {(None, None, None)}


@pytest.mark.django_db
def test_what_the_reader_of_parquet_says_is_printable(tmp_path):
    """Of a type that there is not, the reader tells the very byte."""
    stored = parquet(tmp_path / "birds.parquet", BIRDS).read_bytes()
    told = []
    for at in range(len(stored) - 60, len(stored) - 8):
        damaged = tmp_path / f"{at}.parquet"
        damaged.write_bytes(stored[:at] + b"\x0f" + stored[at + 1 :])
        try:
            import_promptset(damaged, columns=parse(MAPPING), slug=f"at-{at}")
        except PromptFileError as refused:
            told.append(str(refused))
    assert told and all(text.replace("\n", "").isprintable() for text in told)


@pytest.mark.django_db
def test_a_small_parquet_file_that_unfolds_into_a_large_one_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("promptsets.formats.parquet.MOST_BYTES", 100_000)
    file = parquet(tmp_path / "bomb.parquet", [{"prompt": "a" * 100_000}] * 20)
    assert file.stat().st_size < 10_000
    with pytest.raises(PromptFileError, match="holds more than"):
        import_promptset(file, columns=parse("prompt=prompt"))


def test_values_that_json_has_not_become_texts():
    day = datetime.date(2026, 1, 2)
    assert plain({"a": [day, b"xy", 1.5, None]}) == {"a": ["2026-01-02", "(2 bytes, left out)", 1.5, None]}


def test_what_pandas_makes_of_missing_and_whole_numbers_is_understood():
    columns = Columns({"prompt": "p", "difficulty": "d", "category": "c"})
    row = columns.row({"p": "Hi", "d": 1.0, "c": float("nan")})
    assert (row.difficulty, row.category) == (1, "")
    assert plain({"score": float("nan")}) == {"score": None}


def test_an_id_that_a_key_cannot_hold_is_kept_beside_it():
    row = Columns({"prompt": "p", "id": "uid"}).row({"p": "Hi", "uid": "Foo/Bar 0"})
    assert row.key == "foo-bar-0" and row.extra == {"source_id": "Foo/Bar 0"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("table", "message"),
    [
        (pa.table({"prompt": ["Hi"], "extra_json": ["[" * 200_000]}), "extra_json: is"),
        (pa.table([["Hi"], ["Ho"]], names=["prompt", "prompt"]), "names a column twice"),
    ],
)
def test_a_hostile_parquet_file_gets_a_message(tmp_path, table, message):
    pq.write_table(table, tmp_path / "x.parquet")
    with pytest.raises(PromptFileError, match=message):
        import_promptset(tmp_path / "x.parquet", columns=parse("prompt=prompt"))


@pytest.mark.django_db
@pytest.mark.parametrize("columns", [None, Columns({"prompt": "prompt"})])
def test_half_a_letter_in_a_columns_name_gets_a_message(tmp_path, columns):
    (tmp_path / "x.jsonl").write_text('{"prompt": "Hi", "\\ud800": 1}')
    with pytest.raises(PromptFileError):
        import_promptset(tmp_path / "x.jsonl", columns=columns)
