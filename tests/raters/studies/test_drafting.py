"""Settings are changed one by one while a study is a draft; what cannot be is refused by name and changes nothing."""

import pytest

from assay.accounts.models import AuditEvent
from promptsets.refusals import FieldError
from raters.models import Study
from raters.studies.copying import duplicate, keep_as_template
from raters.studies.drafting import change_settings
from raters.studies.templates import settings_in, template_named
from tests import builders


@pytest.fixture
def draft(study) -> Study:
    return duplicate(study, "twin")


def test_what_is_named_is_changed_and_told_without_its_values(draft, researcher):
    made = change_settings(draft, {"pool": 4, "consent": "Do you agree?"}, researcher)
    assert (made.pool, made.consent) == (4, "Do you agree?")
    event = AuditEvent.objects.get(action="study.settings_changed")
    assert (event.actor, event.target_id, event.detail) == (
        researcher,
        str(draft.pk),
        {"settings": ["consent", "pool"]},
    )


def test_a_change_leaves_alone_what_another_has_changed_since(draft):
    Study.objects.filter(pk=draft.pk).update(gold_every=3)
    change_settings(draft, {"pool": 4})
    assert Study.objects.get(pk=draft.pk).gold_every == 3


def test_a_locked_design_is_not_edited(study):
    with pytest.raises(ValueError, match="autumn is collecting: a locked design is not edited"):
        change_settings(study, {"pool": 4})
    study.refresh_from_db()
    assert study.pool != 4


@pytest.mark.parametrize(
    ("values", "field", "told"),
    [
        ({"pool": 4, "status": "closed"}, "status", "status is no setting; they are pool, rater_title"),
        ({"fast_floor_percent": 101}, "fast_floor_percent", "100"),
        ({"pool": 4, "pay_currency": "euro"}, "pay_currency", "Three capital letters"),
        ({"about_raters": ["shoe_size"]}, "about_raters", "no ready-made question"),
        (
            {"arms_known_to": ["owner", "guest"]},
            "arms_known_to",
            "A list of these, no others: owner, editor, viewer",
        ),
        ({"arms_known_to": "owner"}, "arms_known_to", "A list of these"),
        ({"qualify_gold": 3}, "qualify_gold", "study_can_be_qualified_for"),
        ({"pool": 4, "repeat_gap": 0}, "repeat_gap", "1"),
        ({"pool": 4, "consent": "a\0"}, "consent", "consent holds the character U\\+0000"),
        ({"texts": {"pt": {"consent": "a\0"}}}, "texts", "texts holds the character U\\+0000"),
        ({"stop_rule": {"a\0": 1}}, "stop_rule", "stop_rule holds the character U\\+0000"),
        (
            {"exclusion_rules": {"gold_below": float("inf")}},
            "exclusion_rules",
            "a number too large to be stored",
        ),
        ({"consent": "\ud800"}, "consent", "half a surrogate pair"),
    ],
)
def test_what_cannot_be_is_refused_by_its_name_and_nothing_is_changed(draft, values, field, told):
    Study.objects.filter(pk=draft.pk).update(qualify_gold=8, qualify_right=8, pool=9)
    with pytest.raises(FieldError, match=told) as refused:
        change_settings(draft, values)
    assert refused.value.field == field and Study.objects.get(pk=draft.pk).pool == 9


def test_a_template_is_found_by_its_name_or_told_with_those_there_are(study):
    with pytest.raises(FieldError, match="Templates: none yet"):
        template_named("Weekly")
    for name in ("Weekly", "Daily"):
        keep_as_template(study, name)
    assert template_named("Weekly").values["rubric"] == "plain-3"
    with pytest.raises(
        FieldError, match=r"There is no template 'weekly'. Templates: Daily, Weekly"
    ) as refused:
        template_named("weekly")
    assert refused.value.field == "template"


def test_settings_of_a_template_are_what_the_study_had(db):
    study = builders.study(pay_basis="item", pay_rate="0.25", lease_s=900, texts={"pt": {"consent": "Sim?"}})
    study.refresh_from_db()
    values = settings_in(keep_as_template(study, "Weekly").values)
    assert (values["pay_rate"], values["lease_s"], values["texts"]) == (study.pay_rate, 900, study.texts)
    assert "rubric" not in values and "ratings_per_comparison" not in values
