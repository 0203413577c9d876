"""A checkpoint's licence: told where it is registered, read of its folder, told anew."""

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError

from assay.accounts.models import AuditEvent
from generation import asked
from generation.endpoint_hosts import AllowedHosts
from generation.models import Checkpoint
from generation.registering import register
from tests import builders

pytestmark = pytest.mark.django_db
CARD = "---\nlicense: gemma\n---\n# Tiny\n"


def licence(name: str = "tiny") -> tuple[str, str]:
    found = Checkpoint.objects.get(name=name)
    return found.licence, found.licence_from


def test_a_folder_stands_under_what_its_readme_says(tiny_folder, capsys):
    (tiny_folder / "README.md").write_text(CARD)
    call_command("register_checkpoint", "tiny", str(tiny_folder))
    assert licence() == ("Gemma Terms of Use", "readme")
    assert "Licence: Gemma Terms of Use (as its README.md says)" in capsys.readouterr().out


def test_what_is_told_stands_above_the_readme(tiny_folder):
    (tiny_folder / "README.md").write_text(CARD)
    register("tiny", str(tiny_folder), licence="MIT")
    assert licence() == ("MIT", "told")


def test_nobody_said_is_told_so(tiny_folder, capsys):
    call_command("register_checkpoint", "tiny", str(tiny_folder))
    assert licence() == ("", "") and "Licence: not told" in capsys.readouterr().out


def test_a_readme_is_no_part_of_the_digest(tiny_folder):
    before = register("tiny", str(tiny_folder)).checkpoint.digest
    (tiny_folder / "README.md").write_text(CARD)
    again = register("tiny", str(tiny_folder))
    assert (again.is_new, again.checkpoint.digest) == (False, before)


def test_the_same_checkpoint_is_told_another_once_and_silence_keeps_it(tiny_folder, capsys):
    register("tiny", str(tiny_folder), licence="MIT")
    for _ in range(2):
        call_command("register_checkpoint", "tiny", str(tiny_folder), licence="Apache-2.0")
    call_command("register_checkpoint", "tiny", str(tiny_folder))
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "tiny is registered already with these files; its licence is Apache-2.0."
    assert said[-1] == "tiny is registered already with these files; nothing was changed."
    [event] = AuditEvent.objects.filter(action="checkpoint.licence_told")
    assert event.detail["before"]["licence"] == "MIT" and licence() == ("Apache-2.0", "told")


def test_an_endpoint_is_told_one(settings):
    settings.ENDPOINT_HOSTS = AllowedHosts.parse(["api.example.org"])
    call_command("register_checkpoint", "heron", "https://api.example.org/v1", licence="Apache-2.0")
    call_command("register_checkpoint", "egret", "https://api.example.org/v1")
    assert (licence("heron"), licence("egret")) == (("Apache-2.0", "told"), ("", ""))
    call_command("register_checkpoint", "egret", "https://api.example.org/v1", licence="MIT")
    assert licence("egret") == ("MIT", "told")


def test_a_folder_that_waits_for_a_worker_keeps_what_was_told(tiny_folder):
    made = asked.ask("tiny", str(tiny_folder), licence="MIT")
    assert asked.work_off_one(made.pk) and licence() == ("MIT", "told")


@pytest.mark.parametrize("wrong", ["", " MIT", "M\x00IT", "x" * 201])
def test_what_is_no_name_is_refused_with_what_would_be_right(tiny_folder, wrong):
    with pytest.raises(CommandError, match=r"^--licence is .*use 1 to 200 printable characters"):
        call_command("register_checkpoint", "tiny", str(tiny_folder), licence=wrong)
    with pytest.raises(ValueError, match=r"such as Apache-2\.0"):
        asked.ask("tiny", str(tiny_folder), licence=wrong)
    assert not Checkpoint.objects.exists()


def test_a_licence_has_its_source(tiny_folder):
    register("tiny", str(tiny_folder))
    with pytest.raises(IntegrityError):
        Checkpoint.objects.update(licence="MIT")


def test_an_imported_checkpoint_is_told_its_licence_by_the_command(db, capsys):
    heron = builders.run(builders.prompt_set(1), "heron").checkpoint
    call_command("tell_licence", "heron", "Apache-2.0")
    assert "The licence of heron is Apache-2.0 (as it was told)." in capsys.readouterr().out
    heron.refresh_from_db()
    assert (heron.licence, heron.licence_from) == ("Apache-2.0", "told")
    assert AuditEvent.objects.get(action="checkpoint.licence_told").detail["before"]["licence"] == ""
    for wrong in (("heron", " "), ("heron", "x" * 201), ("gull", "MIT")):
        with pytest.raises(CommandError):
            call_command("tell_licence", *wrong)
    heron.refresh_from_db()
    assert heron.licence == "Apache-2.0"
