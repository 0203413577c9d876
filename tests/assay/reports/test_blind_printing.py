"""The command `report` tells of a blinded study under labels, as a file does, and under names once it is unblinded."""

import json

import pytest
from django.core.management import call_command

from raters.models import Study
from raters.studies.unblinding import unblind
from tests import builders
from tests.raters.working import work


@pytest.fixture
def judged(db) -> Study:
    """Three raters who all prefer the candidate, heron-autumn; label 1 is the baseline's."""
    study = builders.study(prompts=6, ratings=3)
    for name in ("ana", "ben", "sora"):
        list(work(builders.rater(study, name), study, "a"))
    Study.objects.update(secret=next(str(n) for n in range(99) if label_of_candidate(study, str(n)) == 2))
    study.refresh_from_db()
    return study


def label_of_candidate(study: Study, secret: str) -> int:
    from raters.studies.unblinding import labels_of

    study.secret = secret
    return int(labels_of(study)[study.arms.get(role="candidate").pk].removeprefix("Model "))


@pytest.fixture
def said(judged, capsys):
    def command(*options: str) -> str:
        capsys.readouterr()
        call_command("report", judged.slug, *options)
        return capsys.readouterr().out

    return command


def headline(text: str) -> dict[str, object]:
    return next(
        one for one in json.loads(text)["estimates"] if one["name"] == "win_rate" and not one["slice"]
    )


def test_a_blinded_study_is_told_of_under_labels_the_lower_one_first(judged, said):
    text = said("--json")
    told = headline(text)
    assert "heron" not in text and "plover" not in text
    assert (told["candidate"], told["baseline"], told["value"]) == ("Model 1", "Model 2", 0.0)
    assert json.loads(text)["judgments_sha256"] != judged.reports.first().judgments_sha256


def test_an_unblinded_one_is_told_of_under_names_in_the_same_shape(judged, said):
    blind = json.loads(said("--json"))
    unblind(judged, "it is over")
    text = said("--json")
    told = headline(text)
    assert (told["candidate"], told["baseline"], told["value"]) == ("heron-autumn", "plover-autumn", 1.0)
    assert set(json.loads(text)) == set(blind) and json.loads(text)["judgments_sha256"]


def test_tables_keep_to_labels_too(judged, said):
    table, paper = said(), said("--paper")
    assert "0/0/18" in table and "The study is blinded" in table
    assert "Model 1 of autumn" in paper and "against Model 2 of autumn" in paper and "heron" not in paper
    unblind(judged, "it is over")
    assert "18/0/0" in said() and "heron-autumn" in said("--paper")
