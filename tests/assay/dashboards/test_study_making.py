"""A researcher plans a study on a page: arms, prompts or a part, rubric; the planner's numbers stand beside it."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from assay.reports.refresh import refresh
from generation.models import Chunk, GenerationRun
from raters import judging
from raters.assignment import claim_next
from raters.models import Study, StudyTemplate
from raters.rubrics.answers import Answer
from raters.studies.responses import pair_what_is_there
from raters.studies.stopping import RULES, SEQUENCE
from tests import builders
from tests.generation.conftest import engine_checkpoint


@pytest.fixture
def runs(db):
    version = builders.prompt_set(3)
    return builders.run(version, "heron"), builders.run(version, "plover")


@pytest.fixture
def form(client, researcher, runs):
    """The page's form as it stands, with two arms chosen."""
    client.force_login(researcher)
    planned = client.get(reverse("dashboards:new_study")).context["planned"]
    values = {name: planned.plan[name].value() for name in planned.plan.fields}
    values = {name: value for name, value in values.items() if value not in (None, "")}
    arms = {"candidates": [f"run-{runs[0].pk}"], "baseline": f"run-{runs[1].pk}"}
    return values | {"prompts": str(planned.version), "ratings": 2} | arms


@pytest.fixture
def send(client, form):
    def post(button="save", **changes):
        return client.post(reverse("dashboards:new_study"), form | changes | {button: ""})

    return post


@pytest.mark.parametrize(
    ("slug", "title"), [("instruction-following", "Instruction following"), ("safety", "Safety")]
)
def test_a_plan_becomes_a_draft_with_its_rubric(send, slug, title):
    assert send(rubric=slug).status_code == 302
    study = Study.objects.get()
    assert (study.status, study.rubric.title, study.comparisons.count()) == ("draft", title, 3)
    assert study.title == "heron against plover on everyday@1"


def test_the_planners_numbers_are_those_of_the_analysis(send):
    from analysis.power import plan

    power = send("recalculate", ratings=2, pool=8).context["power"]
    known = plan(3, 2, 8)
    assert (power.plan.half_width, power.plan.detectable) == (known.half_width, known.detectable)
    assert [step.plan.prompts for step in power.steps if step.is_chosen] == [3]


def test_hours_cost_and_days_follow_from_minutes_and_pay(send):
    effort = (
        send("recalculate", ratings=2, pool=4, minutes=5, hours_a_day=0.25, pay_basis="hour", pay_rate=12)
        .context["power"]
        .effort
    )
    assert (effort.judgments, effort.hours, effort.days) == (6, 0.5, 0.5)
    assert float(effort.cost) == 6.0


def test_recalculating_makes_nothing(send):
    answer = send("recalculate", candidates=[], baseline="")
    assert answer.status_code == 200 and "± " in answer.text
    assert not Study.objects.exists()


def test_a_pool_too_small_for_the_ratings_is_told(send):
    assert "need a pool of 9 raters" in send("recalculate", ratings=9, pool=4).text


def test_several_candidates_stand_against_one_baseline(send, runs):
    third = builders.run(runs[0].prompt_set_version, "avocet")
    send(candidates=[f"run-{runs[0].pk}", f"run-{third.pk}"])
    study = Study.objects.get()
    assert study.comparisons.count() == 6
    assert {arm.run.checkpoint.name: arm.role for arm in study.arms.all()} == {
        "heron": "candidate",
        "avocet": "candidate",
        "plover": "baseline",
    }


def test_the_baseline_is_no_candidate_and_a_candidate_is_needed(send, runs):
    assert "cannot be a candidate" in send(baseline=f"run-{runs[0].pk}").text
    assert send(candidates=[]).status_code == 422
    assert not Study.objects.exists()


def test_a_checkpoint_without_a_run_gets_one_and_the_draft_waits_for_it(send, client):
    owl = engine_checkpoint("owl")
    send(candidates=[f"checkpoint-{owl.pk}"], slug="owls")
    study = Study.objects.get()
    assert owl.runs.get().missing.count() == 3 and not study.comparisons.exists()
    page = client.get(reverse("dashboards:study", args=["owls"])).text
    assert "3 of 6 responses are there" in page
    refused = client.post(reverse("dashboards:open_study", args=["owls"]), follow=True).text
    assert "cannot be opened yet" in refused


def test_what_the_runs_to_be_made_will_take_stands_beside_the_plan(send):
    owl = engine_checkpoint("owl")
    page = send("recalculate", candidates=[f"checkpoint-{owl.pk}"], max_new_tokens=20)
    assert "owl: 3 responses, 60 tokens at most; time and disk unknown" in page.text
    assert not owl.runs.exists()


