"""Folders that are registered on request: asked for in the web process, read by a worker."""

from datetime import timedelta

import pytest
from django.utils import timezone

from generation import asked
from generation.models import Checkpoint, Registration
from generation.registering import Registered


@pytest.fixture
def folder(settings, tmp_path):
    settings.CHECKPOINT_ROOTS = [tmp_path]
    (tmp_path / "owl").mkdir()
    return str(tmp_path / "owl")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": ""}, "name"),
        ({"uri": "/etc"}, "etc"),
        ({"dtype": "int4"}, "dtype"),
        ({"step": 3}, "step"),
    ],
)
def test_what_can_be_seen_without_reading_is_refused_at_once(db, folder, changes, told):
    with pytest.raises(ValueError, match=told):
        asked.ask(**{"name": "owl", "uri": folder, **changes})
    assert not Registration.objects.exists()


def test_what_the_worker_cannot_register_is_refused_with_its_reason(db, folder):
    made = asked.ask("owl", folder)
    assert asked.work_off_one() is True
    made.refresh_from_db()
    assert made.status == "refused" and folder in made.reason


def test_a_registered_folder_is_a_checkpoint_under_the_askers_name(db, folder, researcher, monkeypatch):
    def register(name, uri, *, actor, **_):
        return Registered(Checkpoint.objects.create(name=name, uri=uri, source="engine", digest="d"), True)

    monkeypatch.setattr("generation.registering.register", register)
    made = asked.ask("owl", folder, actor=researcher)
    asked.work_off_one(made.pk)
    made.refresh_from_db()
    assert (made.status, made.checkpoint.name) == ("done", "owl")


def test_a_worker_that_fell_silent_loses_it_to_the_next(db, folder):
    made = asked.ask("owl", folder)
    Registration.objects.update(status="working", taken_at=timezone.now())
    assert asked.work_off_one() is False
    Registration.objects.update(taken_at=timezone.now() - timedelta(hours=2))
    assert asked.work_off_one(made.pk) is True


def test_a_folder_is_looked_at_first_and_registered_when_somebody_says_so(db, tiny_folder, researcher):
    made = asked.ask("tiny", str(tiny_folder), step=3, series="spring", only_look=True)
    asked.work_off_one()
    made.refresh_from_db()
    assert made.status == "seen" and asked.work_off_one() is False and not Checkpoint.objects.exists()
    assert made.found["description"]["parameters"] > 0 and made.seen.licence_told == "not told"
    asked.go_on(made, researcher)
    asked.work_off_one()
    made.refresh_from_db()
    assert made.status == "done" and made.checkpoint.digest == made.found["digest"]
    assert made.checkpoint.description == made.found["description"]


def test_files_that_changed_since_they_were_looked_at_are_not_registered(db, tiny_folder):
    made = asked.ask("tiny", str(tiny_folder), only_look=True)
    asked.work_off_one()
    (tiny_folder / "generation_config.json").write_text('{"eos_token_id": 7}')
    made.refresh_from_db()
    asked.go_on(made)
    asked.work_off_one()
    made.refresh_from_db()
    assert made.status == "refused" and "no longer those that were looked at" in made.reason
    assert not Checkpoint.objects.exists()
