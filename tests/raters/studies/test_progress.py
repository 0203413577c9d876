"""Counts of many studies at once are those of each by itself."""

from django.db.models import F

from raters import judging
from raters.assignment import claim_next
from raters.models import Assignment, Comparison
from raters.studies.progress import counts_of, progress_of, unanswered
from tests import builders


def test_counts_of_many_studies_are_each_study_s_own(db):
    """One with a judgment, a place that a rater holds and a comparison that is held back; one that nobody judged."""
    judged, other = builders.study(prompts=4, ratings=2), builders.study(slug="winter", prompts=3)
    rater = builders.rater(judged)
    judging.record(claim_next(rater, judged), judging.Answer("same", "a-key-of-sixteen-letters"))
    claim_next(rater, judged)
    left = judged.comparisons.filter(ratings_taken=0).first()
    Comparison.objects.filter(pk=left.pk).update(status="held")
    empty = builders.study(slug="empty", prompts=1)
    empty.comparisons.update(status="held")
    counts = counts_of([judged, other, empty])
    assert told(counts[judged.pk]) == (1, 6, 3) and told(counts[empty.pk]) == (0, 0, 0)
    for study in (judged, other, empty):
        assert told(counts[study.pk]) == told(progress_of(study))


def told(counts):
    return counts.judgments, counts.wanted, counts.comparisons


def test_progress_tells_what_is_complete_who_judged_and_what_is_not_shown(db):
    """Four comparisons, two ratings each: one complete, one judged once, one on a screen, one held back."""
    study = builders.study(prompts=4, ratings=2, gold_every=0)
    ana, ben, _ = (builders.rater(study, name) for name in ("ana", "ben", "cem"))
    whole, once, shown, held = study.comparisons.order_by("pk")
    for rater, comparison, state in ((ana, whole, "done"), (ben, whole, "done"), (ana, once, "done")):
        give(rater, comparison, state)
    give(ben, shown, "leased")
    give(ana, shown, "leased")
    study.comparisons.filter(pk=held.pk).update(status="held", status_reason="names a writer")
    found = progress_of(study)
    assert (found.judgments, found.wanted, found.comparisons) == (3, 6, 3)
    assert (found.complete, found.raters, found.held, found.share) == (1, 2, 1, 0.5)
    assert found.not_shown == {"names a writer": 1} and unanswered(study) == 2


def give(rater, comparison, state: str) -> None:
    Assignment.objects.create(
        comparison=comparison, rater=rater, a_is_left=True, state=state, lease_until="2030-01-01T00:00Z"
    )
    Comparison.objects.filter(pk=comparison.pk).update(ratings_taken=F("ratings_taken") + 1)


def test_a_study_that_shows_nothing_has_come_nowhere(db):
    study = builders.study()
    study.comparisons.update(status="excluded", status_reason="by hand")
    found = progress_of(study)
    assert (found.share, found.complete, found.held, found.not_shown) == (0.0, 0, 0, {"by hand": 3})
