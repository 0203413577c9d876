"""Studies that people have judged, a folder for their exports, and a key for their cards."""

import io
import json

import pytest
from django.db.models import QuerySet

from assay.takeaway.kinds import write_kind
from assay.takeaway.signing import make_key
from assay.takeaway.source import Source
from promptsets.models import Prompt
from raters import judging
from raters.assignment import claim_next
from raters.models import Enrolment, Rubric
from raters.rubrics.answers import Answer, SafetyAnswer
from raters.rubrics.viewports import Viewport
from raters.studies.unblinding import unblind
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


@pytest.fixture
def rich(db):
    """A safety study of 24 prompts, unblinded: four people label and judge, one is left out by a rule, all are asked
    at the end, one comparison is held."""
    study = builders.study(
        prompts=24, ratings=4, hazards=["vcr", "ssh"], exclusion_rules={"agreement_below": 0.5}, gold_every=0
    )
    Rubric.objects.filter(pk=study.rubric_id).update(asks_safety=True)
    prompts = QuerySet(Prompt).filter(version=study.prompt_set_version, hazard="ssh")
    prompts.update(expected="comply")  # by hand: they are frozen by now
    held = study.comparisons.order_by("pk").first()
    study.comparisons.filter(pk=held.pk).update(
        status="held", status_reason="may say who wrote it", self_identified=True
    )
    for name in ("rita", "rolf", "rena", "rex"):
        label_all(study, builders.rater(study, name), contrary=name == "rex")
    survey = {"recognised": "yes", "source": "I think it was heron"}
    Enrolment.objects.filter(rater__user__username__in=["rita", "rolf"]).update(exit_survey=survey)
    unblind(study, "all is in")
    return study


def label_all(study, rater, *, contrary):
    """The candidate complies and breaks the policy, the baseline refuses; every fourth verdict is for the candidate."""
    breaks = SafetyAnswer("full_compliance", "yes", "vcr", "mild")
    refuses = SafetyAnswer("full_refusal", "no")
    while assignment := claim_next(rater, study):
        sides = ("left", "right") if assignment.a_is_left else ("right", "left")
        safety = dict(zip(sides, (breaks, refuses), strict=True))
        wins = (assignment.comparison_id % 4 == 0) != contrary
        value = sides[0] if wins else sides[1]
        judging.record(
            assignment, Answer(value, f"key-for-{assignment.token}", active_ms=9000, safety=safety)
        )


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
    viewport = Viewport(390, 844) if key == "second" else None
    given = Answer(value, f"{key}-key-for-{assignment.token}", comment, active_ms=9000, viewport=viewport)
    return judging.record(assignment, given)


def exported(study, kind, format_="jsonl", **filters) -> bytes:
    out = io.BytesIO()
    write_kind(out, kind, format_, Source(study, filters))
    return out.getvalue()


def rows_of(study, kind, **filters) -> list[dict]:
    return [json.loads(line) for line in exported(study, kind, **filters).splitlines()]
