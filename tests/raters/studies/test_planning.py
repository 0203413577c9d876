"""A plan names its arms and is refused with the arm that does not go; the draft it becomes is its planner's."""

from dataclasses import replace

import pytest
from django.db import IntegrityError

from assay.accounts.models import AuditEvent
from promptsets.refusals import FieldError
from raters.models import Study, StudyArm
from raters.studies.planning import StudyPlan, make_draft, title_of
from tests import builders


@pytest.fixture
def version(db):
    return builders.prompt_set()


@pytest.fixture
def plan(version) -> StudyPlan:
    heron, wren, plover = (builders.run(version, name) for name in ("heron", "wren", "plover"))
    return StudyPlan(plover, (heron, wren), builders.rubric(), "spring", "Birds", settings={"pool": 7})


def test_a_plan_becomes_a_draft_with_its_arms_in_order_and_an_owner(plan, researcher):
    study = make_draft(plan, researcher)
    arms = [(arm.role, arm.run.checkpoint.name) for arm in study.arms.order_by("pk")]
    assert arms == [("candidate", "heron"), ("candidate", "wren"), ("baseline", "plover")]
    assert (study.status, study.pool, study.version, study.follows) == ("draft", 7, 1, None)
    assert (study.created_by, study.ratings_per_comparison) == (researcher, 3)
    assert [(one.user, one.role) for one in study.members.all()] == [(researcher, "owner")]
    assert (
        study.comparisons.count() == 6 and not AuditEvent.objects.filter(action="study.new_version").exists()
    )


def test_a_draft_that_nobody_planned_is_everybodys(plan, researcher):
    study = make_draft(plan)
    assert not study.members.exists() and study.created_by is None
    assert Study.objects.for_owner(researcher).get() == study


@pytest.mark.parametrize(
    ("candidates", "field", "told"),
    [
        ((), "candidates", "Choose a candidate"),
        (("heron", "heron"), "candidates", "stands in a study once"),
        (("plover",), "baseline", "cannot be a candidate as well"),
        (("heron", "elsewhere"), "baseline", "answer different prompts"),
    ],
)
def test_arms_that_do_not_go_together_are_refused_by_name(plan, candidates, field, told):
    runs = {run.checkpoint.name: run for run in (plan.baseline, *plan.candidates)}
    runs["elsewhere"] = builders.run(builders.prompt_set(slug="others"), "elsewhere")
    with pytest.raises(FieldError, match=told) as refused:
        replace(plan, candidates=tuple(runs[name] for name in candidates))
    assert refused.value.field == field and not Study.objects.exists()


def test_a_name_that_somebody_took_in_the_same_moment_is_refused_like_one_taken_before(plan, monkeypatch):
    def taken(**_):
        raise IntegrityError("UNIQUE constraint failed: raters_study.slug")

    monkeypatch.setattr(Study.objects, "create", taken)
    with pytest.raises(FieldError, match="already") as refused:
        make_draft(plan)
    assert refused.value.field == "slug" and not StudyArm.objects.exists()


def test_a_study_is_called_by_its_arms_until_it_is_given_a_title(plan):
    told = title_of(plan.candidates, plan.baseline)
    assert told == f"heron and wren against plover on {plan.prompts}"


def test_a_title_is_cut_to_what_a_study_holds(plan):
    assert make_draft(replace(plan, title="x" * 300)).title == "x" * 200
