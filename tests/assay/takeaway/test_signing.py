"""The site's key: made once, readable by its owner alone, its public half for everybody."""

import pytest
from django.core.management import CommandError, call_command

from assay.takeaway.signing import public_path, public_pem


def test_the_key_is_its_owners_alone(settings):
    assert settings.CARD_KEY.stat().st_mode & 0o777 == 0o600


def test_a_key_is_never_written_over(settings):
    before = settings.CARD_KEY.read_bytes()
    with pytest.raises(CommandError, match="is there already, and is never written over"):
        call_command("card_key")
    assert settings.CARD_KEY.read_bytes() == before


def test_the_command_prints_the_public_half(settings, tmp_path, capsys):
    settings.CARD_KEY = tmp_path / "new/card-key.pem"
    call_command("card_key")
    told = capsys.readouterr().out
    assert public_path().read_text() in told and "PRIVATE" not in told


def test_everybody_gets_the_public_half_and_nothing_else(client, db):
    answer = client.get("/card-key/")
    assert answer.content == public_pem() and b"PRIVATE" not in answer.content


def test_a_site_without_a_key_has_no_such_page(client, db, settings, tmp_path):
    settings.CARD_KEY = tmp_path / "none.pem"
    assert client.get("/card-key/").status_code == 404
