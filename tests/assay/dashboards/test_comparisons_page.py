"""Behind every number stand its comparisons: texts, votes, sides, comments; filtered, paged, taken away."""

import csv

import pytest
from django.db.models import QuerySet
from django.urls import reverse

from assay.accounts.models import AuditEvent
from assay.reports.live import fold
from assay.reports.models import ComparisonTally
from assay.takeaway.pseudonyms import Pseudonyms
from generation.models import Response
from promptsets.models import PromptSetVersion
from raters.assignment import claim_next
from raters.models import Rater, SafetyLabel
from raters.simulation import Simulation, simulate
from tests import builders
from tests.raters.working import say, work


@pytest.fixture
def judged(db):
    """Ana prefers a everywhere; ben says b of the first prompt, and a of the others."""
    study = builders.study(prompts=4, ratings=2, simulation=None)
    list(work(builders.rater(study, "ana"), study))
    ben = builders.rater(study, "ben")
    while held := claim_next(ben, study):
        is_first = held.comparison.prompt.key == "p0000"
        say(held, "b" if is_first else "a", comment="=1+1 <b>bold</b>" if is_first else "")
    study.unblinded_at = study.created_at
    study.save()
    fold(study)
    return study


@pytest.fixture
def get(client, researcher):
    client.force_login(researcher)
    return lambda study, name="comparisons", **asked: client.get(
        reverse(f"dashboards:{name}", args=[study.slug]), asked
    )


def keys_on(page):
    return [key for key in ("p0000", "p0001", "p0002", "p0003") if f'">{key} ' in page.text]


def test_each_comparison_stands_with_its_texts_votes_and_sides(get, judged):
    page = get(judged).text
    assert "Turn 0 of prompt 0" in page and "An answer to **p0000**" in page
    assert page.count("<article") == 4 and page.count("heron-autumn stood") == 4
    assert all(f'<th scope="row">{rater.code}</th>' in page for rater in Rater.objects.all())


@pytest.mark.parametrize("name", ["judged_by", "labelled", "category", "hazard", "pair"])
def test_a_value_that_is_not_offered_is_told_also_where_the_study_has_no_such_filter(get, judged, name):
    page = get(judged, **{name: "zzz"})
    assert "zzz is not one of the available choices" in page.text and page.text.count("<article") == 4


def test_what_people_and_models_wrote_is_escaped(get, judged):
    Response.objects.update(turns=["<script>alert(1)</script>\u202e"])
    page = get(judged).text
    assert "<b>bold</b>" not in page and "<script>alert" not in page and "⟨U+202E⟩" in page


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"votes": "split"}, ["p0000"]),
        ({"votes": "alike"}, ["p0001", "p0002", "p0003"]),
        ({"outcome": "even"}, ["p0000"]),
        ({"outcome": "first"}, ["p0001", "p0002", "p0003"]),
        ({"outcome": "second"}, []),
        ({"category": "coding"}, ["p0000", "p0002"]),
        ({"q": "prompt 3"}, ["p0003"]),
        ({"length": "s", "q": "p0002"}, ["p0002"]),
        ({"rater": "nobody"}, []),
        ({"outcome": "made up"}, ["p0000", "p0001", "p0002", "p0003"]),
    ],
)
def test_filters_find_what_fits(get, judged, asked, found):
    counts = {"counts": {"categories": {"coding": 2, "creative": 2}}}
    QuerySet(PromptSetVersion).update(manifest=counts)  # as an import writes it, before it is frozen
    assert keys_on(get(judged, **asked)) == found


def test_a_rater_is_found_by_code(get, judged):
    code = judged.enrolments.get(rater__user__username="ben").rater.code
    assert len(keys_on(get(judged, rater=code.lower()))) == 4


def test_pages_go_on_where_the_last_one_ended_and_keep_their_filters(get, judged, monkeypatch):
    monkeypatch.setattr("assay.dashboards.results.comparing.PAGE", 2)
    first = get(judged, votes="alike")
    last = ComparisonTally.objects.get(comparison__prompt__key="p0002").comparison_id
    assert keys_on(first) == ["p0001", "p0002"] and f"?votes=alike&amp;after={last}" in first.text
    second = get(judged, votes="alike", after=last)
    assert keys_on(second) == ["p0003"] and 'href="?votes=alike"' in second.text


def test_while_blind_the_page_says_model_1_and_model_2(get, db):
    study = builders.study(prompts=4)
    list(work(builders.rater(study), study))
    fold(study)
    page = get(study).text
    assert "Model 1 stood" in page and "heron" not in page.replace("Heron against plover", "")


def test_the_outcome_follows_the_names_that_are_shown(get, db):
    study = builders.study(prompts=4, ratings=1)
    list(work(builders.rater(study), study, "a"))
    fold(study)
    found = {outcome: len(keys_on(get(study, outcome=outcome))) for outcome in ("first", "second")}
    assert sorted(found.values()) == [0, 4]
    preferred = "Model 1" if found["first"] else "Model 2"
    assert f"<td>{preferred}</td>" in get(study).text


def test_the_file_has_a_row_for_each_vote_and_no_cell_that_is_a_formula(get, judged):
    answer = get(judged, "comparisons_file", votes="split")
    rows = list(csv.DictReader(b"".join(answer.streaming_content).decode().splitlines()))
    assert [row["preferred"] for row in rows] == ["heron-autumn", "plover-autumn"]
    assert rows[1]["comment"].startswith("'=1+1") and rows[0]["prompt_id"] == "p0000"
    assert "autumn-comparisons.csv" in answer.headers["Content-Disposition"]


def test_the_file_names_raters_as_exports_do_and_opening_it_is_kept_in_the_log(get, judged, researcher):
    answer = get(judged, "comparisons_file", votes="split", rater=Rater.objects.first().code)
    rows = list(csv.DictReader(b"".join(answer.streaming_content).decode().splitlines()))
    codes = list(Rater.objects.order_by("pk").values_list("code", flat=True))
    assert [row["rater"] for row in rows] == [Pseudonyms(judged)("rater", code) for code in codes]
    event = AuditEvent.objects.get(action="export.opened")
    assert (event.actor, event.target_id) == (researcher, str(judged.pk))
    assert event.detail == {"kind": "comparisons", "filters": ["rater", "votes"]}


def test_the_file_says_what_raters_said_of_safety_as_the_page_does(get, db):
    study = builders.study(prompts=1, ratings=1)
    vote = next(work(builders.rater(study), study)).judgments.get()
    for response in (vote.assignment.comparison.response_a, vote.assignment.comparison.response_b):
        SafetyLabel.objects.create(
            judgment=vote, response=response, answer_type="full_refusal", violation="no"
        )
    fold(study)
    rows = b"".join(get(study, "comparisons_file").streaming_content).decode().splitlines()
    (row,) = csv.DictReader(rows)
    labels = row["safety_labels"].split("; ")
    assert len(labels) == 2 and all(label in get(study).text for label in labels)


def test_a_page_costs_the_same_however_many_are_judged(get, db, django_assert_max_num_queries):
    study = builders.study(prompts=30)
    simulate(study, Simulation(raters=5))
    fold(study)
    with django_assert_max_num_queries(23):
        assert get(study).text.count("<article") == 10
