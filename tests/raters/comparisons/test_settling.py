"""Comparisons that need no rater: equal texts, and what people judged before."""

import pytest

from raters import judging
from raters.assignment import claim_next
from raters.comparisons.pairing import pair
from raters.comparisons.settling import Settled, settle
from raters.models import Comparison, Study, StudyArm
from raters.rubrics.answers import Answer
from raters.simulation import Simulation, simulate
from raters.studies.design import lock
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def version():
    return builders.prompt_set(prompts=4)


def draft(version, slug: str, a, b, ratings: int = 1) -> Study:
    made = Study.objects.create(
        slug=slug,
        title=slug,
        prompt_set_version=version,
        rubric=builders.rubric(),
        ratings_per_comparison=ratings,
    )
    StudyArm.objects.create(study=made, run=a, role="candidate")
    StudyArm.objects.create(study=made, run=b, role="baseline")
    pair(made)
    return made


def judged_by_people(study: Study, value: str = "left") -> Study:
    lock(study)
    rater = builders.rater(study, f"rater-{study.slug}")
    while assignment := claim_next(rater, study):
        judging.record(assignment, Answer(value, f"a-key-of-many-letters-{assignment.pk}"))
    return study


def statuses(study: Study) -> list[str]:
    return list(study.comparisons.order_by("prompt__position").values_list("status", flat=True))


def test_equal_texts_are_ties_and_shown_to_nobody(version):
    heron = builders.run(version, "heron", ["same", "own", "same", "own"])
    plover = builders.run(version, "plover", ["same", "other", "same", "other"])
    study = draft(version, "one", heron, plover)
    assert settle(study, Study.objects.none()) == Settled(equal=2, reused=0, left=2)
    assert statuses(study) == ["equal", "open", "equal", "open"]
    lock(study)
    rater = builders.rater(study)
    assert claim_next(rater, study).comparison.status == "open"


@pytest.fixture
def earlier(version):
    """A study of four comparisons that a person has judged."""
    first = builders.run(version, "first", ["a0", "a1", "a2", "a3"])
    base = builders.run(version, "base", ["b0", "b1", "b2", "b3"])
    return judged_by_people(draft(version, "earlier", first, base))


def test_what_people_judged_before_is_not_asked_again_whichever_side_it_stands_on(version, earlier):
    second = builders.run(version, "second", ["a0", "b1", "new", "a3"])
    base = builders.run(version, "base2", ["b0", "a1", "b2", "b3"])
    study = draft(version, "later", second, base)
    assert settle(study, Study.objects.all()) == Settled(equal=0, reused=3, left=1)
    assert statuses(study) == ["reused", "reused", "open", "reused"]
    sources = {row.reuses.study for row in study.comparisons.filter(status="reused")}
    assert sources == {earlier}


def test_nothing_is_taken_from_a_study_with_fewer_ratings_or_another_guide(version, earlier):
    second = builders.run(version, "second", ["a0", "a1", "a2", "a3"])
    base = builders.run(version, "base2", ["b0", "b1", "b2", "b3"])
    twice = draft(version, "twice", second, base, ratings=2)
    assert settle(twice, Study.objects.all()).reused == 0
    other = draft(version, "other", second, base)
    Study.objects.filter(pk=other.pk).update(rubric=builders.rubric(scale=5))
    other.refresh_from_db()
    assert settle(other, Study.objects.all()).reused == 0


def test_nothing_is_taken_from_simulated_raters(version):
    runs = [builders.run(version, name, [f"{name}{n}" for n in range(4)]) for name in ("first", "base")]
    simulated = draft(version, "simulated", *runs)
    lock(simulated)
    simulate(simulated, Simulation(raters=2))
    again = draft(version, "again", *runs)
    assert settle(again, Study.objects.all()) == Settled(equal=0, reused=0, left=4)


def test_a_study_in_which_all_is_settled_can_be_locked(version):
    texts = ["same"] * 4
    study = draft(
        version, "one", builders.run(version, "heron", texts), builders.run(version, "plover", texts)
    )
    settle(study, Study.objects.none())
    lock(study)
    assert study.status == "collecting"


def test_a_locked_study_is_not_settled(version, earlier):
    with pytest.raises(ValueError, match="settled while a study is a draft"):
        settle(earlier, Study.objects.none())


def test_the_constraint_keeps_a_reused_comparison_with_its_source(version, earlier):
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        Comparison.objects.filter(study=earlier).update(status="reused")
