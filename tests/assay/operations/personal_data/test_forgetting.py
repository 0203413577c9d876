"""A rater is forgotten: nothing in the whole database tells who it was, and every figure is as before."""

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command

from assay.accounts.models import AuditEvent
from assay.operations.personal_data.forgetting import forget, would_forget
from assay.reports.refresh import refresh
from assay.takeaway.making import request_export
from assay.takeaway.models import Export
from assay.takeaway.tasks import work_off
from raters.assignment import claim_next
from raters.care import inbox
from raters.models import AboutRater, Assignment, Enrolment, Judgment, Rater
from raters.way_in.probe import blinding
from tests import builders

NUMBERS = ("name", "slice", "candidate", "baseline", "value", "low", "high", "level", "n", "method", "detail")


def whole_database() -> str:
    """Every value of every row of every table."""
    rows = [row for model in apps.get_models() for row in model._base_manager.values_list()]
    return repr(rows).lower()


def numbers(study) -> list[tuple]:
    return list(refresh(study).estimates.order_by("name", "slice").values_list(*NUMBERS))


def test_nothing_in_the_database_tells_who_it_was(site):
    code = site.rita.code.lower()
    words = ("rossi", "rita", "5f00", code)
    before = whole_database()
    assert all(word in before for word in words)
    Judgment.objects.filter(assignment__rater__in=site.others).without_comments()  # they wrote of her, too
    forget("rita@example.org")
    after = whole_database()
    assert [word for word in words if word in after] == []


def test_every_figure_is_the_same_to_the_digit(site):
    before, guessed = numbers(site.study), blinding(site.study)
    assert len(before) == 8
    code = site.rita.code
    for _ in range(5):  # codes decide the order in which raters are summed over
        (done,) = forget(code)
        code = done.code
        assert numbers(site.study) == before
    assert blinding(site.study) == guessed and guessed[0].n == 1


def test_the_sizes_of_her_windows_go(site):
    hers = Judgment.objects.filter(assignment__rater=site.rita)
    assert set(hers.values_list("viewport_width", "viewport_height")) == {(401, 877)}
    forget(site.rita.code)
    assert set(hers.values_list("viewport_width", "viewport_height")) == {(None, None)}


def test_judgments_stay_with_all_that_was_chosen(site):
    kept = ("preference", "strength", "raw_answer", "raw_answers", "active_ms", "submitted_at", "assignment")
    hers = Judgment.objects.filter(assignment__rater=site.rita)
    before = list(hers.values_list(*kept))
    forget(site.rita.code)
    assert list(hers.values_list(*kept)) == before and len(before) == 11


def test_what_she_said_about_herself_goes_and_others_answers_stay(site):
    for part in site.study.enrolments.all():
        AboutRater.objects.create(enrolment=part, question="age", answer=1)
    (done,) = forget(site.rita.code)
    assert ("answers about themselves", 1) in done.rows
    assert set(AboutRater.objects.values_list("enrolment__rater", flat=True)) == {
        one.pk for one in site.others
    }


def test_what_others_wrote_stays(site):
    forget(site.rita.code)
    assert Judgment.objects.exclude(comment="").count() == 33


def test_her_place_is_free_for_others_at_once(site):
    held = Assignment.objects.get(rater=site.rita, state="leased").comparison
    held.ratings_wanted = held.ratings_taken  # so that nothing but her place can be had
    held.save()
    nora = builders.rater(site.study, "nora")
    site.study.comparisons.exclude(pk=held.pk).update(status="excluded")
    assert claim_next(nora, site.study) is None
    forget(site.rita.code)
    assert claim_next(nora, site.study).comparison == held


def test_she_is_signed_out_and_cannot_come_back(site, client):
    assert Session.objects.count() == 1
    forget(site.rita.code)
    assert Session.objects.count() == 0
    site.rita.user.refresh_from_db()
    assert not site.rita.user.is_active and not site.rita.user.has_usable_password()
    assert client.get("/rate/").status_code == 302


def test_the_act_itself_is_audited_and_others_acts_stay(site):
    acts = list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))
    forget(site.rita.code, site.admin)
    newest, *earlier = AuditEvent.objects.all()
    assert (newest.action, newest.actor) == ("rater.forgotten", site.admin)
    assert [event.action for event in reversed(earlier)] == acts


def test_exported_files_go_and_those_under_way_begin_anew(site, django_capture_on_commit_callbacks):
    done, card = (request_export(site.study, kind, "jsonl") for kind in ("judgments", "study"))
    work_off()
    Export.objects.filter(pk=card.pk).update(kind="card")
    writing = request_export(site.study, "judgments", "csv")
    Export.objects.filter(pk=writing.pk).update(status="working", lease_until=done.created_at)
    done.refresh_from_db()
    assert done.path.exists()
    with django_capture_on_commit_callbacks(execute=True):
        forget(site.rita.code)
    states = dict(Export.objects.values_list("pk", "status"))
    assert states == {done.pk: "expired", card.pk: "done", writing.pk: "queued"}
    assert not done.path.exists()


def test_a_dry_run_says_the_same_and_changes_nothing(site, django_capture_on_commit_callbacks):
    before = whole_database()
    with django_capture_on_commit_callbacks() as waiting:
        (looked,) = would_forget(site.rita.code)
    assert whole_database() == before and waiting == []
    (done,) = forget(site.rita.code)
    assert done.removed == looked.removed and len(done.rows) > 8


def test_twice_does_no_harm(site):
    (first,) = forget(site.rita.code)
    (second,) = forget(first.code)
    assert second.was == first.code
    assert set(dict(second.rows).values()) <= {
        1,
        2,
        3,
        4,
    }  # the part itself, and names in logs that changed again


def test_one_id_of_a_recruiting_site_may_be_several_raters(site):
    other = builders.rater(builders.study(slug="winter"), "rita-again")
    Enrolment.objects.filter(rater=other).update(recruitment={"PROLIFIC_PID": "5f00rita"})
    assert {one.was for one in forget("5f00rita")} == {site.rita.code, other.code}


@pytest.mark.parametrize("who", ["nobody@example.org", "R2222222", "", "  "])
def test_nobody_is_found_by_a_name_that_is_nobodys(site, who):
    before = whole_database()
    with pytest.raises(ValueError, match="No rater is called"):
        forget(who)
    assert whole_database() == before


def test_who_plans_studies_is_not_forgotten(site):
    site.rita.user.role = "researcher"
    site.rita.user.save()
    with pytest.raises(ValueError, match="plans studies"):
        forget(site.rita.code)


def test_a_simulated_rater_is_no_person(db):
    made = Rater.objects.create(kind="simulated")
    with pytest.raises(ValueError, match="No rater is called"):
        forget(made.code)


def test_what_is_written_to_the_team_afterwards_is_not_hers(site):
    """Messages of others keep their words."""
    inbox.write(site.others[0], site.study, "flag", "A cut-off text")
    forget(site.rita.code)
    assert sorted(site.study.messages.values_list("text", flat=True))[0] == "A cut-off text"


def test_the_command_tells_what_went(site, capsys):
    call_command("forget_rater", "rita@example.org", dry_run=True)
    assert f"{site.rita.code} would be forgotten:" in capsys.readouterr().out
    call_command("forget_rater", "rita@example.org")
    assert "11  comments on judgments" in capsys.readouterr().out
    with pytest.raises(CommandError, match="No rater is called"):
        call_command("forget_rater", "rita@example.org")
