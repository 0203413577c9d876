"""Counts of many studies at once are those of each by itself."""

from raters import judging
from raters.assignment import claim_next
from raters.models import Comparison
from raters.studies.progress import counts_of, progress_of
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
