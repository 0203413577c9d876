"""Runs are told of before they start, started, stopped and gone on with by a command, as on pages."""

import pytest
from django.core.management import CommandError, call_command

from generation.models import Chunk, GenerationRun
from tests.generation.conftest import engine_checkpoint


@pytest.fixture
def say(version, capsys):
    engine_checkpoint("owl")

    def run(*words: object) -> str:
        call_command("generation_run", *map(str, words))
        return capsys.readouterr().out

    return run


def test_a_dry_run_tells_what_it_would_take_and_makes_nothing(say, version):
    told = say("start", "owl", version, "--max-new-tokens", 50, "--dry-run")
    n = version.prompts.count()
    assert f"To be generated: {n} of {n}; there already: 0" in told and f"Tokens, at most: {50 * n}" in told
    assert "Time: unknown; disk: unknown" in told and "Nothing was started." in told
    assert not GenerationRun.objects.exists()


def test_a_run_is_started_stopped_and_gone_on_with(say, version):
    told = say("start", "owl", version, "--temperature", 0.5, "--seed", 7)
    run = GenerationRun.objects.get()
    assert f"Run {run.pk}, {run}, is in the ledger" in told
    assert (run.seed, run.sampling["temperature"]) == (7, 0.5)
    chunks = Chunk.objects.filter(run=run).count()
    assert say("stop", run.pk) == f"{chunks} chunks were stopped.\n"
    assert say("retry", run.pk) == f"{chunks} chunks are tried again.\n"
    assert set(Chunk.objects.values_list("status", flat=True)) == {"queued"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("start", "gull", "everyday"), "There is no checkpoint 'gull'"),
        (("start", "owl", "no-such"), "There is no prompt set 'no-such'"),
        (("start", "owl", "everyday", "--top-p", "0.5"), "at temperature 0"),
        (("start", "owl", "everyday", "--samples", "2"), "ask for 1"),
        (("start", "owl", "everyday", "--seed", "-1", "--dry-run"), "seed is -1"),
        (("stop", "99"), "There is no run 99"),
    ],
)
def test_what_cannot_be_is_refused_and_starts_nothing(say, words, told):
    with pytest.raises(CommandError, match=told):
        say(*words)
    assert not GenerationRun.objects.exists()
