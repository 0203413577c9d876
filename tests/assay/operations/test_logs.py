"""A line of the log for each thing that happened, as JSON or text, with the ids of what it was about."""

import json
import logging
import os
import subprocess
import sys

import pytest

from assay.operations.logs import JsonFormatter, TextFormatter
from generation.log_context import about, current
from tests.processes import ROOT


def record(message: str = "Chunk %s failed", *arguments: object, **more: object) -> logging.LogRecord:
    made = logging.LogRecord("generation.working", logging.ERROR, __file__, 1, message, arguments, None)
    made.__dict__.update(more)
    return made


def test_a_line_of_json_has_time_level_logger_message_and_ids():
    with about(run=7, chunk=9):
        line = json.loads(JsonFormatter().format(record("Chunk %s failed", "nine")))
    assert line.pop("at").endswith("+00:00")
    assert line == {
        "level": "ERROR",
        "logger": "generation.working",
        "message": "Chunk nine failed",
        "run": "7",
        "chunk": "9",
    }


def test_a_traceback_and_line_breaks_stay_in_one_line():
    try:
        raise ValueError("two\nlines")
    except ValueError:
        text = JsonFormatter().format(record("odd\ntext", exc_info=sys.exc_info()))
    assert "\n" not in text
    assert json.loads(text)["message"] == "odd\ntext" and "ValueError: two" in json.loads(text)["error"]


def test_text_has_the_same_ids_behind_the_message():
    with about(request="abc"):
        line = TextFormatter().format(record("It broke", facts={"status": 500}))
    assert line.endswith("ERROR generation.working: It broke [request=abc status=500]")


def test_ids_hold_inside_their_block_alone():
    with about(run=1):
        with about(chunk=2):
            assert current() == {"run": "1", "chunk": "2"}
        assert current() == {"run": "1"}
    assert current() == {}


def lines_of(format_: str) -> list[str]:
    code = (
        "import django, logging; django.setup(); from generation.log_context import about\n"
        "with about(chunk=3): logging.getLogger('generation.x').warning('Hello')\n"
        "logging.getLogger('httpx').info('chatter')"
    )
    environment = {
        **os.environ,
        "DEBUG": "1",
        "LOG_FORMAT": format_,
        "DJANGO_SETTINGS_MODULE": "assay.settings",
    }
    environment["PYTHONPATH"] = f"{ROOT}{os.pathsep}{ROOT / 'platform'}"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    return done.stderr.splitlines()


def test_the_setting_chooses_the_form():
    (line,) = lines_of("json")
    assert json.loads(line)["chunk"] == "3"
    (line,) = lines_of("text")
    assert line.endswith("WARNING generation.x: Hello [chunk=3]")


def test_another_form_is_refused_by_the_settings_name():
    assert any("LOG_FORMAT='xml' is none of: json, text" in line for line in lines_of("xml"))


@pytest.mark.parametrize("name", ["generation.heartbeat", "assay.requests"])
def test_our_loggers_hand_on_to_the_one_handler(name):
    assert logging.getLogger(name).propagate and not logging.getLogger(name).handlers
