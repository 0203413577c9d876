"""The stopping rule is one that reports can keep, and is locked with the design."""

import pytest
from django.core.exceptions import ValidationError

from raters.studies.copying import duplicate, kept_of
from raters.studies.design import lock
from raters.studies.drafting import change_settings
from raters.studies.stopping import RULES, SEQUENCE, known_stop_rule, name_of


@pytest.mark.parametrize("name", RULES)
def test_the_rules_there_are_are_known_by_their_names(name):
    known_stop_rule(RULES[name])
    assert name_of(RULES[name]) == name


@pytest.mark.parametrize("rule", [{"sequence": "asymptotic"}, {"level": 0.9}, [], "sequence", None, 1])
def test_a_rule_that_no_report_keeps_is_refused_with_those_there_are(rule):
    with pytest.raises(ValidationError, match="'against'"):
        known_stop_rule(rule)


def test_the_rule_is_locked_with_the_design_and_copied(study, researcher):
    draft = duplicate(study, "twin", researcher)
    change_settings(draft, {"stop_rule": RULES[SEQUENCE]}, researcher)
    draft.refresh_from_db()
    lock(draft)
    assert draft.design["stop_rule"] == RULES[SEQUENCE] == kept_of(draft)["stop_rule"]
    assert duplicate(draft, "third", researcher).stop_rule == RULES[SEQUENCE]
    assert draft.design["stop_rule"] != study.design["stop_rule"]
