"""Commands about studies: what they print, and what they refuse in one line."""

import pytest
from django.core.management import CommandError, call_command

from raters.models import Invitation, Rater, Study
from raters.studies.phases import take
from tests import builders
from tests.raters.working import work


@pytest.fixture
def run(capsys):
    def command(*arguments: str) -> str:
        call_command(*arguments)
        return capsys.readouterr().out

    return command


@pytest.mark.parametrize("command", ["unblind", "invite", "simulate_raters"])
def test_a_study_that_is_not_there_is_told_with_those_that_are(study, command):
    reason = ["--reason", "over"] if command == "unblind" else []
    with pytest.raises(CommandError, match=r"There is no study 'spring'. Studies: autumn."):
        call_command(command, "spring", *reason)


def test_without_any_study_that_is_told(db):
    with pytest.raises(CommandError, match="Studies: none yet"):
        call_command("invite", "spring")


def test_unblinding_is_done_once_and_told(study, run):
    assert run("unblind", study.slug, "--reason", "it is over") == "autumn is unblinded.\n"
    assert Study.objects.get().unblinded_at
    with pytest.raises(CommandError, match="unblinded already"):
        call_command("unblind", study.slug, "--reason", "again")


def test_a_link_stands_under_the_sites_address(study, run):
    printed = run(
        "invite", study.slug, "--origin", "https://rate.example.org/", "--uses", "3", "--label", "L"
    )
    assert printed.startswith("https://rate.example.org/rate/join/") and "//rate/" not in printed
    made = Invitation.objects.get()
    assert (made.max_uses, made.label, round((made.expires_at - made.created_at).total_seconds())) == (
        3,
        "L",
        14 * 24 * 3600,
    )


@pytest.mark.parametrize(
    ("option", "value"), [("--uses", "0"), ("--uses", "100001"), ("--days", "0"), ("--days", "366")]
)
def test_a_link_for_nobody_or_for_ever_is_refused(study, option, value):
    with pytest.raises(CommandError, match=r"--uses is from 1 to 100,000, --days from 1 to 365"):
        call_command("invite", study.slug, option, value)
    assert not Invitation.objects.exists()


def test_a_label_that_fits_into_no_column_is_refused(study):
    call_command("invite", study.slug, "--label", "x" * 200)
    with pytest.raises(CommandError, match="--label has 200 characters at most"):
        call_command("invite", study.slug, "--label", "x" * 201)


def test_simulated_raters_say_what_they_did_and_know(study, run):
    options = ("--raters", "4", "--win-rate", "0.7", "--seed", "3")
    assert (
        run("simulate_raters", study.slug, *options)
        == "9 simulated judgments in autumn; true win rate 70.0%.\n"
    )
    assert Rater.objects.count() == 4
    assert Study.objects.get().simulation["seed"] == 3


def test_simulated_raters_do_not_judge_a_study_of_people_or_one_that_waits(study, rater):
    list(work(rater, study))
    take(builders.study(slug="winter"), "pause")
    with pytest.raises(CommandError, match="winter is paused: simulated raters need a study that collects"):
        call_command("simulate_raters", "winter")
    with pytest.raises(CommandError, match="autumn holds judgments of people"):
        call_command("simulate_raters", "autumn")
    assert not Rater.objects.filter(kind="simulated").exists()
