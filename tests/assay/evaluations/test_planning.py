"""Plans and their versions: what is refused, what an edit changes, when a plan takes a checkpoint."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from assay.accounts.models import AuditEvent
from assay.evaluations.models import Evaluation, EvaluationRun
from assay.evaluations.planning import add_version, make_plan, next_due, pause
from assay.evaluations.starting import start, start_due
from generation.endpoint_hosts import AllowedHosts
from generation.models import Checkpoint
from tests import builders
from tests.assay.evaluations.conftest import checkpoint, version_with

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ({"gate_margin": 0}, "gate_margin is 0"),
        ({"ratings_per_comparison": 0}, "ratings_per_comparison"),
        ({"sampling": {"warmth": 1}}, "warmth is no sampling parameter"),
        ({"cadence": "cron", "cron": "every monday"}, "five fields are expected"),
        ({"cron": "0 6 * * 1"}, "cadence is every; leave one out"),
        ({"emails": ["ann"]}, "'ann' is no e-mail address"),
        ({"template": {"slug": "x"}}, "no setting 'slug'"),
        ({"template": {"exclusion_rules": {"speed": 1}}}, "exclusion_rules"),
        ({"preset": "opera"}, "preset is 'opera'"),
        ({"seed": 2**32}, "seed is 4294967296; it is a whole number from 0 to 4294967295"),
        ({"tokens_a_day": 0}, "tokens_a_day is 0; leave it out for no limit"),
        ({"judgments_a_week": 0}, "judgments_a_week is 0"),
        ({"webhook_url": "https://inside.example.org/"}, "not among WEBHOOK_HOSTS"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused_whole(series, prompts, baseline, terms, message):
    with pytest.raises(ValueError, match=message):
        make_plan("weekly", series, version_with(baseline, **terms), [prompts])
    assert not Evaluation.objects.exists()


@pytest.mark.parametrize(
    ("slug", "title", "message"),
    [("heron" * 11, "", "slug: .* at most 50 characters"), ("weekly", "x" * 201, "title: .* at most 200")],
)
def test_a_name_longer_than_its_column_is_refused(series, prompts, baseline, slug, title, message):
    with pytest.raises(ValueError, match=message):
        make_plan(slug, series, version_with(baseline), [prompts], title=title)
    assert not Evaluation.objects.exists()


def test_a_webhook_needs_a_key_that_the_environment_holds(series, prompts, baseline, settings):
    settings.WEBHOOK_HOSTS = AllowedHosts.parse(["hooks.example.org"], "WEBHOOK_HOSTS")
    terms = {"webhook_url": "https://hooks.example.org/x", "webhook_key_env": "HOOK_KEY"}
    with pytest.raises(ValueError, match="must name a variable of the environment"):
        make_plan("weekly", series, version_with(baseline, **terms), [prompts])
    settings.ENDPOINT_KEYS = {"HOOK_KEY": "k"}
    assert make_plan("weekly", series, version_with(baseline, **terms), [prompts]).current.number == 1


def test_an_imported_baseline_must_have_answered_every_prompt_set(series, baseline):
    with pytest.raises(ValueError, match="plover has no responses for other@1"):
        make_plan("weekly", series, version_with(baseline), [builders.prompt_set(slug="other")])


def test_an_edit_is_a_new_version_and_what_has_begun_keeps_its_own(plan, series, prompts, baseline):
    run = start(plan, checkpoint(series, 100))
    add_version(plan, version_with(baseline, gate_margin=0.03), [prompts])
    later = start(plan, checkpoint(series, 200))
    assert (run.version.number, later.version.number) == (1, 2)
    assert (run.version.gate_margin, later.version.gate_margin) == (0.15, 0.03)


def test_the_same_terms_again_make_no_version(plan, prompts, baseline):
    assert add_version(plan, version_with(baseline), [prompts]) == plan.current
    assert plan.versions.count() == 1


def test_making_and_pausing_a_plan_are_on_record(plan):
    pause(plan, paused=True)
    pause(plan, paused=True)
    actions = list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))
    assert actions.count("evaluation.planned") == actions.count("evaluation.paused") == 1


def test_a_checkpoint_begins_once_whoever_asks(plan, series):
    made = checkpoint(series, 100)
    assert start(plan, made) and start(plan, made) is None
    assert start_due() == 0 and EvaluationRun.objects.count() == 1


def test_checkpoints_from_before_the_plan_wait_to_be_asked_for(series, prompts, baseline, writer):
    old = checkpoint(series, 50)
    plan = make_plan("weekly", series, version_with(baseline), [prompts])
    assert start_due() == 0
    call_command("evaluation", "start", plan.slug, old.name)
    assert plan.runs.get().checkpoint == old


def test_a_paused_plan_takes_nothing_new(plan, series):
    pause(plan, paused=True)
    checkpoint(series, 100)
    assert start_due() == 0
    pause(plan, paused=False)
    assert start_due() == 1


def test_every_nth_step_is_taken(plan, series, prompts, baseline):
    add_version(plan, version_with(baseline, cadence="nth", every_nth_step=200), [prompts])
    for step in (100, 200, 300, 400):
        checkpoint(series, step)
    assert start_due() == 2
    assert set(plan.runs.values_list("checkpoint__step", flat=True)) == {200, 400}


def test_a_timetable_takes_the_newest_checkpoint_once_when_its_time_has_come(plan, series, prompts, baseline):
    add_version(plan, version_with(baseline, cadence="cron", cron="0 6 * * *"), [prompts])
    for step in (100, 200):
        checkpoint(series, step)
    assert start_due() == 0
    Evaluation.objects.update(next_due_at=timezone.now() - timedelta(minutes=1))
    assert (start_due(), start_due()) == (1, 0)
    assert plan.runs.get().checkpoint.step == 200
    plan.refresh_from_db()
    assert plan.next_due_at > timezone.now()


def test_a_timetable_goes_back_to_no_checkpoint_that_it_passed_over(plan, series, prompts, baseline):
    add_version(plan, version_with(baseline, cadence="cron", cron="0 6 * * *"), [prompts])
    for step in (100, 200):
        checkpoint(series, step)
    for _ in range(2):
        Evaluation.objects.update(next_due_at=timezone.now() - timedelta(minutes=1))
        start_due()
    assert list(plan.runs.values_list("checkpoint__step", flat=True)) == [200]


def test_a_timetable_is_read_in_utc():
    with time_machine.travel(datetime(2026, 11, 24, 15, 30, tzinfo=UTC), tick=False):
        assert next_due("0 6 * * 1") == datetime(2026, 11, 30, 6, 0, tzinfo=UTC)


def test_the_command_makes_a_plan_and_then_versions_of_it(series, prompts, baseline, writer, capsys):
    arguments = ["nightly", "--series", "herons", "--prompt-set", "everyday", "--baseline", "plover"]
    call_command("plan_evaluation", *arguments, "--margin", "4")
    call_command("plan_evaluation", *arguments, "--margin", "3", "--tokens-a-day", "9000")
    assert "nightly (version 2)" in capsys.readouterr().out
    current = Evaluation.objects.get().current
    assert (current.gate_margin, current.tokens_a_day) == (0.03, 9000)


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--series", "ducks", "no series 'ducks'"),
        ("--baseline", "swan", "no checkpoint 'swan'"),
        ("--prompt-set", "fish", "no prompt set 'fish'"),
        ("--template", "{", "--template is no JSON"),
    ],
)
def test_the_command_says_what_is_wrong(series, prompts, baseline, option, value, message):
    given = {"--series": "herons", "--prompt-set": "everyday", "--baseline": "plover", option: value}
    with pytest.raises(CommandError, match=message):
        call_command("plan_evaluation", "nightly", *[word for pair in given.items() for word in pair])
    assert not Evaluation.objects.exists()


def test_the_baseline_itself_is_never_evaluated(plan, baseline, series):
    Checkpoint.objects.filter(pk=baseline.pk).update(series=series, step=1)
    assert start_due() == 0
    with pytest.raises(ValueError, match="cannot be compared with itself"):
        start(plan, baseline)
