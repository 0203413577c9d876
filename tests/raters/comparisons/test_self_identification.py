"""A response that says who wrote it is found at pairing, held, and dealt with by a rule that was fixed before."""

import pytest
from django.urls import reverse

from assay.accounts.models import AuditEvent
from assay.reports.refresh import refresh
from generation.models import Response
from raters import judging
from raters.assignment import claim_next
from raters.comparisons.holding import decide
from raters.comparisons.pairing import pair
from raters.comparisons.self_identification import findings, masked
from raters.desk.showing import showing
from raters.models import Comparison, Study, StudyArm
from raters.rubrics.answers import Answer
from tests import builders

LEAKS = [
    "I am Gemma, an open model.",
    "I’m a large language model, trained by Google.",
    "As an AI language model developed by Mistral AI, I cannot do that.",
    "My name is ChatGPT.",
    "I was created by the team at Google DeepMind.",
    "As a large language model trained by researchers, I have limits.",
    "My knowledge cutoff is in 2023.",
    "As of my last training update, the mayor is Ada.",
    "my creators at OpenAI decided so",
]
HARMLESS = [
    "I am using Google Maps to find the way.",
    "I am a big fan of Google.",
    "Gemma told me that I am late.",
    "Google was founded in 1998.",
    "The mistral is a cold wind; I am cold.",
    "As Google's engineers write, caches help.",
    "You are a language model, he said.",
    "This is an open-source library developed by Google.",
]


def response(text: str) -> Response:
    return Response(turns=[text])


@pytest.mark.parametrize("text", LEAKS)
def test_what_gives_the_writer_away_is_found_on_either_side(text):
    assert [row.response for row in findings(["Hello"], response("Hi."), response(text))][:1] == ["b"]
    assert [row.response for row in findings(["Hello"], response(text), response("Hi."))][:1] == ["a"]


@pytest.mark.parametrize("text", HARMLESS)
def test_names_outside_the_first_person_are_harmless(text):
    assert findings(["Hello"], response(text), response("Hi.")) == []


def test_a_name_that_the_prompt_holds_is_harmless():
    assert findings(["Play Gemma, the baker."], response("I am Gemma, the baker."), None) == []


def test_the_names_of_the_studys_own_checkpoints_are_known():
    assert findings(["Hi"], response("I am heron-7b."), None, ["heron-7b"])[0].name == "heron-7b"


def test_a_name_is_hidden_by_the_same_mark_on_both_sides():
    found = [{"response": "a", "quote": "I am Gemma", "name": "Gemma"}]
    assert masked("I am gemma.", found) == "I am […]."
    assert masked("Ask Gemma!", found) == "Ask […]!"


@pytest.fixture
def draft(db):
    """A study of three prompts; the candidate's answer to the first says who wrote it."""
    version = builders.prompt_set(3)
    study = Study.objects.create(
        slug="draft", title="Draft", prompt_set_version=version, rubric=builders.rubric(), secret="0" * 64
    )
    texts = ["I am Gemma. The lamp is lit.", "Two.", "Three."]
    runs = {"candidate": builders.run(version, "heron", texts), "baseline": builders.run(version, "plover")}
    for role, run in runs.items():
        StudyArm.objects.create(study=study, run=run, role=role)
    return study


def held(study: Study) -> Comparison:
    pair(study)
    return study.comparisons.get(status="held")


def test_pairing_holds_it_with_what_was_found(draft):
    comparison = held(draft)
    assert comparison.status_reason == "self-identification"
    assert comparison.self_identification[0]["quote"] == "I am Gemma"
    assert comparison not in draft.comparisons.wanting_ratings()


def test_a_leak_is_excluded_by_the_rule(draft):
    assert decide(held(draft), leak=True).status == "excluded"
    assert AuditEvent.objects.filter(action="comparison.excluded").exists()


def test_a_leak_is_masked_on_the_page_where_the_rule_says_so(draft):
    draft.self_identification_rule = "mask"
    draft.save()
    comparison = decide(held(draft), leak=True)
    assert (comparison.status, comparison.masked) == ("open", True)
    shown = showing(draft_assignment(comparison))
    assert "I am […]. The lamp is lit." in shown.turns[0].left.rendered
    assert comparison.response_a.turns == ["I am Gemma. The lamp is lit."]


def draft_assignment(comparison: Comparison):
    rater = builders.rater(comparison.study)
    return comparison.assignments.create(rater=rater, a_is_left=True, lease_until="2026-01-01T00:00Z")


def test_what_is_harmless_is_shown_as_it_is(draft):
    comparison = decide(held(draft), leak=False)
    assert (comparison.status, comparison.masked) == ("open", False)


def test_nothing_is_decided_twice_or_after_unblinding(draft):
    comparison = held(draft)
    Study.objects.update(unblinded_at="2026-01-01T00:00Z")
    with pytest.raises(ValueError, match="unblinded"):
        decide(comparison, leak=False)
    Study.objects.update(unblinded_at=None)
    decide(comparison, leak=False)
    with pytest.raises(ValueError, match="only one that is held"):
        decide(comparison, leak=True)


def test_a_researcher_decides_on_the_page(client, researcher, draft):
    comparison = held(draft)
    client.force_login(researcher)
    assert "I am Gemma" in client.get(reverse("dashboards:held", args=[draft.slug])).text
    client.post(reverse("dashboards:decide_held", args=[draft.slug, comparison.pk]), {"decision": "release"})
    assert "Nothing is held" in client.get(reverse("dashboards:held", args=[draft.slug])).text


def test_the_report_gives_the_rate_with_and_without(db):
    study = builders.study(prompts=4, ratings=2)
    study.comparisons.filter(pk=study.comparisons.first().pk).update(self_identified=True)
    for name in ("rita", "otto"):
        rater = builders.rater(study, name)
        while assignment := claim_next(rater, study):
            judging.record(assignment, Answer("left", f"key-of-{assignment.token}"))
    by_name = {row.name: row for row in refresh(study).estimates.filter(slice="")}
    assert (by_name["win_rate"].n, by_name["win_rate_no_self_identification"].n) == (8, 6)