def test_a_draft_is_laid_out_once_its_responses_are_there(send):
    owl = engine_checkpoint("owl")
    send(candidates=[f"checkpoint-{owl.pk}"])
    pair_what_is_there()
    study = Study.objects.get()
    assert not study.comparisons.exists()
    answer = builders.run(study.prompt_set_version, "wren").items.first().response
    owl.runs.get().items.update(response=answer)
    Chunk.objects.update(status="done")
    pair_what_is_there()
    pair_what_is_there()
    assert study.comparisons.count() == 3


def test_a_part_of_the_prompts_becomes_a_set_and_runs_of_its_own(send):
    assert "2 prompts" in send("recalculate", length="s", size=2).text
    send(length="s", size=2, slug="part")
    study = Study.objects.get()
    assert str(study.prompt_set_version) == "everyday-s-2@1"
    assert study.comparisons.filter(status="open").count() == study.prompt_set_version.prompts.count() == 2
    assert GenerationRun.objects.filter(prompt_set_version=study.prompt_set_version).count() == 2


def test_a_second_study_of_the_same_name_is_refused_and_leaves_nothing(send):
    send()
    assert "already" in send().text and Study.objects.count() == 1
    assert send(slug="second").status_code == 302


def test_opening_a_draft_locks_its_design(send, client):
    send(pool=7)
    study = Study.objects.get()
    assert "Open it for raters" in client.get(reverse("dashboards:study", args=[study.slug])).text
    client.post(reverse("dashboards:open_study", args=[study.slug]))
    study.refresh_from_db()
    assert study.status == "collecting" and len(study.design_sha256) == 64
    assert study.design["rubric"]["asks_tie_kind"] and study.design["pool"] == 7


def test_a_template_fills_the_form_and_its_settings_reach_the_study(client, form, send):
    send(slug="first", ratings=5, pool=20)
    first = Study.objects.get()
    Study.objects.update(gold_every=9)
    address = reverse("dashboards:copy_study", args=[first.slug])
    client.post(address, {"way": "template", "name": "Weekly"})
    assert StudyTemplate.objects.get().values["gold_every"] == 9
    page = client.get(reverse("dashboards:new_study"), {"template": "Weekly"})
    assert page.context["planned"].plan["ratings"].value() == 5
    send(slug="second", template="Weekly")
    assert Study.objects.get(slug="second").gold_every == 9


def test_an_empty_site_leads_to_its_first_prompts(client, researcher):
    client.force_login(researcher)
    assert reverse("dashboards:add_prompts") in client.get(reverse("dashboards:new_study")).text


def test_the_command_takes_a_preset_too(runs):
    names = {"prompt_set": "everyday", "candidate": "heron", "baseline": "plover"}
    call_command("evaluate", **names, preset="safety", verbosity=0)
    assert Study.objects.get().rubric.asks_safety


def test_both_bad_is_a_tie_in_the_headline_and_has_its_own_rate(db):
    study = builders.study(prompts=4, ratings=2, scale=4)
    raters = [builders.rater(study, name) for name in ("rita", "otto")]
    for value in ("both_bad", "both_bad", "same", "left"):
        for rater in raters:
            judging.record(claim_next(rater, study), Answer(value, "a-key-of-sixteen-letters"))
    estimates = {row.name: row for row in refresh(study).estimates.filter(slice="")}
    assert estimates["win_rate"].detail["ties"] == 6
    assert estimates["both_bad"].value == pytest.approx(0.5)
    assert estimates["both_bad"].low < 0.5 < estimates["both_bad"].high


def test_settings_of_a_draft_are_changed_on_their_page_until_it_is_locked(send, client):
    send(rubric="safety")
    study = Study.objects.get()
    address = reverse("dashboards:study_settings", args=[study.slug])
    form = client.get(address).context["form"]
    values = {
        name: form[name].value()
        for name in form.fields
        if form[name].value() not in (None, "") and form[name].value() is not False
    }
    values |= {"gold_every": 7, "exclusion_rules": "gold_below 0.6"}
    assert client.post(address, values).status_code == 302
    study.refresh_from_db()
    assert (study.gold_every, study.exclusion_rules, study.reveal) == (7, {"gold_below": 0.6}, True)
    assert client.post(address, values | {"exclusion_rules": "charm 1"}).status_code == 422
    client.post(reverse("dashboards:open_study", args=[study.slug]))
    assert client.get(address).status_code == 404


def test_a_stopping_rule_is_chosen_by_its_meaning_and_told_on_the_studys_page(send, client):
    assert send(stop_rule="when it looks good").status_code == 422
    assert send(stop_rule="sequence").status_code == 302
    study = Study.objects.get()
    assert study.stop_rule == RULES[SEQUENCE]
    page = client.get(reverse("dashboards:study", args=[study.slug])).text
    assert "confidence sequence of each pair leaves 50% out" in page and "No report tells yet" in page
    assert '"sequence" selected' in client.get(f"/studies/{study.slug}/settings/").text
