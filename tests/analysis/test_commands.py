"""Every subcommand: its JSON for programs, its table for people, and what it refuses."""

import sys

import pytest

from analysis.__main__ import main
from analysis.commands import commands
from tests.analysis.judgment_files import HEADER, answered, line, printed


@pytest.fixture
def pair(judgments_csv):
    return judgments_csv(HEADER, *(line(row) for row in range(210)))


@pytest.fixture
def three(judgments_csv):
    rows = [
        line(row, *names, shift)
        for shift, names in enumerate([("new", "base"), ("old", "base"), ("old", "new")])
        for row in range(210)
    ]
    return judgments_csv(HEADER, *rows)


NEEDED = {"stop": ("--planned", "70")}


@pytest.mark.parametrize(
    "command", ["win-rate", "ties", "position", "agreement", "raters", "stop", "adjusted"]
)
def test_each_command_on_one_pair_gives_numbers_with_their_origin(pair, capsys, command):
    result = answered(capsys, command, pair, *NEEDED.get(command, ()))
    assert result["command"] == command
    assert len(result["data_digest"]) == 64
    assert set(result["versions"]) == {"python", "assay", "numpy", "scipy", "pandas"}
    assert result["n"] == 210


@pytest.mark.parametrize("command", ["ties", "position", "agreement", "stop", "adjusted"])
def test_each_value_has_its_interval_its_level_and_its_method(pair, capsys, command):
    result = answered(capsys, command, pair, "--level", "0.9", *NEEDED.get(command, ()))
    assert result["low"] <= result["value"] <= result["high"]
    assert result["level"] == 0.9
    assert result["method"]
    assert command == "agreement" or result["weighting"] in ("prompts", "judgments")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("ties", ["both bad, counted as ties", "wins among the decided"]),
        ("position", ["bias to the left", "candidate on the right"]),
        ("agreement", ["Krippendorff's alpha, interval", "Gwet's AC1", "neither is a gate"]),
        ("raters", ["Holm over 7 raters", "DS-weighted win rate"]),
        ("stop", ["70 of 70 planned", "by name of", "these raters"]),
        ("adjusted", ["appendix", "no headline"]),
    ],
)
def test_people_get_a_table_and_what_it_rests_on(pair, capsys, command, words):
    text = " ".join(printed(capsys, command, pair, *NEEDED.get(command, ())).split())
    assert [word for word in words if word not in text] == []


def test_slices_are_shrunk_and_adjusted_together(pair, capsys):
    result = answered(capsys, "win-rate", pair, "--by", "category")
    assert all(part["shrunk"]["kept"] <= 1 and part["p_adjusted"] <= 1 for part in result["by_category"])
    assert "Holm-adjusted" in printed(capsys, "win-rate", pair, "--by", "category")


def test_gold_prompts_are_scored_and_count_for_nothing_else(pair, tmp_path, capsys):
    gold = tmp_path / "gold.csv"
    gold.write_text("prompt_id,outcome\np000,win\n")
    result = answered(capsys, "raters", pair, "--gold", gold)
    assert sum(rater["gold_right"]["of"] for rater in result["of_each"]) == 3
    assert result["dawid_skene"]["prompts"] == 69


def test_names_that_begin_alike_are_told_apart_in_tables(tmp_path, capsys):
    names = [f"recurrentgemma-9b-it-2024-step-{step}0000" for step in (11, 12)]
    rows = [f"p{i},ann,{name},no" for i in range(20) for name in names]
    (tmp_path / "labels.csv").write_text("\n".join(["prompt_id,rater_id,checkpoint,violation", *rows]) + "\n")
    text = printed(capsys, "safety", tmp_path / "labels.csv")
    column = [line.split("│")[2].strip() for line in text.splitlines() if line.count("│") > 7]
    assert "…" not in text
    assert [name for name in names if name not in "".join(column)] == []


def test_gold_without_the_columns_is_refused(pair, tmp_path, capsys):
    gold = tmp_path / "gold.csv"
    gold.write_text("prompt,outcome\np000,win\n")
    assert main(["raters", str(pair), "--gold", str(gold)]) == 2
    assert "column 'prompt_id' is missing; the table has: prompt, outcome" in capsys.readouterr().err


def test_safety_rates_and_their_paired_difference(labels, capsys):
    result = answered(capsys, "safety", labels)
    assert [(rate["checkpoint"], rate["hits"]) for rate in result["rates"]] == [("x", 15), ("y", 5)]
    assert result["comparisons"][0]["difference"]["only_first"] == 10
    assert "McNemar" in printed(capsys, "safety", labels, "--rule", "any", "--exact")


@pytest.mark.parametrize(("margin", "code", "verdict"), [("40", 0, "pass"), ("1", 11, "inconclusive")])
def test_the_gate_answers_by_its_exit_code(three, capsys, margin, code, verdict):
    arguments = ["gate", three, "--old", "old", "--new", "new", "--baseline", "base", "--margin", margin]
    assert answered(capsys, *arguments, code=code)["verdict"] == verdict


def test_a_failing_gate_has_exit_code_ten(judgments_csv, capsys):
    rows = [
        f"p{i},r{i % 6},{'loss' if i % 10 else 'win'},{('left', 'right')[i // 10 % 2]},new,old,,,0,false"
        for i in range(60)
    ]
    path = judgments_csv(HEADER, *rows)
    result = answered(capsys, "gate", path, "--old", "old", "--new", "new", code=10)
    assert (result["verdict"], result["kind"]) == ("fail", "direct")


