"""A draft's settings on their page: what was changed there is changed, kept in the log, and nothing else."""

import pytest
from django.urls import reverse

from assay.accounts.models import AuditEvent
from raters.models import Study
from tests.assay.reading_pages import PageThere

TEXTS = {"pt": {"consent": "Aceito."}, "ja": {"guide": "良い方を選ぶ。"}}


@pytest.fixture
def draft(study):
    Study.objects.update(status="draft", consent="I agree.\n\nFor good.", texts=TEXTS, reveal=True)
    study.refresh_from_db()
    return study


@pytest.fixture
def tab(client, researcher, draft):
    """The settings as a tab of a browser shows them now; called with what is changed there, it saves."""
    client.force_login(researcher)
    address = reverse("dashboards:study_settings", args=[draft.slug])

    def opened():
        forms = PageThere(client.get(address).text).forms
        shown = next(form.fields for form in forms if "gold_every" in form.fields)
        return lambda **changed: client.post(address, {**shown, **changed})

    return opened


def settings_changed() -> list[tuple[str, list[str]]]:
    events = AuditEvent.objects.filter(action="study.settings_changed").order_by("pk")
    return [(str(event.actor), event.detail["settings"]) for event in events]


def test_a_change_is_kept_in_the_log_as_one_by_the_api_is(tab, draft, researcher):
    assert tab()(gold_every="7", reveal=[]).status_code == 302
    draft.refresh_from_db()
    assert (draft.gold_every, draft.reveal) == (7, False)
    assert settings_changed() == [(str(researcher), ["gold_every", "reveal"])]


def test_saving_the_page_as_it_is_changes_nothing_and_says_nothing(tab, draft):
    before = Study.objects.values().get()
    assert tab()().status_code == 302
    assert (Study.objects.values().get(), settings_changed()) == (before, [])


def test_a_tab_that_is_older_leaves_alone_what_a_newer_one_changed(tab, draft):
    older, newer = tab(), tab()
    newer(gold_every="7", reveal=[], consent_pt="Concordo.", guide_ja="")
    assert older(pool="4", consent_de="Ich stimme zu.").status_code == 302
    draft.refresh_from_db()
    assert (draft.gold_every, draft.reveal, draft.pool) == (7, False, 4)
    assert draft.texts == {"pt": {"consent": "Concordo."}, "de": {"consent": "Ich stimme zu."}}


def test_settings_that_cannot_stand_together_are_refused_beside_the_page(tab, draft):
    newer, older = tab(), tab()
    newer(qualify_gold="4", qualify_right="3")
    answer = older(qualify_right="9")  # of the ten that this tab shows
    assert answer.status_code == 422
    draft.refresh_from_db()
    assert (draft.qualify_gold, draft.qualify_right) == (4, 3)


def test_rules_questions_and_roles_are_written_without_json(tab, draft):
    lines = {"exclusion_rules": "gold below 0.6\r\nfast_above 0.5", "about_raters": "age"}
    assert tab()(**lines, arms_known_to=["owner", "editor"]).status_code == 302
    draft.refresh_from_db()
    assert draft.exclusion_rules == {"gold_below": 0.6, "fast_above": 0.5}
    assert (draft.about_raters, draft.arms_known_to) == (["age"], ["owner", "editor"])
    before = Study.objects.values().get()
    assert tab()().status_code == 302 and Study.objects.values().get() == before


def test_a_wrong_line_is_told_beside_its_field_and_changes_nothing(tab, draft):
    answer = tab()(exclusion_rules="gold_below 0.6\ncharm 1", gold_every="7")
    assert answer.status_code == 422
    assert "Line 2: a rule and a share" in answer.context["form"].errors["exclusion_rules"][0]
    draft.refresh_from_db()
    assert draft.exclusion_rules == {} and draft.gold_every != 7
