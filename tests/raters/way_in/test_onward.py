"""Who is screened out is paid what the study fixed, by a code of their own, or taken back to the recruiting site."""

import csv
import io
import re
from decimal import Decimal

import pytest
from django.urls import reverse

from assay.operations.personal_data.forgetting import forget
from raters.care.pay import pay_in, pay_of
from raters.models import Enrolment, Study
from raters.models.people import CODE_ALPHABET
from raters.rubrics.presets import preset
from raters.studies.copying import duplicate, keep_as_template
from raters.studies.drafting import change_settings
from raters.way_in.inviting import invite
from raters.way_in.onward import onward_from, screen_out_code
from tests import builders
from tests.raters.way_in.test_recruiting import SITES, join

CODE = re.compile(f"S[{CODE_ALPHABET}]{{7}}")


@pytest.fixture
def study(db) -> Study:
    """A study with a check of five questions that pays two euros to whom it screens out."""
    study = builders.study(shows_guide=False, asks_practice=False, screen_out_pay="2")
    Study.objects.update(rubric=preset("instruction"))
    study.refresh_from_db()
    return study


def fail(client, study: Study, query: dict[str, str] | None = None) -> tuple[Enrolment, str]:
    """One who joins and answers the check wrong twice, and the page that they end on."""
    enrolment = join(client, study, query or {})
    questions = study.rubric.training["check"]
    wrong = {f"question_{n}": (one["right"] + 1) % 2 for n, one in enumerate(questions)}
    for _ in range(2):
        page = client.post(reverse("raters:way_in", args=[study.public_id]), wrong, follow=True)
    enrolment.refresh_from_db()
    return enrolment, page.text


def test_who_fails_twice_is_told_what_they_are_paid_and_by_which_code(client, study):
    enrolment, page = fail(client, study)
    assert enrolment.status == "screened_out" and "you are not rejected" in page
    assert "For your time you are paid 2.00 EUR." in page
    assert f'<code id="code">{screen_out_code(enrolment)}</code>' in page
    assert "return the submission" not in page and enrolment.completion_code not in page


def test_without_pay_and_address_the_submission_is_returned_and_no_code_shown(client, study):
    Study.objects.update(screen_out_pay=0)
    _, page = fail(client, study)
    assert "Please return the submission" in page and 'id="code"' not in page and "paid" not in page


@pytest.mark.parametrize("site", SITES)
def test_the_recruiting_site_has_its_parameters_back_with_the_code(client, study, site):
    given, address, gone_back = SITES[site]
    Study.objects.update(screen_out_url=address, screen_out_pay=0, completion_url="https://example.org/done")
    enrolment, page = fail(client, study, given)
    assert gone_back.replace("CODE", screen_out_code(enrolment)) in page
    assert "example.org/done" not in page and "you are paid" not in page


def test_the_code_can_be_made_again_and_tells_nothing(study):
    ana, ben = builders.rater(study, "ana"), builders.rater(study, "ben")
    hers, his = (study.enrolments.get(rater=one) for one in (ana, ben))
    code = screen_out_code(hers)
    assert CODE.fullmatch(code) and screen_out_code(Enrolment.objects.get(rater=ana)) == code
    assert code != screen_out_code(his) and code[1:] != hers.completion_code[1:]
    Study.objects.update(secret="1" * 64)
    assert screen_out_code(Enrolment.objects.get(rater=ana)) != code


def test_a_forgotten_rater_is_not_found_by_the_code(study):
    rater = builders.rater(study)
    study.enrolments.update(status="screened_out")
    code = onward_from(study.enrolments.get()).code
    forget(rater.code)
    assert onward_from(study.enrolments.get()).code not in ("", code)


@pytest.mark.parametrize(
    "status, begins", [("active", ""), ("paused", ""), ("finished", "R"), ("screened_out", "S")]
)
def test_only_a_part_that_is_over_has_a_code(study, status, begins):
    builders.rater(study)
    study.enrolments.update(status=status, pause_reason="a word with the team")
    assert onward_from(study.enrolments.get()).code[:1] == begins


def test_being_screened_out_pays_the_fixed_sum_or_what_was_done_where_that_is_more(study):
    rater = builders.rater(study)
    study.enrolments.update(practised=5)
    assert pay_of(rater, study).amount is None  # neither rate nor end
    study.enrolments.update(status="screened_out")
    assert pay_of(rater, study).amount == Decimal("2.00")
    study.pay_basis, study.pay_rate = "item", Decimal("0.10")
    assert pay_of(rater, study).amount == Decimal("2.00")
    study.pay_rate = Decimal("0.50")
    assert pay_of(rater, study).amount == Decimal("2.50")
    study.enrolments.update(status="finished")
    study.pay_rate = Decimal("0.10")
    assert pay_of(rater, study).amount == Decimal("0.50")


def test_the_pay_page_and_its_file_tell_the_part_and_the_code(client, study, researcher):
    fail(client, study)
    builders.rater(study, "ana")
    done = study.enrolments.latest("pk")
    Enrolment.objects.filter(pk=done.pk).update(status="finished", step="exit")
    builders.rater(study, "ben")
    client.force_login(researcher)
    page = client.get(reverse("dashboards:pay", args=[study.slug])).text
    file = client.get(reverse("dashboards:pay_file", args=[study.slug])).getvalue().decode()
    rows = sorted((row["part"], row["code"], row["amount"]) for row in csv.DictReader(io.StringIO(file)))
    out = screen_out_code(study.enrolments.get(status="screened_out"))
    assert rows == [
        ("complete", done.completion_code, ""),
        ("screened out", out, "2.00"),
        ("under way", "", ""),
    ]
    assert f"<code>{out}</code>" in page and "2.00 EUR in all." in page
    assert [row.code for row in pay_in(study) if row.part == "under way"] == [""]


def test_the_locked_design_copies_and_templates_carry_both_settings(study, researcher):
    assert study.design["pay"]["screen_out_pay"] == "2.00"
    draft = duplicate(study, "again", researcher)
    change_settings(draft, {"screen_out_url": "https://example.org/out?cc={code}", "screen_out_pay": "1.5"})
    draft.refresh_from_db()
    kept = keep_as_template(draft, "Screened").values
    assert kept["screen_out_pay"] == "1.50" and kept["screen_out_url"] == "https://example.org/out?cc={code}"
    with pytest.raises(ValueError, match="greater than or equal to 0"):
        change_settings(draft, {"screen_out_pay": "-1"})
    with pytest.raises(ValueError, match="valid URL"):
        change_settings(draft, {"screen_out_url": "http://example.org/"})


def test_who_was_screened_out_finds_the_code_again_and_cannot_begin_anew(client, study):
    enrolment, _ = fail(client, study, {"PROLIFIC_PID": "p1"})
    again = client.get(reverse("raters:way_in", args=[study.public_id])).text
    assert screen_out_code(enrolment) in again
    other = type(client)().post(reverse("raters:join", args=[invite(study)]), {"PROLIFIC_PID": "p1"})
    assert other.status_code == 404 and study.enrolments.count() == 1
