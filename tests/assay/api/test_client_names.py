"""What the client asks for under each name, and when it stops waiting; none of it over a network."""

import json

import pytest

from assay.api.client import NotWholeError
from assay.api.client_commands import main
from tests.assay.api.test_client_patience import Line, ok, page


def asked(line: Line) -> list[tuple[str, str]]:
    return [(one.method, str(one.url).removeprefix("https://assay.example.org/api/v1")) for one in line.asked]


@pytest.mark.parametrize(
    ("name", "key", "path"),
    [
        ("remove_run", 7, "/runs/7/remove"),
        ("remove_checkpoint", 8, "/checkpoints/8/remove"),
        ("remove_prompt_set", "birds", "/prompt-sets/birds/remove"),
        ("remove_study", "autumn", "/studies/autumn/remove"),
    ],
)
def test_what_is_removed_is_archived_unless_another_act_is_said(name, key, path):
    line = Line(ok({"deleted": False}), ok({"deleted": True}))
    remove = getattr(line.client(), name)
    assert (remove(key)["deleted"], remove(key, "delete")["deleted"]) == (False, True)
    assert asked(line) == [("POST", path)] * 2
    assert [json.loads(one.content) for one in line.asked] == [{"act": "archive"}, {"act": "delete"}]


def test_a_report_is_read_once_a_worker_has_written_it():
    waiting = {"id": 3, "report": None, "reason": ""}
    line = Line(ok(waiting, 202), ok(waiting), ok(waiting | {"report": 9}), ok({"id": 9}))
    assert line.client().write_report("autumn", every_s=2) == {"id": 9}
    looks = [("GET", "/report-requests/3")] * 2
    assert asked(line) == [("POST", "/studies/autumn/reports"), *looks, ("GET", "/reports/9")]
    assert line.waits == [2]


def test_a_report_that_cannot_be_written_or_does_not_come_is_told():
    waiting = {"id": 3, "report": None, "reason": ""}
    line = Line(ok(waiting, 202), ok(waiting | {"reason": "no judgments yet"}))
    with pytest.raises(NotWholeError, match="no judgments yet"):
        line.client().write_report("autumn")
    with pytest.raises(NotWholeError, match="no report of autumn after 1 s"):
        Line(ok(waiting, 202), ok(waiting)).client().write_report("autumn", timeout_s=1, every_s=2)


def test_a_run_is_not_waited_for_longer_than_is_said():
    under_way = {"run": {"present": 1, "wanted": 2}, "under_way": True, "failures": []}
    with pytest.raises(NotWholeError, match="run 7 is not whole after 1 s"):
        Line(ok(under_way)).client().wait_for_run(7, timeout_s=1, every_s=2)


def test_a_folder_that_is_refused_is_told_and_one_that_was_looked_at_has_no_number():
    waiting = {"id": 5, "name": "ours", "status": "waiting", "reason": "", "checkpoint": None, "found": None}
    refused = waiting | {"status": "refused", "reason": "model.safetensors is cut short"}
    with pytest.raises(NotWholeError, match="cut short"):
        Line(ok(waiting, 202), ok(refused)).client().register_checkpoint("ours", "/weights/ours")
    line = Line(ok(waiting, 202), ok(waiting | {"status": "seen", "found": {"family": "gemma"}}))
    told = line.client().register_checkpoint("ours", "/weights/ours", dry_run=True)
    assert told == {"id": None, "name": "ours", "family": "gemma"}
    assert asked(line) == [("POST", "/checkpoints?dry_run=true"), ("GET", "/registrations/5")]


def test_an_export_that_was_cancelled_is_told(tmp_path):
    told = {"token": "t", "status": "queued", "error": ""}
    with pytest.raises(NotWholeError, match="the export is cancelled"):
        line = Line(ok(told, 202), ok(told), ok(told | {"status": "cancelled"}))
        line.client().export("autumn", "judgments", "csv", tmp_path / "out.csv")
    with pytest.raises(NotWholeError, match="disk full"):
        Line(ok(told), ok(told | {"status": "failed", "error": "disk full"})).client().export(
            "autumn", "judgments", "csv", tmp_path / "out.csv"
        )
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def results(tmp_path):
    file = tmp_path / "results_1.json"
    file.write_text("{}")
    return file


def test_automatic_results_go_to_the_checkpoint_of_that_name(results):
    line = Line(page([{"id": 4}], None), ok({"saved": True}))
    assert line.client().import_results(results, "heron", dry_run=True) == {"saved": True}
    assert asked(line) == [
        ("GET", "/checkpoints?name=heron"),
        ("POST", "/checkpoints/4/results?dry_run=true"),
    ]
    assert b'filename="results_1.json"' in line.asked[1].content
    with pytest.raises(NotWholeError, match="no checkpoint 'owl': register it first"):
        Line(page([], None)).client().import_results(results, "owl")


def test_a_list_is_read_from_where_it_is_said_to_the_end():
    line = Line(page([3, 4], "x"), page([5], None))
    assert list(line.client().pages("/runs", after="w", checkpoint="heron", prompt_set=None)) == [3, 4, 5]
    assert asked(line) == [("GET", f"/runs?after={after}&checkpoint=heron") for after in "wx"]


@pytest.mark.parametrize("given", [{}, {"ASSAY_URL": "https://x"}, {"ASSAY_TOKEN": "assay_x"}])
def test_a_command_that_knows_no_site_or_token_asks_nothing(given, capsys):
    assert main(["get", "/studies"], given) == 2
    out, err = capsys.readouterr()
    assert (out, err) == ("", "Set ASSAY_URL (or give --url) and ASSAY_TOKEN.\n")
