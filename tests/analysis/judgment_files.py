"""What the tests of commands share: rows of judgments, and how a command is run."""

import json

from analysis.__main__ import main

OUTCOMES = ("win", "win", "loss", "tie", "win")
HEADER = "prompt_id,rater_id,outcome,side,candidate,baseline,category,active_ms,length_difference,both_bad"
EVERY = {
    "win-rate": ("PAIR",),
    "ties": ("PAIR",),
    "position": ("PAIR",),
    "agreement": ("PAIR",),
    "raters": ("PAIR",),
    "stop": ("PAIR", "--planned", "70"),
    "adjusted": ("PAIR",),
    "prediction": ("PAIR", "--judge", "JUDGE"),
    "gate": ("THREE", "--old", "old", "--new", "new", "--baseline", "base", "--margin", "40"),
    "leaderboard": ("THREE",),
    "safety": ("LABELS",),
    "power": ("--moments", "PAIR"),
}


def line(row, candidate="new", baseline="base", shift=0):
    outcome = OUTCOMES[(row + shift) % 5]
    bad = "true" if outcome == "tie" and row % 2 else "false"
    side = ("left", "right")[row % 2]
    category = ("coding", "writing", "maths")[row // 3 % 3]
    known = f"{outcome},{side},{candidate},{baseline},{category}"
    return f"p{row // 3:03},r{row % 7},{known},{900 + row},{row % 11 - 5},{bad}"


def printed(capsys, *arguments, code=0):
    assert main([str(argument) for argument in arguments]) == code
    return capsys.readouterr().out


def answered(capsys, *arguments, code=0):
    return json.loads(printed(capsys, *arguments, "--json", code=code))
