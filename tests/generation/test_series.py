"""A training run's place: what watching it changes and keeps, and where in it a checkpoint may stand."""

import pytest
from django.utils import timezone

from assay.accounts.models import AuditEvent
from generation.describing import step_in
from generation.models import Checkpoint, CheckpointSeries
from generation.series import check_place, check_same_place, series_with_free_step, watch

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings, tmp_path) -> str:
    settings.CHECKPOINT_ROOTS = [tmp_path]
    return str(tmp_path)


def test_watching_makes_the_series_and_looks_at_once(folder, researcher):
    made = watch("herons", folder, every_s=60, dtype="int8", actor=researcher)
    kept = CheckpointSeries.objects.get()
    assert (kept, kept.title, kept.watch_uri) == (made, "herons", folder)
    assert (kept.look_every_s, kept.watch_dtype) == (60, "int8") and kept.next_look_at <= timezone.now()
    event = AuditEvent.objects.get(action="series.watched")
    assert (event.actor, event.detail) == (researcher, {"uri": folder})


def test_watching_anew_keeps_a_title_that_is_not_told_and_an_empty_address_ends_it(folder):
    watch("herons", folder, title="Grey herons")
    watch("herons", "")
    kept = CheckpointSeries.objects.get()
    assert (kept.title, kept.watch_uri) == ("Grey herons", "")
    watch("herons", folder, title="White herons")
    assert CheckpointSeries.objects.get().title == "White herons"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"slug": "grey herons"}, "series is 'grey herons'; use letters, digits"),
        ({"slug": "h" * 51}, "use 50 characters at most"),
        ({"every_s": 0}, "a whole number from 1 up, not 0"),
        ({"dtype": "float16"}, "it must be one of float32, bfloat16, int8"),
        ({"uri": "/nowhere/at/all"}, "nowhere"),
    ],
)
def test_what_cannot_be_watched_is_refused_and_nothing_is_kept(folder, given, message):
    told = {"slug": "herons", "uri": folder, **given}
    with pytest.raises(ValueError, match=message):
        watch(told.pop("slug"), told.pop("uri"), **told)
    assert not CheckpointSeries.objects.exists() and not AuditEvent.objects.exists()


def test_the_longest_name_and_the_shortest_pause_are_taken(folder):
    assert watch("h" * 50, folder, every_s=1).look_every_s == 1


@pytest.mark.parametrize(("series", "step"), [(None, 5), (None, 0), ("herons", -1)])
def test_a_step_is_a_whole_number_within_a_series(series, step):
    with pytest.raises(ValueError, match=f"step is {step}; it is a whole number from 0 up"):
        check_place(series, step)
    for place in ((None, None), ("herons", None), ("herons", 0)):
        check_place(*place)


@pytest.fixture
def heron() -> Checkpoint:
    series = CheckpointSeries.objects.create(slug="herons", title="Herons")
    return Checkpoint.objects.create(
        name="heron", source="engine", uri="/heron", digest="h" * 64, series=series, step=5
    )


def test_a_step_of_a_series_is_taken_once_and_many_may_stand_at_none(heron):
    with pytest.raises(ValueError, match="series herons has a checkpoint at step 5 already: heron"):
        series_with_free_step("herons", 5)
    assert series_with_free_step("herons", 0) == series_with_free_step("herons", None) == heron.series
    assert series_with_free_step(None, None) is None
    assert series_with_free_step("ducks", 5).title == "ducks"


@pytest.mark.parametrize("place", [("herons", 6), ("herons", None), ("ducks", 5)])
def test_a_checkpoint_stands_in_one_place(heron, place):
    with pytest.raises(ValueError, match="registered already in series herons at step 5"):
        check_same_place(heron, *place)
    check_same_place(heron, "herons", 5)
    check_same_place(heron, None, None)


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("step-000400", 400),
        ("run2-step-7-final", 7),
        ("400", 400),
        ("final", None),
        ("9" * 18, int("9" * 18)),
        ("9" * 19, None),  # beyond what a column holds
    ],
)
def test_a_folder_names_its_step_last(name, step):
    assert step_in(name) == step
