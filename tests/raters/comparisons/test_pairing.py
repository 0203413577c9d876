"""Comparisons are made for every prompt, and those that nobody can be shown are counted with their reason."""

import pytest

from generation.models import Response, RunResponse
from raters.comparisons.pairing import pair
from raters.models import Comparison, Study, StudyArm
from raters.studies.design import describe, digest_of, lock
from tests import builders


@pytest.fixture
def draft(db):
    version = builders.prompt_set(4)
    study = Study.objects.create(
        slug="draft", title="Draft", prompt_set_version=version, rubric=builders.rubric(), secret="0" * 64
    )
    StudyArm.objects.create(study=study, run=builders.run(version, "heron"), role="candidate")
    StudyArm.objects.create(study=study, run=builders.run(version, "plover"), role="baseline")
    return study


def first_response(study: Study, role: str) -> Response:
    return Response.objects.filter(run_items__run__arms__study=study, run_items__run__arms__role=role).first()


def set_status(response: Response, status: str) -> None:
    Response.objects.filter(pk=response.pk).update(status=status)


def test_each_prompt_becomes_a_comparison_with_the_candidate_as_a(draft):
    assert pair(draft).comparisons == 4
    assert all(row.arm_a.role == "candidate" for row in draft.comparisons.all())


def test_a_missing_response_is_counted_not_shown(draft):
    RunResponse.objects.filter(run__arms__study=draft).first().delete()
    assert pair(draft).excluded == {"missing": 1}
    assert draft.comparisons.filter(status=Comparison.Status.EXCLUDED, status_reason="missing").count() == 1


def test_a_failed_response_is_counted_not_shown(draft):
    set_status(first_response(draft, "baseline"), "error")
    assert pair(draft).excluded == {"failed": 1}


@pytest.mark.parametrize(("policy", "excluded"), [("judge", {}), ("exclude", {"empty": 1})])
def test_an_empty_response_is_judged_unless_the_study_says_otherwise(draft, policy, excluded):
    draft.empty_policy = policy
    set_status(first_response(draft, "candidate"), "empty")
    assert pair(draft).excluded == excluded


def test_a_study_without_a_baseline_is_refused(draft):
    draft.arms.filter(role="baseline").delete()
    with pytest.raises(ValueError, match="needs a candidate and a baseline"):
        pair(draft)


def test_locking_fixes_the_design_under_a_digest_and_freezes_the_prompts(draft):
    pair(draft)
    lock(draft)
    assert draft.status == "collecting" and len(draft.design_sha256) == 64
    assert draft.prompt_set_version.frozen_at
    assert [arm["checkpoint"] for arm in draft.design["arms"]] == ["heron", "plover"]


def test_a_locked_study_is_neither_paired_nor_locked_again(draft):
    pair(draft)
    lock(draft)
    for step in (pair, lock):
        with pytest.raises(ValueError, match="draft"):
            step(draft)


def test_a_study_with_nothing_to_show_is_not_opened(draft):
    RunResponse.objects.filter(run__arms__study=draft).delete()
    pair(draft)
    with pytest.raises(ValueError, match="no comparison that can be shown"):
        lock(draft)


def test_other_texts_under_the_same_names_are_another_design(draft):
    pair(draft)
    before = digest_of(describe(draft))
    response = first_response(draft, "candidate")
    Response.objects.filter(pk=response.pk).update(text_sha256="f" * 64)
    assert digest_of(describe(draft)) != before
