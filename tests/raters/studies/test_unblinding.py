"""Who may know names: nobody before the unblinding but the roles that the design names; after it everybody."""

import pytest
from django.core.management import call_command

from assay.accounts.models import AuditEvent
from raters.models import Study
from raters.studies.copying import duplicate
from raters.studies.design import lock
from raters.studies.sharing import share
from raters.studies.unblinding import (
    also_told,
    blind_runs,
    kept_back,
    labels_of,
    sees_arms,
    sources_of,
    unblind,
)
from tests import builders


@pytest.fixture
def known(study, researcher) -> Study:
    """A study whose owner may know names; rosa owns it, vera views it."""
    Study.objects.update(arms_known_to=["owner"])
    share(study, researcher, "owner")
    share(study, builders.researcher("vera"), "viewer")
    study.refresh_from_db()
    return study


@pytest.fixture
def vera(known):
    return known.members.get(role="viewer").user


def runs_of(study: Study) -> set[int]:
    return set(study.arms.values_list("run", flat=True))


def test_names_are_for_the_roles_that_the_design_names(known, researcher, vera):
    assert sees_arms(known, researcher) and not sees_arms(known, vera)
    assert blind_runs(researcher) == set() and blind_runs(vera) == runs_of(known)


def test_a_token_with_fewer_rights_than_its_owner_sees_none(known, researcher):
    assert not sees_arms(known, researcher, names_allowed=False)
    assert blind_runs(researcher, names_allowed=False) == runs_of(known)


def test_the_unblinding_is_for_everybody_for_good_and_told_with_its_reason(known, researcher, vera):
    unblind(known, f"  it is over{' ' * 600}", researcher)
    assert known.unblinded_at and sees_arms(known, vera) and sees_arms(known, vera, names_allowed=False)
    assert blind_runs(vera) == set()
    event = AuditEvent.objects.get(action="study.unblinded")
    assert (event.actor, event.target_id, event.detail) == (
        researcher,
        str(known.pk),
        {"reason": "it is over"},
    )


def test_it_needs_a_reason_a_locked_study_and_is_done_once(known):
    with pytest.raises(ValueError, match="give a reason"):
        unblind(known, " \n")
    with pytest.raises(ValueError, match="twin is a draft"):
        unblind(duplicate(known, "twin"), "over")
    unblind(known, "over")
    with pytest.raises(ValueError, match="autumn is unblinded already, since 20"):
        unblind(known, "over again")
    assert AuditEvent.objects.filter(action="study.unblinded").count() == 1


@pytest.fixture
def copied(known, vera):
    """Vera, who is blind in the study, copies it, opens the copy and owns it."""
    copy = duplicate(known, "twin", vera)
    lock(copy, vera)
    return copy


def test_a_copy_tells_its_owner_no_arms_that_the_original_hides(known, copied, vera, researcher):
    with pytest.raises(
        ValueError, match=r"autumn compares some of the same runs and is blind still.*Unblind twin after"
    ):
        unblind(copied, "curious", vera)
    copied.refresh_from_db()
    assert copied.unblinded_at is None and not AuditEvent.objects.filter(action="study.unblinded").exists()
    unblind(known, "over", researcher)  # the copy, which is later, stands in nobody's way
    assert unblind(copied, "over, too", vera).unblinded_at


def test_nor_does_it_where_somebody_else_owns_the_copy_and_knows_of_no_original(known, copied, vera):
    olga = builders.researcher("olga")
    share(copied, olga, "owner")
    with pytest.raises(ValueError, match=r"^a study that you may not see compares some of the same runs"):
        unblind(copied, "over", olga)


def test_whoever_may_unblind_the_original_may_unblind_the_copy_and_the_log_tells(known, copied, researcher):
    share(copied, researcher, "owner")
    unblind(copied, "over", researcher)
    detail = AuditEvent.objects.get(action="study.unblinded").detail
    assert detail == {"reason": "over", "also_tells": ["autumn"]}


def test_an_administrator_and_the_shell_may_and_are_told(known, copied, capsys):
    call_command("unblind", "twin", reason="over")
    assert "It tells arms of autumn, which is blind still" in capsys.readouterr().out
    again = duplicate(known, "third", builders.researcher("mia"))
    lock(again)
    share(again, known.members.get(role="viewer").user, "viewer")
    ada = builders.researcher("ada")
    ada.role = "administrator"
    assert unblind(again, "over", ada).unblinded_at


def test_studies_with_no_reader_in_common_stand_in_nobodys_way(known):
    olga = builders.researcher("olga")
    copy = duplicate(known, "twin", olga)
    lock(copy, olga)
    assert also_told(copy) == [] and unblind(copy, "over", olga).unblinded_at


def test_whoever_knows_the_originals_arms_learns_nothing(known, copied):
    Study.objects.filter(pk=known.pk).update(arms_known_to=["owner", "viewer"])
    assert also_told(copied) == []


def test_runs_of_drafts_and_of_others_studies_hide_nothing(known, vera):
    other = builders.study(slug="winter")
    share(other, builders.researcher("olga"), "owner")
    draft = duplicate(other, "draft")
    share(draft, vera, "owner")
    assert blind_runs(vera) == runs_of(known)


def test_a_text_of_a_blind_run_is_kept_back_under_every_run_that_holds_it(known, vera, researcher):
    """The same response stands in the study and in a run of no study: under its name there, it would be known here."""
    arm = known.arms.first().run
    again = builders.run(known.prompt_set_version, "wren")
    shared = arm.items.first()
    again.items.filter(prompt=shared.prompt).update(response=shared.response)
    assert kept_back(again, vera) == {shared.response_id}
    assert kept_back(arm, vera) == set(arm.items.values_list("response", flat=True))
    assert kept_back(again, researcher) == set()
    assert kept_back(again, researcher, names_allowed=False) == {shared.response_id}


def test_labels_and_sources_are_numbered_by_lots_of_their_own(db):
    study = builders.study(candidates=("heron", "wren", "owl"))
    assert sorted(labels_of(study).values()) == [f"Model {place}" for place in (1, 2, 3, 4)]
    assert sorted(sources_of(study).values()) == [f"Source {place}" for place in (1, 2, 3, 4)]
    orders = set()
    for number in range(20):
        study.secret = str(number)
        assert labels_of(study) == labels_of(study)
        orders.add((tuple(labels_of(study)), tuple(sources_of(study))))
    assert len({labels for labels, _ in orders}) > 5 and any(labels != sources for labels, sources in orders)
