"""What a plan's terms may be, at their ends; what makes two versions the same; what the command takes as given."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from assay.accounts.models import AuditEvent
from assay.evaluations.models import Evaluation, EvaluationVersion
from assay.evaluations.planning import add_version, make_plan, pause
from generation.models import Checkpoint, CheckpointSeries
from tests import builders
from tests.assay.evaluations.conftest import checkpoint, version_with

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ({"gate_margin": 0.5}, "gate_margin is 0.5"),
        ({"template": ["gold_every"]}, "no object of settings; a study's settings are rater_title"),
        ({"template": {"rater_title": "a\x00b"}}, "holds the character U"),
        ({"template": {"gold_every": "often"}}, "template: gold_every"),
        ({"emails": "ann@example.org"}, "emails is a list"),
        ({"priority": 101}, "priority"),
        ({"every_nth_step": 0}, "every_nth_step"),
        ({"cadence": "cron"}, "cron is ''"),
        ({"judged_by": "model"}, "judge must name the language model"),
    ],
)
def test_a_term_that_makes_no_sense_is_named(series, prompts, baseline, terms, message):
    with pytest.raises(ValueError, match=message):
        make_plan("weekly", series, version_with(baseline, **terms), [prompts])
    assert not Evaluation.objects.exists()


@pytest.mark.parametrize(
    "terms",
    [
        {"gate_margin": 0.499},
        {"seed": 2**32 - 1},
        {"tokens_a_day": 1, "judgments_a_week": 1},
        {"priority": -100},
        {"emails": ["ann@example.org"]},
        {"template": {"gold_every": 5, "language": "de"}},
    ],
)
def test_the_last_value_that_makes_sense_is_taken(series, prompts, baseline, terms):
    kept = make_plan("weekly", series, version_with(baseline, **terms), [prompts]).current
    assert {name: getattr(kept, name) for name in terms} == terms


def test_a_plan_asks_of_some_prompt_set_and_of_each_once(series, prompts, baseline):
    for prompt_sets, message in (([], "needs a prompt set"), ([prompts, prompts], "each prompt set once")):
        with pytest.raises(ValueError, match=message):
            make_plan("weekly", series, version_with(baseline), prompt_sets)


@pytest.mark.parametrize("slug", ["", "every week", "täglich", "a/b"])
def test_a_name_that_no_address_could_hold_is_refused(series, prompts, baseline, slug):
    with pytest.raises(ValueError, match="use letters, digits, hyphens and underscores"):
        make_plan(slug, series, version_with(baseline), [prompts])


def test_a_name_that_is_taken_is_refused_and_the_plan_left_as_it_was(plan, series, prompts, baseline):
    with pytest.raises(ValueError, match="there is a plan weekly already"):
        make_plan("weekly", series, version_with(baseline, seed=1), [prompts], title="Another")
    assert plan.versions.count() == 1 and Evaluation.objects.get().title == "weekly"


@pytest.mark.parametrize(
    "terms", [{"seed": 1}, {"emails": ["ann@example.org"]}, {"tokens_a_day": 9}, {"priority": 1}]
)
def test_any_other_term_makes_another_version(plan, prompts, baseline, terms):
    made = add_version(plan, version_with(baseline, **terms), [prompts])
    assert made.number == 2 and plan.current == made
    assert made.sha256 != plan.versions.get(number=1).sha256


def test_so_do_another_prompt_set_and_another_baseline_but_no_other_order_of_prompt_sets(plan, prompts):
    more = builders.prompt_set(slug="more", turns=2)
    for version in (prompts, more):
        builders.run(version, "dunlin")
    dunlin = Checkpoint.objects.get(name="dunlin")
    digests = [
        add_version(plan, version_with(dunlin), prompt_sets).sha256
        for prompt_sets in ([prompts], [prompts, more], [more, prompts], [more])
    ]
    assert digests[1] == digests[2] and len(set(digests)) == 3
    assert plan.versions.count() == 4


def test_a_timetable_that_is_given_up_leaves_no_due_time(plan, prompts, baseline):
    add_version(plan, version_with(baseline, cadence="cron", cron="0 6 * * *"), [prompts])
    plan.refresh_from_db()
    assert plan.next_due_at > timezone.now()
    add_version(plan, version_with(baseline, seed=3), [prompts])
    plan.refresh_from_db()
    assert plan.next_due_at is None


def test_going_on_is_on_record_once_as_pausing_is(plan, researcher):
    for paused in (False, True, False, False):
        pause(plan, paused=paused, actor=researcher)
    acts = AuditEvent.objects.filter(actor=researcher).order_by("pk")
    assert [event.action for event in acts] == ["evaluation.paused", "evaluation.resumed"]


@pytest.fixture
def judge(db) -> Checkpoint:
    return checkpoint(CheckpointSeries.objects.create(slug="owls", title="Owls"), 7)


def test_who_judges_stands_on_neither_side_and_can_be_asked(series, prompts, baseline, writer, judge):
    builders.run(prompts, "elsewhere")
    ours = checkpoint(series, 50)
    refused = {
        "whose responses were imported": (baseline, Checkpoint.objects.get(name="elsewhere")),
        "would judge its own responses": (baseline, ours),
        "would judge its own": (judge, judge),
    }
    for message, (against, asked) in refused.items():
        with pytest.raises(ValueError, match=message):
            make_plan("weekly", series, version_with(against, judged_by="both", judge=asked), [prompts])
    with pytest.raises(ValueError, match="raters alone judge"):
        make_plan("weekly", series, version_with(baseline, judge=judge), [prompts])
    assert make_plan("weekly", series, version_with(baseline, judged_by="both", judge=judge), [prompts])


@pytest.mark.parametrize("terms", [{"stops_early": True}, {"judgments_a_week": 9}])
def test_what_spares_raters_is_for_plans_that_ask_some(series, prompts, baseline, judge, terms):
    with pytest.raises(ValueError, match=r"no (rater|person) is asked"):
        make_plan(
            "weekly", series, version_with(baseline, judged_by="model", judge=judge, **terms), [prompts]
        )
    assert make_plan(
        "weekly", series, version_with(baseline, judged_by="both", judge=judge, **terms), [prompts]
    )


GIVEN = ("--series", "herons", "--prompt-set", "everyday", "--baseline", "plover")


def planned(*more: str) -> EvaluationVersion:
    call_command("plan_evaluation", "nightly", *GIVEN, *more)
    return Evaluation.objects.get(slug="nightly").current


def test_the_command_takes_what_is_not_said_as_documented(series, prompts, baseline):
    made = planned()
    assert (made.ratings_per_comparison, made.gate_margin, made.seed, made.cadence) == (3, 0.05, 0, "every")
    assert (made.judged_by, made.decided_by, made.priority, made.emails) == ("humans", "both", 0, [])
    assert (made.tokens_a_day, made.judgments_a_week, made.stops_early) == (None, None, False)


@pytest.mark.parametrize(
    ("given", "terms"),
    [
        (("--every-nth-step", "500"), {"cadence": "nth", "every_nth_step": 500}),
        (("--cron", "0 6 * * 1"), {"cadence": "cron", "cron": "0 6 * * 1"}),
        (
            ("--email", "a@example.org", "--email", "b@example.org"),
            {"emails": ["a@example.org", "b@example.org"]},
        ),
        (("--stops-early", "--ratings", "2"), {"stops_early": True, "ratings_per_comparison": 2}),
    ],
)
def test_what_is_said_to_the_command_becomes_a_term(series, prompts, baseline, given, terms):
    made = planned(*given)
    assert {name: getattr(made, name) for name in terms} == terms


def test_the_command_moves_no_plan_to_another_series(series, prompts, baseline):
    planned()
    CheckpointSeries.objects.create(slug="ducks", title="Ducks")
    with pytest.raises(CommandError, match=r"nightly is of series .*; a plan keeps its series"):
        call_command("plan_evaluation", "nightly", "--series", "ducks", *GIVEN[2:])
