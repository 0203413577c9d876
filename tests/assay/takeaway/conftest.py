"""Studies that people have judged, a folder for their exports, and a key for their cards."""

import io
import json

import pytest

from assay.takeaway.kinds import write_kind
from assay.takeaway.signing import make_key
from assay.takeaway.source import Source
from raters import judging
from raters.assignment import claim_next
from tests import builders

ANSWERS = ("left", "same", "right", "left")


@pytest.fixture(autouse=True)
def folders(settings, tmp_path):
    settings.EXPORT_ROOT = tmp_path / "exports"
    settings.CARD_KEY = tmp_path / "keys/card-key.pem"
    make_key()
    return tmp_path


@pytest.fixture
def judged(db):
    """Three people over sixteen prompts: wins, ties and losses, one skip, one changed mind, one held comparison."""
    study = builders.study(prompts=16)
    for name in ("rita", "rolf", "rena"):
        judge_all(study, builders.rater(study, name))
    return study


def judge_all(study, rater):
    """Answers in turn; a comment that a spreadsheet would run on the first, and a second thought on the second."""
    number = 0
    while assignment := claim_next(rater, study):
        comment = "=HYPERLINK(1)" if number == 0 else ""
        answer(assignment, ANSWERS[number % len(ANSWERS)], comment)
        if number == 1:
            answer(assignment, "right", "on second thought", key="second")
        number += 1


def answer(assignment, value, comment="", key="first"):
    given = judging.Answer(value, f"{key}-key-for-{assignment.token}", comment=comment, active_ms=9000)
    return judging.record(assignment, given)


def exported(study, kind, format_="jsonl", **filters) -> bytes:
    out = io.BytesIO()
    write_kind(out, kind, format_, Source(study, filters))
    return out.getvalue()


def rows_of(study, kind, **filters) -> list[dict]:
    return [json.loads(line) for line in exported(study, kind, **filters).splitlines()]
