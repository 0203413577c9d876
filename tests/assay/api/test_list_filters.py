"""Lists are asked by the filters of their pages; what is hidden from a reader answers to none of them."""

import pytest

from assay.accounts.models import AuditEvent
from generation.models import Response
from promptsets.models import PromptSetVersion
from raters.care.inbox import write
from raters.comparisons.gold import make_gold
from raters.models import Study
from tests import builders


def keys(answer) -> list[str]:
    assert answer.status_code == 200, answer.json()
    return [row.get("key") or row["prompt"] for row in answer.json()["items"]]


def refusal(answer, field: str) -> str:
    assert answer.status_code == 422 and answer.json()["errors"][0]["field"] == field
    return str(answer.json()["detail"])


@pytest.fixture
def version(db) -> PromptSetVersion:
    made = builders.prompt_set(4)
    made.manifest = {"counts": {"prompts": 4, "categories": {"coding": 2, "creative": 2}, "turns": {"1": 4}}}
    made.save()
    return made


@pytest.fixture
def run(version):
    texts = ["Herons wade.", "Owls hunt by night.", "", "Herons again, and herons " + "wade " * 100]
    return builders.run(version, "heron", texts)


def test_prompts_are_listed_by_the_filters_of_their_page(api, version):
    path = "prompt-sets/everyday/versions/1/prompts"
    assert keys(api.get(f"{path}?category=creative")) == ["p0001", "p0003"]
    assert keys(api.get(f"{path}?q=PROMPT 2")) == keys(api.get(f"{path}?q=p0002&length=s")) == ["p0002"]
    assert "coding, creative" in refusal(api.get(f"{path}?category=poems"), "category")
    assert refusal(api.get(f"{path}?hazard=vcr"), "hazard")


def test_responses_are_listed_by_the_filters_of_their_page(api, run):
    path = f"runs/{run.pk}/responses"
    Response.objects.filter(turns__0__startswith="Owls").update(finish_reason="length")
    assert keys(api.get(f"{path}?q=herons")) == ["p0000", "p0003"]
    assert keys(api.get(f"{path}?q=herons&category=creative")) == ["p0003"]
    assert keys(api.get(f"{path}?length=l")) == ["p0003"]
    assert keys(api.get(f"{path}?status=empty")) == ["p0002"]
    assert keys(api.get(f"{path}?finish=length")) == ["p0001"]
    assert "coding, creative" in refusal(api.get(f"{path}?category=poems"), "category")
    assert refusal(api.get(f"{path}?status=good"), "status")


def test_a_text_that_is_kept_back_cannot_be_searched_for(api, study):
    """Whoever knows a text of Model 1 would else find under which checkpoint it is."""
    run = study.arms.get(role="candidate").run
    asked = f"runs/{run.pk}/responses?q=answer"
    assert keys(api.get(asked)) == [] and len(api.get(asked.partition("?")[0]).json()["items"]) == 3
    Study.objects.update(unblinded_at="2026-03-01T12:00Z")
    assert len(keys(api.get(asked))) == 3


def test_messages_are_listed_by_whose_they_are(api, study, rater):
    other = builders.rater(study, "ben")
    for one in (rater, other):
        write(one, study, "question", f"From {one.code}")
    rows = api.get(f"studies/autumn/messages?rater={other.code}").json()["items"]
    assert [row["text"] for row in rows] == [f"From {other.code}"]


def test_a_draft_tells_what_its_page_tells_before_it_is_opened(api, study):
    assert api.get("studies/autumn/draft").status_code == 404
    for row in study.comparisons.order_by("pk")[:2]:
        make_gold(row, "a", "clear")
    Study.objects.update(status="draft", consent="You compare heron-autumn with another.")
    told = api.get("studies/autumn/draft").json()
    assert told["waits_for"] == "" and "All 2 gold verdicts" in told["leaning"][0]
    assert told["names"] == [{"where": "the consent", "name": "heron-autumn", "tells": True}]


def test_who_reads_what_raters_are_paid_stands_in_the_audit_log(api, study, rater):
    assert api.get("studies/autumn/pay").json()[0]["rater"] == rater.code
    event = AuditEvent.objects.get(action="export.opened")
    assert (event.actor.username, event.detail) == ("rosa", {"kind": "pay"})
