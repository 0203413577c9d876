"""What no rate is made of, counted by reason, from the tallies."""

from django.db.models import Count, Q, Sum

from assay.reports.models import ComparisonTally
from raters.models import Comparison, Study


def left_out_of(study: Study, by_rules: int = 0) -> dict[str, int]:
    """How many judgments and comparisons no rate is made of; reasons without a case are not listed.

    by_rules: judgments of raters whom the study's own rules leave out.
    """
    irregular = ~Q(comparison__kind=Comparison.Kind.REGULAR)
    tallies = ComparisonTally.objects.filter(study=study).aggregate(
        surplus=Sum("surplus", default=0),
        repeats=Sum("repeats", default=0),
        gold=Sum("ratings", filter=irregular, default=0),
        held=Sum("ratings", filter=~Q(comparison__status=Comparison.Status.OPEN), default=0),
        decisions=Sum("decisions", default=0),
        verdicts=Sum("verdicts", default=0),
    )
    comparisons = study.comparisons.regular().aggregate(
        excluded=Count("pk", filter=Q(status=Comparison.Status.EXCLUDED)),
        held=Count("pk", filter=Q(status=Comparison.Status.HELD)),
    )
    counts = {
        "judgments that came after the wanted ones": tallies["surplus"],
        "judgments of planned repeats": tallies["repeats"],
        "judgments of gold and practice comparisons": tallies["gold"],
        "judgments of comparisons held or excluded since": tallies["held"],
        "decisions of senior raters about contested comparisons": tallies["decisions"],
        "verdicts of language models": tallies["verdicts"],
        "comparisons excluded": comparisons["excluded"],
        "comparisons held": comparisons["held"],
        "judgments of raters left out by the study's rules": by_rules,
    }
    return {reason: n for reason, n in counts.items() if n}
