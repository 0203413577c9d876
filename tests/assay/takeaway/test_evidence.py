"""An export read back: what of its rows counts, over which bytes its digests go, and what is no export at all."""

import gzip
import hashlib
import json

import pytest

from assay.takeaway.card import card_of
from assay.takeaway.evidence import EvidenceError, read_evidence

STUDY = {"schema": "study/1", "study": {"slug": "autumn"}}
JUDGMENT = {"schema": "judgment/1", "prompt_id": "p1", "status": "valid", "exclusion_reason": "", "extra": {}}


def line(row: dict) -> bytes:
    return json.dumps(row).encode() + b"\n"


@pytest.fixture
def read(tmp_path):
    def of(*rows: dict | bytes, name: str = "study.jsonl"):
        path = tmp_path / name
        content = b"".join(row if isinstance(row, bytes) else line(row) for row in rows)
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return read_evidence(path)

    return of


@pytest.mark.parametrize("name", ["study.jsonl", "study.jsonl.gz"])
def test_digests_go_over_the_lines_as_they_stand_of_all_and_of_judgments(read, name):
    found = read(STUDY, JUDGMENT, JUDGMENT, name=name)
    for digest, content, rows in (
        (found.whole, line(STUDY) + 2 * line(JUDGMENT), 3),
        (found.judgments, 2 * line(JUDGMENT), 2),
    ):
        expected = (hashlib.sha256(content).hexdigest(), len(content), rows)
        assert (digest.sha256, digest.bytes, digest.rows) == expected


def test_without_a_judgment_their_digest_is_that_of_nothing(read):
    found = read(STUDY)
    assert (found.judgments.sha256, found.judgments.rows) == (hashlib.sha256().hexdigest(), 0)
    assert found.study == STUDY and found.counted == []


def test_what_counts_is_valid_and_beside_it_stand_those_whom_a_rule_leaves_out(read):
    reasons = ["", "superseded", "rater_left_out:too_fast", "comparison_held"]
    rows = [
        JUDGMENT | {"status": "excluded" if reason else "valid", "exclusion_reason": reason}
        for reason in reasons
    ]
    found = read(*rows)
    assert [row["exclusion_reason"] for row in found.counted] == [""]
    assert [row["exclusion_reason"] for row in found.nobody_left_out] == ["", "rater_left_out:too_fast"]
    assert found.study is None


def test_of_a_judgment_only_what_numbers_are_made_of_is_kept(read):
    said = JUDGMENT | {"comment": "x" * 1000, "extra": {"side": "left", "viewport_width": 390}}
    [row] = read(said).of("judgment/1")
    assert row == {"prompt_id": "p1", "status": "valid", "exclusion_reason": "", "extra": {"side": "left"}}


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "the file is empty; an export of a study in JSONL is needed"),
        ([STUDY, b"{\n"], "line 2 is not JSON"),
        ([b"[1]\n"], "line 1 has no schema; known are study/1"),
        ([STUDY, {"schema": "vote/1"}], "line 2 has the schema 'vote/1'; known are"),
        ([STUDY, {"schema": ["study/1"]}], r"line 2 has the schema \['study/1'\]"),
        ([JUDGMENT | {"extra": None}], "line 1 is a judgment without what we add under extra"),
    ],
)
def test_a_file_that_is_no_export_is_refused_with_the_line(read, rows, message):
    with pytest.raises(EvidenceError, match=message):
        read(*rows)


def test_a_file_that_is_cut_off_or_not_there_is_refused_by_its_name(tmp_path):
    path = tmp_path / "half.jsonl.gz"
    for content in (None, gzip.compress(line(STUDY))[:-9], b"no gzip"):
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(EvidenceError, match=r"half\.jsonl\.gz: cannot be read"):
            read_evidence(path)


def test_a_card_is_made_of_a_whole_study_alone(read):
    with pytest.raises(EvidenceError, match="a card is made of a whole study's export"):
        card_of(read(JUDGMENT))
