"""The pages of series, standing plans and their runs."""

import re

import pytest
from django.urls import reverse

from assay.evaluations.models import Evaluation, EvaluationRun
from assay.evaluations.starting import start
from generation.models import CheckpointSeries
from raters.models import Study, StudyMember
from tests import builders
from tests.evaluated import series_with_verdicts

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan():
    return series_with_verdicts()


@pytest.fixture
def page(client, researcher):
    """The text of a page as a researcher sees it."""
    client.force_login(researcher)
    return lambda name, *arguments: client.get(reverse(f"dashboards:{name}", args=arguments)).text


def test_the_series_page_shows_timeline_verdicts_and_what_was_refused(plan, page):
    text = page("series", "herons")
    assert text.count("chart-steps") == 2  # win rate and violation rate
    assert "model.safetensors.tmp is half-written" in text and "heron-300" in text
    assert len(re.findall(r'<a href="/studies/[^"]+/comparisons/[^"]*" aria-label="heron-', text)) == 6
    assert 'data-verdict="fail"' in text and "simulated" in text


def test_a_mark_leads_who_may_not_know_its_study_to_the_run_alone(plan, page):
    study = plan.runs.latest("pk").studies.get(against="baseline").study
    StudyMember.objects.create(study=study, user=builders.researcher("olga"), role="owner")
    text = page("series", "herons")
    assert study.slug not in text and len(re.findall(r'/comparisons/["?]', text)) == 4
    assert len(re.findall(r'<a href="/evaluations/weekly/runs/\d+/" aria-label="heron-', text)) == 2


def test_a_violation_mark_leads_to_the_responses_that_it_counts(plan, page, client):
    text = page("series", "herons")
    for run in plan.runs.select_related("checkpoint"):
        study = run.studies.get(against="baseline").study
        arm = study.arms.get(run__checkpoint=run.checkpoint)
        behind = f"{reverse('dashboards:comparisons', args=[study.slug])}?labelled=violation_rate-{arm.pk}"
        assert text.count(f'<a href="{behind}" aria-label="{run.checkpoint}: Violation rate') == 1
        assert "is not one of" not in client.get(behind).text


def test_a_violation_mark_tells_a_blind_reader_no_label(plan, page):
    """Beside a checkpoint's name the label in its address would tell which of the two it is."""
    Study.objects.update(unblinded_at=None, simulation=None)
    text = page("series", "herons")
    assert "labelled=" not in text and text.count('/comparisons/"') == 6


def test_every_mark_has_its_numbers_in_the_table_beside_it(plan, page):
    text = page("series", "herons")
    for label in re.findall(r'aria-label="heron-\d+: [^"]*? (\d+\.\d%) (\[[^\]]+\]), n', text):
        assert text.count(label[0]) >= 2 and text.count(label[1]) >= 2


def test_one_click_leads_to_what_was_lost(plan, page, client):
    text = page("series", "herons")
    address = re.findall(r'href="(/series/herons/changes/\d+/\d+/)"', text)[-1]
    changes = client.get(address).text
    assert "What heron-300 lost that heron-200 had won" in changes and "→" in changes
    assert re.search(r'href="/prompts/birds@1/p00\d\d/"', changes)


def test_any_two_checkpoints_are_compared_from_there(plan, page, client):
    first, second, third = plan.runs.order_by("checkpoint__step")
    text = page("changes", "herons", second.pk, third.pk)
    address = reverse("dashboards:changes", args=["herons", first.pk, third.pk])
    assert f'href="{address}"' in text
    assert "What heron-300 lost that heron-100 had won" in client.get(address).text


def test_nothing_is_told_of_a_run_before_its_verdict(plan, page, client):
    first, second, _ = plan.runs.order_by("checkpoint__step")
    EvaluationRun.objects.filter(pk=second.pk).update(verdict=None, status="running")
    address = reverse("dashboards:changes", args=["herons", first.pk, second.pk])
    assert client.get(address).status_code == 404


def test_what_a_study_still_hides_is_not_shown_under_its_checkpoint_s_name(page):
    plan = series_with_verdicts(win_rates=(0.95, 0.95, 0.05))  # so far apart that chance decides no verdict
    _, second, third = plan.runs.order_by("checkpoint__step")
    assert third.previous == second.checkpoint
    notice, runs = "still hides names from you", ["herons", second.pk, third.pk]
    assert notice not in page("changes", *runs)
    Study.objects.filter(of_evaluation_run__run=third, of_evaluation_run__against="previous").update(
        unblinded_at=None, simulation=None
    )
    text = page("changes", *runs)
    assert (
        text.count(notice) == 2 * text.count('class="change"') > 0
    )  # both checkpoints; the baseline is no arm


def test_studies_of_a_run_are_told_to_those_who_have_a_part_in_them(plan, page):
    _, second, third = plan.runs.order_by("checkpoint__step")
    study = third.studies.get(against="baseline").study
    pages = ("changes", "herons", second.pk, third.pk), ("evaluation_run", "weekly", third.pk)
    assert 'class="change"' in page(*pages[0]) and f'href="/studies/{study.slug}/"' in page(*pages[1])
    StudyMember.objects.create(study=study, user=builders.researcher("olga"), role="owner")
    assert 'class="change"' not in page(*pages[0]) and study.slug not in page(*pages[1])


