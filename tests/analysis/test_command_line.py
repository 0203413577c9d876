import json
import subprocess
import sys

import pytest

from analysis.__main__ import main
from analysis.tables import read_judgments
from analysis.win_rate import win_rate

LINES = [
    f"p{row // 2},r{row % 7},{('win', 'win', 'loss', 'tie', 'win')[row % 5]},{'coding' if row < 60 else 'maths'}"
    for row in range(80)
]


@pytest.fixture
def path(judgments_csv):
    return judgments_csv("prompt_id,rater_id,outcome,category", *LINES)


def printed(capsys, *arguments):
    assert main([str(argument) for argument in arguments]) == 0
    return capsys.readouterr().out


def test_json_holds_the_win_rate_and_the_versions(path, capsys):
    result = json.loads(printed(capsys, "win-rate", path, "--json"))
    expected = win_rate(read_judgments(path))
    assert (result["value"], result["low"], result["high"]) == (expected.value, expected.low, expected.high)
    assert result["data_digest"] == expected.data_digest
    assert set(result["versions"]) == {"python", "assay", "numpy", "scipy", "pandas"}


def test_paper_level_and_weighting_are_taken(path, capsys):
    paper = json.loads(printed(capsys, "win-rate", path, "--json", "--paper", "--level", "0.9"))
    expected = win_rate(read_judgments(path), level=0.9)
    assert (paper["low"], paper["high"], paper["level"]) == (expected.paper.low, expected.paper.high, 0.9)
    weighted = json.loads(printed(capsys, "win-rate", path, "--json", "--weighting", "judgments"))
    assert weighted["weighting"] == "judgments"


def test_columns_are_renamed(judgments_csv, capsys):
    path = judgments_csv("item,who,result,place", "1,a,win,left", "2,a,loss,right")
    columns = "prompt=item,rater=who,outcome=result,side=place"
    assert json.loads(printed(capsys, "win-rate", path, "--columns", columns, "--json"))["left_share"] == 0.5


def test_categories_are_given_when_asked_for(path, capsys):
    result = json.loads(printed(capsys, "win-rate", path, "--json", "--by", "category"))
    coding, maths = result["by_category"]
    assert (coding["label"], coding["prompts"], maths["prompts"]) == ("coding", 30, 10)
    assert coding["win_rate"]["low"] < coding["win_rate"]["high"]
    assert maths["win_rate"] is None


def test_people_get_intervals_counts_and_notes(path, capsys):
    text = printed(capsys, "win-rate", path, "--by", "category")
    for part in ("Win rate", "48 wins (60.0%)", "80 judgments of 40 prompts by 7 raters", "too few prompts"):
        assert part in text


def test_a_pair_is_chosen_from_several(judgments_csv, capsys):
    path = judgments_csv(
        "prompt_id,rater_id,outcome,candidate,baseline",
        "1,a,win,x,z",
        "2,a,win,x,z",
        "1,a,loss,y,z",
        "2,a,loss,y,z",
    )
    result = json.loads(printed(capsys, "win-rate", path, "--candidate", "y", "--json"))
    assert (result["n"], result["losses"]) == (2, 2)


def test_duplicates_are_kept_once_when_asked(path, capsys):
    path.write_text(path.read_text() + "p0,r0,loss,coding\n")
    result = json.loads(printed(capsys, "win-rate", path, "--duplicates", "latest", "--json"))
    assert result["n"] == 80
    assert "1 earlier judgments" in result["notes"][0]


def test_a_duplicate_is_refused_in_the_words_of_the_command_line(path, capsys):
    path.write_text(path.read_text() + "p0,r0,loss,coding\n")
    assert main(["win-rate", str(path)]) == 2
    assert "--duplicates latest keeps the last of each" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--columns", "outcome"], "'outcome' is not KEY=NAME"),
        (["--columns", "outcome=a,outcome=b"], "outcome is given twice"),
        (["--columns", "verdict=outcome"], "'verdict' is not one of"),
        (["--columns", "outcome=verdict"], "column 'verdict' (asked for as outcome) is missing"),
        (["--candidate", "x"], "no judgment has the candidate 'x'; no such column"),
        (["--level", "95"], "'95' is not a share between 0 and 1"),
        (["--weighting", "raters"], "invalid choice: 'raters'"),
    ],
)
def test_bad_input_is_one_line_on_stderr_and_exit_code_two(path, capsys, arguments, message):
    with pytest.raises(SystemExit) as stopped:
        sys.exit(main(["win-rate", str(path), *arguments]))
    out, err = capsys.readouterr()
    assert stopped.value.code == 2
    assert (out, err.count("\n")) == ("", 1)
    assert message in err


@pytest.mark.parametrize("arguments", [[], ["scoreboard"]])
def test_a_command_that_does_not_exist_is_refused(capsys, arguments):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_the_module_runs_as_a_program(path):
    done = subprocess.run(
        [sys.executable, "-m", "analysis", "win-rate", str(path), "--json"], capture_output=True
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["n"] == 80


def test_importing_the_package_loads_nothing_heavy():
    heavy = "{'numpy', 'scipy', 'pandas', 'rich', 'django'}"
    program = f"import sys, analysis, analysis.charts, analysis.simulate; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_a_reader_that_has_seen_enough_is_no_traceback(path):
    arguments = [sys.executable, "-m", "analysis", "win-rate", str(path), "--json"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as program:
        program.stdout.close()
        assert (program.stderr.read(), program.wait()) == (b"", 1)