def test_several_criteria_are_one_verdict(three, tmp_path, capsys):
    other = tmp_path / "safety.csv"
    other.write_text(three.read_text())
    arguments = ["gate", three, other, "--old", "old", "--new", "new", "--baseline", "base", "--margin", "40"]
    assert set(answered(capsys, *arguments)["gates"]) == {"judgments", "safety"}


def test_the_planner_answers_without_a_file_and_with_a_studys_own_moments(pair, capsys):
    prior = answered(capsys, "power", "--half-width", "3")
    assert (prior["moments_from"], prior["judgments"]) == ("prior", 1200)
    assert prior["prompts_needed"] > 400
    own = answered(capsys, "power", "--moments", pair)
    assert (own["moments_from"], len(own["data_digest"])) == ("the study's own", 64)
    assert "more raters are" in printed(capsys, "power", "--half-width", "1")


def test_a_leaderboard_of_three(three, capsys):
    result = answered(capsys, "leaderboard", three)
    assert {one["checkpoint"] for one in result["standings"]} == {"new", "old", "base"}
    assert "Ranks at 95%" in printed(capsys, "leaderboard", three, "--model", "bradley-terry")
    assert "length_difference: " in printed(capsys, "leaderboard", three, "--covariates", "length_difference")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        *(
            ([*command.split(), "SIDE"], "'new' stood left in every row (a one-sided design)")
            for command in ("win-rate", "position", "ties", "stop --planned 20", "adjusted", "agreement")
        ),
        (["gate", "SIDE", "--old", "base", "--new", "new"], "one-sided design"),
        (["leaderboard", "PAIR"], "two checkpoints"),
        (["power", "--prompts", "1"], "2 prompts or more"),
        (["power", "--margin", "0"], "'0' is not a number of points"),
        (["stop", "PAIR", "--planned", "1"], "--planned is a number of prompts"),
        (["stop", "PAIR"], "the following arguments are required: --planned"),
        (["gate", "PAIR", "PAIR", "--old", "a", "--new", "b"], "two of the files have the same name"),
        (["win-rate", "PAIR", "--plot", "chart.gif"], "'chart.gif' ends in neither .svg nor .png"),
        (["gate", "PAIR", "--old", "base", "--new", "new", "--level", "0.5"], "not a level above 0.5"),
        (["agreement", "PAIR", "--seed", "-1"], "'-1' is not a whole number from 0 up"),
        (["agreement", "PAIR", "--draws", "0"], "'0' is not a whole number from 1 up"),
        (["adjusted", "PAIR", "--covariates", "age"], "column 'age' is missing"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(pair, tmp_path, capsys, arguments, message):
    side = tmp_path / "side.csv"
    side.write_text(HEADER + "\n" + "\n".join(line(2 * row) for row in range(20)) + "\n")
    files = {"PAIR": str(pair), "SIDE": str(side)}
    with pytest.raises(SystemExit) as stopped:
        sys.exit(main([files.get(argument, argument) for argument in arguments]))
    error = capsys.readouterr().err
    assert stopped.value.code == 2
    assert error.count("\n") == 1
    assert message in error.replace("2 checkpoints", "two checkpoints")


def test_a_one_sided_design_can_be_accepted(tmp_path, capsys):
    side = tmp_path / "side.csv"
    side.write_text(HEADER + "\n" + "\n".join(line(2 * row) for row in range(20)) + "\n")
    result = answered(capsys, "win-rate", side, "--one-sided")
    assert any("carries the raters' side bias" in note for note in result["notes"])


def test_every_command_explains_itself(capsys):
    for command in commands():
        with pytest.raises(SystemExit) as stopped:
            main([command.NAME, "--help"])
        assert stopped.value.code == 0
        assert command.HELP.split()[0] in capsys.readouterr().out


ONE_PAIR = ("win-rate", "ties", "position", "agreement", "raters", "stop", "adjusted")


@pytest.mark.parametrize("command", ONE_PAIR)
def test_judgments_that_gave_way_are_told_in_every_result(judgments_csv, capsys, command):
    path = judgments_csv(HEADER, *(line(row) for row in range(210)), line(209))
    options = ("--duplicates", "latest", *NEEDED.get(command, ()))
    assert "1 earlier judgments gave way" in answered(capsys, command, path, *options)["notes"][0]
    text = " ".join(printed(capsys, command, path, *options).split())
    assert "Note: 1 earlier judgments gave way" in text


def few_raters(row):
    """As `line`, but four raters alone."""
    return line(row).replace("r4,", "r0,").replace("r5,", "r1,").replace("r6,", "r2,")


@pytest.mark.parametrize("command", ["win-rate", "ties", "position", "adjusted", "gate"])
def test_few_raters_are_told_and_no_method_claims_both_ways(judgments_csv, capsys, command):
    path = judgments_csv(HEADER, *(few_raters(row) for row in range(210)))
    options = ("--old", "base", "--new", "new", "--margin", "90") if command == "gate" else ()
    result = answered(capsys, command, path, "--duplicates", "latest", *options)
    assert any("4 raters: rater sampling not estimable" in note for note in result["notes"])
    assert "two-way" not in result["method"]


@pytest.mark.parametrize("command", ["win-rate", "ties", "position", "adjusted", "gate"])
def test_raters_who_did_most_are_told(judgments_csv, capsys, command):
    rows = [line(row).split(",") for row in range(210)]
    lopsided = [
        ",".join([f"p{row:03}", f"r{row % 2 if row > 12 else row}", *cells[2:]])
        for row, cells in enumerate(rows)
    ]
    options = ("--old", "base", "--new", "new", "--margin", "90") if command == "gate" else ()
    notes = answered(capsys, command, judgments_csv(HEADER, *lopsided), *options)["notes"]
    assert any("few raters did most: 13 raters count as" in note for note in notes)
