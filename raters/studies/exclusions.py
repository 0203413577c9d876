"""Which raters a study's own rules leave out of its headline: rules fixed when the design was locked, never by hand."""

from raters.models import Study
from raters.quality.measures import RaterQuality, quality_of
from raters.studies.rules import RULES

FEWEST = 5  # cases, without which a share says nothing of a rater


def excluded_raters(study: Study) -> dict[str, str]:
    """The code of each rater whom a rule leaves out, with the rule's name."""
    if not study.exclusion_rules:
        return {}
    return {one.rater: rule for one in quality_of(study) if (rule := broken_rule(one, study.exclusion_rules))}


def broken_rule(one: RaterQuality, rules: dict[str, float]) -> str:
    for rule, limit in rules.items():
        measure, direction = RULES[rule]
        share = one.shares[measure]
        if share.value is not None and share.n >= FEWEST and (share.value - limit) * direction > 0:
            return rule
    return ""
