"""Files of automatic results: read strictly, kept whole or not at all, with the checkpoint that they are of."""

import gzip
import json
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command

from assay.accounts.models import AuditEvent
from generation.harness.importing import import_results
from generation.harness.reading import HarnessFileError, results_in
from generation.models import AutomaticResult, Checkpoint, ResultFile
from generation.removing import delete
from tests.generation.harness_files import harness_file, with_metrics


@pytest.fixture
def heron(db):
    return Checkpoint.objects.create(name="heron", source="imported", digest="imported:heron")


def test_each_metric_is_read_with_its_filter_error_shots_samples_and_version():
    read = results_in("results.json", harness_file())
    arc = read.numbers[0]
    assert (arc.task, arc.metric, arc.filter, arc.value, arc.stderr) == (
        "arc_easy",
        "acc",
        "none",
        0.656,
        0.0097,
    )
    assert (arc.shots, arc.samples, arc.task_version, arc.higher_is_better) == (0, 2376, "1.0", True)
    shown = [(one.metric, one.filter, one.stderr, one.shots) for one in read.numbers[2:]]
    assert shown == [
        ("exact_match", "strict-match", 0.008, 5),
        ("exact_match", "flexible-extract", None, 5),
        ("word_perplexity", "none", None, None),
    ]
    assert read.numbers[-1].higher_is_better is False and read.left_out == ()


def test_a_file_says_what_was_measured_when_and_by_which_version():
    read = results_in("results.json", harness_file())
    assert (read.model, read.version) == ("pretrained=herons/heron-2b,dtype=float32", "0a1b2c3")
    assert read.measured_at == datetime(2025, 11, 28, 12, tzinfo=UTC) and read.notes == ()
    newer = {"model_args": {"pretrained": "herons/heron-2b"}, "limit": 10}
    read = results_in("results.json", harness_file(config=newer, lm_eval_version="0.4.9"))
    assert (read.model, read.version) == ("pretrained=herons/heron-2b", "0.4.9")
    assert read.notes == ("only part of each task was asked: limit 10",)


def test_a_metric_without_a_finite_number_is_left_out_and_named():
    file = with_metrics(acc__none=0.5, f1__none=float("nan"), bleu__none="N/A", huge__none=10**400)
    read = results_in("results.json", file)
    assert [one.metric for one in read.numbers] == ["acc"]
    assert read.left_out == ("arc f1,none", "arc bleu,none", "arc huge,none")


def test_a_gzipped_file_is_read():
    assert len(results_in("results.json.gz", gzip.compress(harness_file())).numbers) == 5


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"  ", "is empty"),
        (b"{", "is no JSON"),
        (b"[1, 2]", "has no `results`"),
        (b'{"results": {}}', "has no `results`"),
        (
            b'{"results": {"arc": {"acc": 0.5}}}',
            "holds no number: harness 0.4 writes each metric with its filter",
        ),
        (b'{"results": {"arc": 3}}', "'arc': holds 3, not metrics by name"),
        (b'{"results": {"arc": {"acc,none": 1, "acc,none": 0}}}', "'acc,none' stands twice"),
        (b'{"results": {"a\\u0000b": {"acc,none": 1}}}', "a name is 1 to 200 printable characters"),
        (b'{"results": {"arc": {",none": 1}}}', "a name is 1 to 100 printable characters"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"results": {"arc": {"acc,none": ' + b"9" * 5000 + b"}}}", "is no JSON"),
        (b"\xff\xfe{", "UTF-16"),
        (b" " * (16 * 1024 * 1024 + 1), "more than 16 MB"),
        (with_metrics(acc__none=0.5, acc_stderr__none=-1), "a standard error of -1; it is 0 or more"),
    ],
    ids=lambda value: None if isinstance(value, bytes) else value[:20],
)
def test_what_no_harness_writes_is_refused_with_one_message(heron, content, told):
    with pytest.raises(Exception, match="Nothing was imported") as refused:
        import_results("results.json", content, heron)
    assert isinstance(refused.value, HarnessFileError) or "UTF-16" in told
    assert told in str(refused.value) and "\n" not in str(refused.value)
    assert not ResultFile.objects.exists() and not AuditEvent.objects.exists()


def test_too_many_numbers_are_refused():
    metrics = {f"m{number},none": 1 for number in range(20_001)}
    with pytest.raises(HarnessFileError, match="more than 20,000 numbers"):
        results_in("results.json", json.dumps({"results": {"arc": metrics}}).encode())


def test_results_are_kept_with_their_checkpoint_once(heron):
    first = import_results("results.json", harness_file(), heron)
    again = import_results("renamed.json", harness_file(), heron)
    assert first.is_new and not again.is_new and again.file == first.file
    assert AutomaticResult.objects.count() == 5 and heron.result_files.count() == 1
    event = AuditEvent.objects.get()
    assert event.action == "results.imported" and event.detail["numbers"] == 5


def test_one_file_is_of_one_checkpoint(heron):
    import_results("results.json", harness_file(), heron)
    plover = Checkpoint.objects.create(name="plover", source="imported", digest="imported:plover")
    with pytest.raises(ValueError, match="imported already, onto heron"):
        import_results("results.json", harness_file(), plover)
    assert not plover.result_files.exists()


def test_results_go_with_their_checkpoint(heron):
    import_results("results.json", harness_file(), heron)
    delete(heron)
    assert not AutomaticResult.objects.exists()


def test_the_command_says_what_it_kept(heron, tmp_path, capsys):
    file = tmp_path / "results.json"
    file.write_bytes(with_metrics(acc__none=0.5, f1__none=float("nan")))
    call_command("import_results", file, checkpoint="heron")
    call_command("import_results", file, checkpoint="heron")
    told = capsys.readouterr().out
    assert (
        "1 automatic results of heron are kept." in told and "were here already; nothing was changed." in told
    )
    assert "left out, no finite number: arc f1,none" in told
    with pytest.raises(CommandError, match="There is no checkpoint 'egret'"):
        call_command("import_results", file, checkpoint="egret")
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_results", tmp_path / "none.json", checkpoint="heron")
