"""Which raters a study's own rules leave out of its headline: rules fixed when the design was locked, never by hand."""

from collections.abc import Iterable

from raters.models import Study
from raters.quality.measures import RaterQuality, quality_of
from raters.studies.rules import RULES

FEWEST = 5  # cases, without which a share says nothing of a rater


def excluded_raters(study: Study) -> dict[str, str]:
    """The code of each rater whom a rule leaves out, with the rule's name."""
    if not study.exclusion_rules:
        return {}
    return left_out_by(study.exclusion_rules, quality_of(study))


def left_out_by(rules: dict[str, float], figures: Iterable[RaterQuality]) -> dict[str, str]:
    return {one.rater: rule for one in figures if (rule := broken_rule(one, rules))}


def broken_rule(one: RaterQuality, rules: dict[str, float]) -> str:
    for rule, limit in rules.items():
        measure, direction = RULES[rule]
        share = one.shares[measure]
        if share.value is not None and share.n >= FEWEST and (share.value - limit) * direction > 0:
            return rule
    return ""
