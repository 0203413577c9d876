"""A study that is locked is planned anew: its arms are told to those who may know them, and kept for all others."""

import pytest
from django.urls import reverse

from assay.accounts.models import AuditEvent
from generation.models import GenerationRun
from raters.models import Study
from tests import builders
from tests.assay.dashboards.test_study_making import form, runs, send

__all__ = ["form", "runs", "send"]  # the fixtures


def test_a_new_version_is_planned_with_other_arms_and_ratings(send, client, runs):
    send(slug="autumn", ratings=2)
    study = Study.objects.get(slug="autumn")
    Study.objects.filter(pk=study.pk).update(gold_every=7, empty_policy="exclude")
    client.post(reverse("dashboards:open_study", args=["autumn"]))
    Study.objects.update(unblinded_at="2026-03-01T12:00Z")
    assert "?follows=autumn" in client.get(reverse("dashboards:copy_study", args=["autumn"])).text
    plan = client.get(reverse("dashboards:new_study"), {"follows": "autumn"}).context["planned"].plan
    assert (plan["candidates"].value(), plan["baseline"].value()) == (
        [f"run-{runs[0].pk}"],
        f"run-{runs[1].pk}",
    )
    assert (plan["slug"].value(), plan["ratings"].value()) == ("autumn-2", 2)
    other = builders.run(study.prompt_set_version, "ibis")
    send(slug="autumn-2", follows="autumn", ratings=5, candidates=[f"run-{other.pk}"])
    made = Study.objects.get(slug="autumn-2")
    assert (made.follows, made.version, made.ratings_per_comparison) == (study, 2, 5)
    assert (made.gold_every, made.empty_policy) == (7, "exclude")
    assert (
        made.arms.filter(run=other).exists()
        and AuditEvent.objects.filter(action="study.new_version").exists()
    )


@pytest.fixture
def blind(send, client):
    """A study whose arms hide from the one who planned it, and the form that plans its next version."""
    send(slug="autumn", title="Birds")
    client.post(reverse("dashboards:open_study", args=["autumn"]))
    return Study.objects.get()


def test_the_arms_of_a_blinded_study_are_kept_without_being_told(send, client, runs, blind):
    page = client.get(reverse("dashboards:new_study"), {"follows": "autumn"})
    plan = page.context["planned"].plan
    assert not plan["candidates"].value() and not plan["baseline"].value()
    assert "is hidden from you until it is unblinded" in page.text and " checked" not in page.text
    kept = {"follows": "autumn", "candidates": [], "baseline": ""}
    assert send("recalculate", **kept).status_code == 200
    assert send(**kept, slug="autumn-2", ratings=5, title="").status_code == 302
    made = Study.objects.get(slug="autumn-2")
    assert {arm.role: arm.run for arm in made.arms.all()} == {"candidate": runs[0], "baseline": runs[1]}
    assert (made.title, made.ratings_per_comparison, made.comparisons.count()) == ("Birds", 5, 3)


def test_hidden_arms_are_kept_all_or_none_and_over_their_own_prompts(send, blind):
    """A run that were made for other prompts would stand in the list of runs under its checkpoint's name."""
    half = send(follows="autumn", slug="autumn-2", baseline="")
    assert half.status_code == 422 and "anew, or leave both as they are" in half.text
    part = send(follows="autumn", slug="autumn-2", candidates=[], baseline="", length="s", size=2)
    assert part.status_code == 422 and "for other prompts, choose arms anew" in part.text
    assert Study.objects.get() == blind and GenerationRun.objects.count() == 2


def test_only_a_locked_study_that_one_may_edit_is_followed(send, client):
    send(slug="autumn")
    for slug in ("autumn", "nowhere"):
        assert client.get(reverse("dashboards:new_study"), {"follows": slug}).status_code == 404