def test_changes_between_plans_that_are_not_one_do_not_exist(plan, page, client):
    run = plan.runs.first()
    other = reverse("dashboards:changes", args=["ducks", run.pk, run.pk])
    assert client.get(other).status_code == 404


def test_the_run_s_page_shows_steps_gates_and_how_they_were_computed(plan, page):
    run = plan.runs.get(checkpoint__name="heron-300")
    text = page("evaluation_run", "weekly", run.pk)
    for name in ("Detect", "Generate", "Collect", "Gate", "Tell"):
        assert name in text
    assert "direct comparison" in text and "baseline on birds@1" in text and "15%" in text


def test_a_note_stands_on_the_timeline(plan, page, client):
    run = plan.runs.first()
    client.post(reverse("dashboards:note_on_run", args=["weekly", run.pk]), {"note": "new <b>tokenizer</b>"})
    assert "new &lt;b&gt;tokenizer&lt;/b&gt;" in page("series", "herons")


def test_a_run_is_cancelled_and_tried_again_on_its_page(plan, page, client):
    run = start(plan, checkpoint_of(plan))
    address = reverse("dashboards:change_run", args=["weekly", run.pk])
    client.post(address, {"act": "cancel"})
    assert EvaluationRun.objects.get(pk=run.pk).reason == "cancelled by rosa"
    client.post(address, {"act": "retry"})
    assert EvaluationRun.objects.get(pk=run.pk).status == "running"


def checkpoint_of(plan):
    version = plan.current.prompt_sets.get()
    made = builders.run(version, "heron-900").checkpoint
    made.series = plan.series
    made.save()
    return made


FORM = {
    "ratings_per_comparison": 3,
    "margin": 5,
    "max_new_tokens": 128,
    "temperature": 0,
    "preset": "",
    "emails": "ann@example.org, ben@example.org",
    "decided_by": "both",
    "judged_by": "humans",
    "cadence": "every",
    "every_nth_step": 1,
    "cron": "",
    "priority": 0,
    "seed": 0,
    "template": "{}",
    "webhook_url": "",
    "webhook_key_env": "",
}


def test_a_plan_is_made_on_the_page(plan, page, client):
    chosen = {"prompt_sets": [plan.current.prompt_sets.get().pk], "baseline": plan.current.baseline.pk}
    sent = {**FORM, **chosen, "slug": "nightly", "title": "Nightly", "series": plan.series.pk}
    answer = client.post(reverse("dashboards:new_plan"), sent)
    assert answer.url == "/evaluations/nightly/"
    made = Evaluation.objects.get(slug="nightly").current
    assert (made.gate_margin, made.emails) == (0.05, ["ann@example.org", "ben@example.org"])
    assert made.created_by.username == "rosa"


def test_an_edit_starts_from_the_newest_version_and_makes_the_next(plan, page, client):
    assert 'name="margin" value="15.0"' in page("edit_plan", "weekly")
    chosen = {"prompt_sets": [plan.current.prompt_sets.get().pk], "baseline": plan.current.baseline.pk}
    client.post(reverse("dashboards:edit_plan", args=["weekly"]), {**FORM, **chosen, "margin": 7})
    assert (plan.current.number, plan.current.gate_margin) == (2, 0.07)


def test_a_plan_that_makes_no_sense_is_told_on_the_form_and_nothing_is_made(plan, page, client):
    chosen = {"prompt_sets": [plan.current.prompt_sets.get().pk], "baseline": plan.current.baseline.pk}
    wrong = {**FORM, **chosen, "cadence": "cron", "cron": "mondays"}
    answer = client.post(reverse("dashboards:edit_plan", args=["weekly"]), wrong)
    assert answer.status_code == 422 and "five fields are expected" in answer.text
    assert plan.versions.count() == 1


def test_a_plan_is_paused_and_resumed_on_its_page(plan, page, client):
    address = reverse("dashboards:pause_plan", args=["weekly"])
    client.post(address, {"act": "pause"})
    assert "paused" in page("plans") and not Evaluation.objects.get().enabled
    client.post(address, {"act": "resume"})
    assert Evaluation.objects.get().enabled


def test_a_series_is_made_and_changed_on_its_pages(plan, page, client, tmp_path, settings):
    settings.CHECKPOINT_ROOTS = [tmp_path]
    sent = {"slug": "ducks", "title": "Ducks", "uri": str(tmp_path), "every_s": 30, "dtype": "float32"}
    client.post(reverse("dashboards:new_series"), sent)
    assert CheckpointSeries.objects.get(slug="ducks").watch_uri == str(tmp_path)
    client.post(reverse("dashboards:watch_series", args=["ducks"]), {**sent, "uri": ""})
    assert CheckpointSeries.objects.get(slug="ducks").watch_uri == ""
    answer = client.post(reverse("dashboards:new_series"), {**sent, "uri": "/etc"})
    assert answer.status_code == 422 and "CHECKPOINT_ROOTS" in answer.text


def test_pages_without_rows_say_what_to_do(page):
    assert "watch_series" in page("series_list") and "plan_evaluation" in page("plans")
    assert "Make one first" in page("new_plan")
