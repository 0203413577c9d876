"""The running part of a study's page: it refreshes alone, and each thing that wants a hand has its one click."""

import pytest
from django.urls import reverse

from generation.models import Chunk
from raters.comparisons.gold import make_gold
from raters.models import Assignment, Judgment, StudyMember
from tests import builders
from tests.raters.working import work


@pytest.fixture
def get(client, researcher, study):
    client.force_login(researcher)
    return lambda name: " ".join(client.get(reverse(f"dashboards:{name}", args=[study.slug])).text.split())


@pytest.fixture
def steer(client, researcher, study):
    client.force_login(researcher)
    address = reverse("dashboards:steer_study", args=[study.slug])
    return lambda act: client.post(address, {"act": act}, follow=True).text


def fail(study):
    """One chunk of the first arm is given up."""
    run = study.arms.order_by("pk").first().run
    return Chunk.objects.create(run=run, number=0, item_ids=[], status="dead", error="no memory", attempts=5)


def test_the_fragment_is_the_part_alone_and_the_page_holds_it(get, study):
    fragment = get("study_running")
    assert "<html" not in fragment and '0 <span class="muted">/ 9</span>' in fragment
    page = get("study")
    assert f'data-live="{reverse("dashboards:study_running", args=[study.slug])}"' in page
    assert "live.js" in page and "data-live-on" in page


def test_a_finished_study_stands_still(get, study):
    study.status = "closed"
    study.save()
    assert "live.js" not in get("study") and "data-live-on" not in get("study_running")


def test_a_study_is_paused_goes_on_and_ends_by_buttons(steer, study):
    for act, after in (("pause", "paused"), ("start", "collecting"), ("finish", "closed")):
        steer(act)
        study.refresh_from_db()
        assert study.status == after
    assert "must be collecting" in steer("pause")


def test_an_act_that_there_is_not_is_told_with_those_there_are(steer):
    assert "There is no such step; they are: start, pause, finish, retry." in steer("burn")


def test_shares_lead_to_the_raters_and_say_what_they_are_of(get, study):
    rater, gold = builders.rater(study), study.comparisons.first()
    make_gold(gold, "a", "it is right")
    list(work(rater, study))
    text = get("study_running")
    for tile in ("Gold right", "Percent agreement", "Fast"):
        assert (
            f'<dt><a href="{reverse("dashboards:study_raters", args=[study.slug])}">{tile}</a></dt>' in text
        )
    assert "Gold right: of all answers to gold comparisons; other shares: of the newest 2,000" in text
    assert "Done by: when all that are still wanted are in, at this pace." in text


def test_held_comparisons_lead_to_their_page(get, study):
    study.comparisons.filter(pk=study.comparisons.first().pk).update(status="held")
    assert f'href="{reverse("dashboards:held", args=[study.slug])}"' in get("study_running")


def test_failed_chunks_are_tried_again_by_one_click(get, steer, study):
    chunk = fail(study)
    assert 'name="act" value="retry"' in get("study_running")
    assert "1 chunks are tried again" in steer("retry")
    chunk.refresh_from_db()
    assert chunk.status == "queued"
    assert "Nothing of this study" in steer("retry")


def test_while_blind_runs_are_told_together(get, study):
    """Their list tells that one of the heron's chunks failed: a label beside that count would be the heron's."""
    fail(study)
    fragment = get("study_running")
    assert "All models together" in fragment and '<td class="number">6</td>' in fragment  # three of either
    assert not any(word in fragment for word in ("Model 1", "Model 2", "heron", "/runs/"))


def test_who_may_know_names_finds_the_runs(get, study, researcher):
    fail(study)
    StudyMember.objects.create(study=study, user=researcher, role="owner")
    study.arms_known_to = ["owner"]
    study.save()
    assert "heron-autumn" in get("study_running") and "/runs/" in get("study_running")


def test_a_preview_shows_a_comparison_and_stores_nothing(client, get, study):
    page = get("preview")
    assert "Nothing is stored" in page and "Which response is better" in page
    assert "heron" not in page and "/rate/" not in page
    address = reverse("dashboards:preview", args=[study.slug])
    assert "Nothing is stored" in client.post(address, {"value": "left"}).text
    assert not Assignment.objects.exists() and not Judgment.objects.exists()


def test_a_study_without_comparisons_has_no_preview(client, get, study):
    study.comparisons.all().delete()
    address = reverse("dashboards:preview", args=[study.slug])
    assert "no comparison yet" in client.get(address, follow=True).text


def test_the_start_page_leads_to_what_comes_next(client, researcher):
    client.force_login(researcher)
    page = client.get("/")
    assert page.context["following"].title == "Prompts" and reverse("dashboards:add_prompts") in page.text
    builders.study()
    page = client.get("/")
    assert page.context["following"].title == "Raters"
    assert "Heron against plover" in page.text and "People and invitations" not in page.text


def test_raters_start_at_their_studies(client, rater):
    client.force_login(rater.user)
    assert client.get("/").headers["Location"] == reverse("raters:my_studies")
