"""Gold comparisons: made by one action, given out unmarked, counted in no result."""

import pytest
from django.urls import reverse

from assay.accounts.models import AuditEvent
from raters import judging
from raters.assignment import claim_next
from raters.comparisons.gold import make_gold
from raters.models import Assignment, Comparison, Judgment, Study
from raters.rubrics.answers import Answer
from tests import builders


def answer(assignment, value: str = "left") -> None:
    judging.record(assignment, Answer(value, f"key-of-{assignment.token}"))


def work_off(study, rater) -> list[str]:
    """The kinds of the comparisons that the rater is given, in order."""
    kinds = []
    while assignment := claim_next(rater, study):
        kinds.append(assignment.comparison.kind)
        answer(assignment)
    return kinds


def with_gold(prompts: int, gold: int, every: int) -> Study:
    study = builders.study(prompts=prompts, ratings=3, gold_every=every)
    for comparison in study.comparisons.order_by("pk")[:gold]:
        make_gold(comparison, "a", "b is wrong")
    return study


def test_one_action_makes_gold_with_its_verdict_and_reason(study):
    make_gold(study.comparisons.first(), "tie", " both say the same ")
    gold = study.comparisons.get(kind="gold")
    assert (gold.gold_preference, gold.gold_reason) == ("tie", "both say the same")
    assert AuditEvent.objects.filter(action="comparison.made_gold").exists()


@pytest.mark.parametrize(("verdict", "reason"), [("left", "because"), ("a", "  "), ("", "because")])
def test_gold_without_a_verdict_or_a_reason_is_refused(study, verdict, reason):
    with pytest.raises(ValueError, match="verdict"):
        make_gold(study.comparisons.first(), verdict, reason)


def test_what_somebody_has_judged_does_not_become_gold(study, rater):
    assignment = claim_next(rater, study)
    answer(assignment)
    with pytest.raises(ValueError, match="has judgments"):
        make_gold(assignment.comparison, "a", "late")


def test_one_in_so_many_is_gold_and_every_rater_meets_it(db):
    study = with_gold(prompts=14, gold=4, every=5)
    for name in ("rita", "otto", "sam"):
        kinds = work_off(study, builders.rater(study, name))
        assert kinds.count("regular") == 10
        assert all("gold" in kinds[at : at + 5] for at in (0, 5))


def test_gold_counts_in_no_result_and_not_as_work_that_is_left(db):
    study = with_gold(prompts=3, gold=2, every=1)
    rater = builders.rater(study)
    assert work_off(study, rater) == ["gold", "gold", "regular"]
    assert Judgment.objects.counted(study).count() == 1
    assert claim_next(rater, study) is None


def test_a_study_without_gold_gives_none_out(db):
    study = builders.study(prompts=6, gold_every=2)
    assert set(work_off(study, builders.rater(study))) == {"regular"}


def test_gold_looks_like_any_other_comparison(client, db):
    study = with_gold(prompts=2, gold=1, every=1)
    rater = builders.rater(study)
    client.force_login(rater.user)
    address = client.get(reverse("raters:next", args=[study.public_id])).url
    assert Assignment.objects.get().comparison.kind == "gold"
    before = client.get(address).text
    gold = Comparison.objects.filter(kind="gold")
    gold.update(kind="regular", gold_preference=None, gold_reason="")
    after = client.get(address).text
    assert "b is wrong" not in before
    assert after.count("<") == before.count("<")


def test_a_researcher_makes_gold_on_the_page(client, researcher, study):
    client.force_login(researcher)
    page = client.get(reverse("dashboards:gold", args=[study.slug])).text
    assert page.count("Gold: the first is better") == 3 and "There is none yet" in page
    row = study.comparisons.first()
    address = reverse("dashboards:add_gold", args=[study.slug, row.pk])
    client.post(address, {"verdict": "second", "reason": "the first is off the point"})
    assert "the first is off the point" in client.get(reverse("dashboards:gold", args=[study.slug])).text
