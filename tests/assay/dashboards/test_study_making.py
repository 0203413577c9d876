"""A researcher makes a study on a page: two runs, one click for the rubric, one to open it."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from assay.reports.refresh import refresh
from raters import judging
from raters.assignment import claim_next
from raters.models import Study
from raters.rubrics.answers import Answer
from tests import builders


@pytest.fixture
def runs(db):
    version = builders.prompt_set(3)
    return builders.run(version, "heron"), builders.run(version, "plover")


@pytest.fixture
def make(client, researcher, runs):
    client.force_login(researcher)
    form = {"candidate": runs[0].pk, "baseline": runs[1].pk, "ratings": 2}

    def post(**changes):
        return client.post(reverse("dashboards:new_study"), form | changes)

    return post


@pytest.mark.parametrize(("kind", "title"), [("instruction", "Instruction following"), ("safety", "Safety")])
def test_one_click_makes_a_draft_with_the_rubric(make, kind, title):
    assert make(preset=kind).status_code == 302
    study = Study.objects.get()
    assert (study.status, study.rubric.title, study.comparisons.count()) == ("draft", title, 3)


def test_opening_a_draft_locks_its_design(make, client):
    make(preset="instruction")
    study = Study.objects.get()
    assert "Open it for raters" in client.get(reverse("dashboards:study", args=[study.slug])).text
    client.post(reverse("dashboards:open_study", args=[study.slug]))
    study.refresh_from_db()
    assert study.status == "collecting" and study.design["rubric"]["asks_tie_kind"]


def test_runs_over_different_prompts_are_refused(make):
    other = builders.run(builders.prompt_set(2, slug="other"), "avocet")
    assert "answer different prompts" in make(preset="safety", baseline=other.pk).text
    assert not Study.objects.exists()


def test_a_second_study_of_the_same_name_is_refused(make):
    make(preset="safety")
    assert "already" in make(preset="safety").text
    assert make(preset="safety", slug="second").status_code == 302


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


def test_settings_of_a_draft_are_changed_on_their_page_until_it_is_locked(make, client):
    make(preset="safety")
    study = Study.objects.get()
    address = reverse("dashboards:study_settings", args=[study.slug])
    form = client.get(address).context["form"]
    values = {
        name: form[name].value()
        for name in form.fields
        if form[name].value() not in (None, "") and form[name].value() is not False
    }
    values |= {"gold_every": 7, "exclusion_rules": '{"gold_below": 0.6}'}
    assert client.post(address, values).status_code == 302
    study.refresh_from_db()
    assert (study.gold_every, study.exclusion_rules, study.reveal) == (7, {"gold_below": 0.6}, True)
    assert client.post(address, values | {"exclusion_rules": '{"charm": 1}'}).status_code == 422
    client.post(reverse("dashboards:open_study", args=[study.slug]))
    assert client.get(address).status_code == 404
