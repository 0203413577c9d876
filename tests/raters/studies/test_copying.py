"""A study is duplicated, given a new version, kept as a template; it stays as it was."""

import pytest

from assay.accounts.models import AuditEvent
from promptsets.refusals import FieldError
from raters.studies.copying import duplicate, keep_as_template, new_version
from raters.studies.design import lock
from tests import builders


def test_a_duplicate_has_the_arms_and_settings_and_no_judgments(study, researcher):
    study.gold_every = 4
    made = duplicate(study, "again", researcher)
    assert (made.status, made.gold_every, made.version, made.follows) == ("draft", 4, 1, None)
    assert [(arm.role, arm.run_id) for arm in made.arms.all()] == [
        (arm.role, arm.run_id) for arm in study.arms.all()
    ]
    assert made.comparisons.count() == study.comparisons.count()
    assert made.members.get().user == researcher and made.secret != study.secret


def test_a_changed_design_is_a_new_version_that_names_the_one_before(study, researcher):
    before = study.design_sha256
    made = new_version(study, "autumn-2", researcher)
    lock(made)
    study.refresh_from_db()
    assert (made.version, made.follows, study.design_sha256) == (2, study, before)
    assert (made.design["version"], made.design["follows"]) == (2, before)
    assert made.design_sha256 != before
    assert AuditEvent.objects.filter(action="study.new_version", actor=researcher).exists()


def test_a_draft_needs_no_new_version(study):
    draft = duplicate(study, "again")
    with pytest.raises(ValueError, match="is a draft"):
        new_version(draft, "again-2")


def test_a_name_that_is_taken_is_refused(study):
    with pytest.raises(FieldError, match="already"):
        duplicate(study, study.slug)
    keep_as_template(study, "Weekly")
    with pytest.raises(FieldError, match="already"):
        keep_as_template(study, "Weekly")


def test_a_template_holds_no_arms_and_no_prompts(db):
    study = builders.study(pay_basis="item", pay_rate="0.25")
    study.refresh_from_db()
    values = keep_as_template(study, "Weekly").values
    assert values["rubric"] == study.rubric.slug and values["pay_rate"] == "0.2500"
    assert "arms" not in values and "prompt_set_version" not in values
