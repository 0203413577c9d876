"""Every command's result: the promised names in its JSON, and nothing for people without its n and its method."""

import re

import pytest

from analysis.commands import commands
from analysis.commands.results import PROMISED
from tests.analysis.judgment_files import EVERY, answered, printed


def test_every_command_is_tried():
    assert set(EVERY) == {command.NAME for command in commands()}


@pytest.mark.parametrize("command", EVERY)
def test_the_json_has_every_promised_name_and_says_why_where_there_is_none(every, capsys, command):
    result = answered(capsys, command, *every[command])
    assert list(result)[: 1 + len(PROMISED)] == ["command", *PROMISED]
    assert {name for name in PROMISED if result[name] is None} == set(result["absent"])
    assert result["prompts"] > 1 and result["raters"] >= 1 and len(result["data_digest"]) == 64


@pytest.mark.parametrize(
    "command",
    ["win-rate", "ties", "position", "agreement", "raters", "stop", "adjusted", "prediction", "gate"],
)
def test_the_json_names_the_pair_and_its_outcomes(every, capsys, command):
    result = answered(capsys, command, *every[command])
    assert (result["candidate"], result["baseline"]) == ("new", "base")
    assert (result["wins"], result["ties"], result["losses"]) == (126, 42, 42)


def test_several_criteria_name_the_promised_ones_of_each(every, tmp_path, capsys):
    other = tmp_path / "other.csv"
    other.write_text(every["gate"][0].read_text())
    result = answered(capsys, "gate", other, *every["gate"])
    assert set(result["absent"]) == set(PROMISED)
    assert all(one["n"] == 420 and one["candidate"] == "new" for one in result["gates"].values())


@pytest.mark.parametrize(
    ("command", "method"),
    [
        ("win-rate", "two-way prompt x rater, effective-n Wilson"),
        ("ties", "two-way prompt x rater, effective-n Wilson"),
        ("position", "bias: two-way prompt x rater, Student's t"),
        ("agreement", "unit bootstrap, percentile"),
        ("stop", "asymptotic confidence sequence on prompt means"),
        ("adjusted", "logistic in tanh of scaled differences"),
        ("prediction", "prediction-powered (PPI++)"),
        ("gate", "two-way prompt x rater, Student's t"),
        ("leaderboard", "Davidson with ties"),
        ("raters", "prompt-clustered, effective-n Wilson"),
        ("power", "normal, variance components"),
    ],
)
def test_people_get_each_number_with_its_n_and_method(every, capsys, monkeypatch, command, method):
    monkeypatch.setenv("COLUMNS", "250")
    text = " ".join(printed(capsys, command, *every[command]).split())
    assert method in text
    assert command == "power" or re.search(r"(210|420|630) judgments", text)


@pytest.mark.parametrize("command", ["gate", "power"])
def test_a_margin_is_in_points(every, capsys, command):
    assert answered(capsys, command, *every[command], "--margin", "40")["margin"] == 0.4


def test_points_of_half_width_are_hundredths(capsys):
    result = answered(capsys, "power", "--half-width", "3.7")
    assert (result["wanted"], result["margin"]) == (pytest.approx(0.037), 0.05)
    assert result["prompts_needed"] == pytest.approx(400, abs=15)


def test_right_answers_and_a_judges_verdicts_have_digests(every, tmp_path, capsys):
    gold = tmp_path / "gold.csv"
    gold.write_text("prompt_id,outcome\np000,win\n")
    assert len(answered(capsys, "raters", *every["raters"], "--gold", gold)["gold_digest"]) == 64
    assert len(answered(capsys, "prediction", *every["prediction"])["judge_digest"]) == 64
