"""A card is held against an export, without a database: equal, or every field that differs by its name."""

import gzip
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assay.takeaway.canonical import canonical
from assay.takeaway.card import card_of
from assay.takeaway.evidence import EvidenceError, read_evidence
from assay.takeaway.signing import make_key, public_path, public_pem, signed
from assay.takeaway.verifying import verify
from raters.studies.unblinding import unblind
from tests.assay.takeaway.conftest import exported

ROOT = Path(__file__).resolve().parents[3]
MANY = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)


@pytest.fixture
def files(rich, tmp_path):
    """A card and the export that it rests on."""
    card, export = tmp_path / "card.json", tmp_path / "study.jsonl"
    card.write_bytes(exported(rich, "card", "json"))
    export.write_bytes(exported(rich, "study"))
    return card, export


def differences(card, evidence):
    return [one.field for one in verify(card, evidence, public_pem()).differences]


def test_an_untouched_card_fits_its_export(files, capsys):
    call_command("verify_card", *map(str, files))
    assert re.fullmatch(r"All \d{3} fields are equal, and the signature fits\.\n", capsys.readouterr().out)


def test_a_card_of_a_blinded_study_fits_its_export(judged, tmp_path):
    (tmp_path / "study.jsonl").write_bytes(exported(judged, "study"))
    card = json.loads(exported(judged, "card", "json"))
    assert differences(card, read_evidence(tmp_path / "study.jsonl")) == []
    unblind(judged, "all is in")
    (tmp_path / "named.jsonl").write_bytes(exported(judged, "study"))
    assert "study.blinded" in differences(card, read_evidence(tmp_path / "named.jsonl"))


def test_a_gzipped_export_is_the_same_evidence(files, tmp_path):
    card, export = files
    zipped = tmp_path / "study.jsonl.gz"
    zipped.write_bytes(gzip.compress(export.read_bytes()))
    assert differences(json.loads(card.read_bytes()), read_evidence(zipped)) == []


@MANY
@given(data=st.data())
def test_a_changed_digit_anywhere_in_the_card_is_found(files, data):
    text, evidence = files[0].read_text(), read_evidence(files[1])
    changed = with_another_digit(text, data)
    assert differences(json.loads(changed), evidence)


@MANY
@given(data=st.data())
def test_a_changed_digit_anywhere_in_the_export_is_found(files, data):
    card, export = files
    changed = export.with_name("changed.jsonl")
    changed.write_text(with_another_digit(export.read_text(), data))
    try:
        evidence = read_evidence(changed)
    except EvidenceError:
        return  # no longer JSON, or a schema that there is not: told too
    assert "evidence.study.sha256" in differences(json.loads(card.read_bytes()), evidence)


@MANY
@given(data=st.data())
def test_a_changed_number_is_found_though_the_card_was_signed_again(files, data):
    """Whoever holds the key can sign what is wrong; the export tells all the same, and says which field."""
    card, evidence = json.loads(files[0].read_bytes()), read_evidence(files[1])
    del card["signature"]
    numbers = canonical(card["numbers"]).decode()
    card["numbers"] = json.loads(with_another_digit(numbers, data))
    found = differences(signed(card), evidence)
    assert found and all(field.startswith("numbers.") for field in found)


def test_another_design_under_the_locked_digest_is_found_though_card_and_export_agree(files):
    export = files[1]
    export.write_text(re.sub(r'"pool":\d+', '"pool":77', export.read_text()))
    evidence = read_evidence(export)
    agreeing = card_of(evidence)
    assert differences(signed(agreeing), evidence) == ["design.sha256"]


def with_another_digit(text: str, data) -> str:
    """One digit changed. A leading zero is left: 0.5 as 00.5 or 10.5e-1 may be no JSON at all."""
    places = [match.start() for match in re.finditer(r"\d", text)]
    place = data.draw(st.sampled_from(places), label="place")
    other = data.draw(
        st.sampled_from([digit for digit in "123456789" if digit != text[place]]), label="digit"
    )
    return text[:place] + other + text[place + 1 :]


def test_a_changed_outcome_is_told_by_the_numbers_that_it_changes(files, capsys):
    card, export = files
    export.write_text(export.read_text().replace('"outcome":"win"', '"outcome":"loss"', 1))
    with pytest.raises(CommandError, match=r"\d+ of \d+ fields differ") as error:
        call_command("verify_card", str(card), str(export))
    told = capsys.readouterr().out
    assert error.value.returncode == 1
    assert re.search(r"numbers\.pairs\[0\]\.win_rate\.wins: the card says \d+, recomputed \d+", told)
    assert re.search(r"evidence\.study\.sha256: the card says ", told)


def test_a_field_that_was_taken_out_or_put_in_is_found(files):
    card, evidence = json.loads(files[0].read_bytes()), read_evidence(files[1])
    del card["numbers"]["safety"]["rule"]
    found = differences(card | {"verdict": "best"}, evidence)
    assert set(found) == {"signature", "numbers.safety.rule", "verdict"}


def test_another_sites_key_does_not_fit(files, tmp_path, settings):
    settings.CARD_KEY = tmp_path / "other.pem"
    make_key()
    with pytest.raises(CommandError) as error:
        call_command("verify_card", *map(str, files), public_key=public_path())
    assert error.value.returncode == 1


def test_judgments_alone_are_enough_for_what_rests_on_them(rich, files, tmp_path, capsys):
    judgments = tmp_path / "judgments.jsonl"
    judgments.write_bytes(exported(rich, "judgments"))
    call_command("verify_card", str(files[0]), str(judgments))
    told = capsys.readouterr().out
    assert "Not recomputed: blinding, comparisons, enrolment" in told and "fields are equal" in told
    judgments.write_text(judgments.read_text().replace('"outcome":"win"', '"outcome":"tie"', 1))
    with pytest.raises(CommandError, match="fields differ"):
        call_command("verify_card", str(files[0]), str(judgments))


@pytest.mark.parametrize(
    ("card", "export", "message"),
    [
        ("{}", "", "a card of the schema evaluation-card/1 is needed, not None"),
        ("not json", "", "no card can be read"),
        ('{"schema":"evaluation-card/1","numbers":[]}', "", "numbers is an object in every card, not \\[\\]"),
        (None, "", "the file is empty; an export of a study in JSONL is needed"),
        (None, '{"schema":"prompt/1"}\n', "line 1 has the schema 'prompt/1'; known are study/1"),
        (None, "a,b\n1,2\n", "line 1 is not JSON"),
        (None, '{"schema":"judgment/1"}\n', "line 1 is a judgment without what we add under extra"),
    ],
)
def test_what_is_no_card_or_no_export_is_told(files, card, export, message):
    if card is not None:
        files[0].write_text(card)
    files[1].write_text(export)
    with pytest.raises(CommandError, match=message) as error:
        call_command("verify_card", *map(str, files))
    assert error.value.returncode == 2


def test_it_needs_no_database_and_ends_with_the_code_that_says_so(files):
    nowhere = {
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nowhere",
        "DEBUG": "1",
        "CARD_KEY_FILE": "/nowhere",
    }
    command = [
        sys.executable,
        "manage.py",
        "verify_card",
        *map(str, files),
        "--public-key",
        str(public_path()),
    ]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | nowhere, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    files[1].write_text(files[1].read_text().replace('"outcome":"win"', '"outcome":"loss"', 1))
    assert subprocess.run(command, cwd=ROOT, env=os.environ | nowhere, capture_output=True).returncode == 1
