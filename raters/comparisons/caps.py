"""How many comparisons of a study one rater may judge, so that no one person weighs too much in its result."""

import math

from raters.models import Assignment, Comparison, Rater, Study


def left_under_cap(rater: Rater, study: Study) -> float:
    """How many more the rater may be given; infinity where the study sets no cap.

    What is on their screen counts, and what they skipped does not. Gold and planned repeats stand beside the cap, as
    they stand beside the result.
    """
    if not study.most_per_rater:
        return math.inf
    given = Assignment.objects.of(rater, study).with_a_place()
    given = given.filter(comparison__kind=Comparison.Kind.REGULAR)
    given = given.exclude(state__in=[Assignment.State.EXPIRED, Assignment.State.SKIPPED])
    return max(0, study.most_per_rater - given.count())
