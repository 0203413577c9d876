"""The comparisons behind a number, by the API: those of the page, in its order, with its votes, under its names."""

from dataclasses import asdict
from urllib.parse import urlencode

import pytest
from django.db.models import QuerySet
from django.urls import reverse

from assay.reports.live import fold
from promptsets.models import Prompt, PromptSetVersion
from raters.assignment import claim_next
from raters.models import Study
from raters.simulation import Simulation, simulate
from raters.studies.sharing import share
from tests import builders
from tests.assay.api.test_every_number import study as every  # noqa: F401  with a language model
from tests.assay.dashboards.test_behind_numbers import study  # noqa: F401  settled, left out
from tests.assay.dashboards.test_behind_safety import safety  # noqa: F401  labelled
from tests.assay.dashboards.test_comparisons_page import judged  # noqa: F401
from tests.raters.working import say, work

SAME = ("rater", "strength", "both_bad", "comment", "why_not")
ALL = ["p0000", "p0001", "p0002", "p0003"]


@pytest.fixture
def answer(api):
    return lambda of, **asked: api.get(f"studies/{of.slug}/results/comparisons?{urlencode(asked)}")


@pytest.fixture
def listed(answer):
    return lambda of, **asked: answer(of, **asked).json()["items"]


@pytest.fixture
def page(client, researcher):
    """The page itself, whose list is what the answers are held against."""
    client.force_login(researcher)
    return lambda of, **asked: client.get(reverse("dashboards:comparisons", args=[of.slug]), asked).context


def keys(rows):
    return [row["prompt"] for row in rows]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ALL),
        ({"votes": "split"}, ["p0000"]),
        ({"votes": "alike"}, ["p0001", "p0002", "p0003"]),
        ({"outcome": "even"}, ["p0000"]),
        ({"outcome": "first"}, ["p0001", "p0002", "p0003"]),
        ({"outcome": "second"}, []),
        ({"said": "first"}, ALL),
        ({"said": "second"}, ["p0000"]),
        ({"said": "tie"}, []),
        ({"category": "coding"}, ["p0000", "p0002"]),
        ({"language": "pt"}, ["p0001"]),
        ({"expected": "comply"}, ["p0003"]),
        ({"length": "s"}, ALL),
        ({"length": "xl"}, []),
        ({"q": "PROMPT 3"}, ["p0003"]),
        ({"rater": "nobody"}, []),
        ({"prompt": "p0001"}, ["p0001"]),
        ({"prompt": "p000"}, []),
        ({"category": "coding", "votes": "alike"}, ["p0002"]),
    ],
)
def test_each_filter_leaves_what_fits(listed, judged, asked, found):  # noqa: F811
    counts = {"categories": {"coding": 2}, "languages": {"pt": 1}, "expected": {"comply": 1}}
    QuerySet(PromptSetVersion).update(manifest={"counts": counts})  # as an import writes it
    QuerySet(Prompt).filter(key="p0001").update(language="pt")
    QuerySet(Prompt).filter(key="p0003").update(expected="comply")
    assert keys(listed(judged, **asked)) == found


def test_a_rater_is_found_by_code_and_only_what_they_judged(listed, judged):  # noqa: F811
    code = judged.enrolments.get(rater__user__username="ben").rater.code
    judged.comparisons.get(prompt__key="p0001").assignments.filter(rater__code=code).update(state="surplus")
    assert keys(listed(judged, rater=code.lower())) == ["p0000", "p0002", "p0003"]


def test_pairs_are_told_apart(answer, db):
    three = builders.study(prompts=4, ratings=2, gold_every=0, candidates=("heron", "dunlin"))
    list(work(builders.rater(three), three))
    fold(three)
    told = answer(three, pair="9-9").json()
    offered = told["detail"].partition("one of ")[2].split(", ")
    found = {pair: answer(three, pair=pair).json()["items"] for pair in offered}
    assert len(found) == 2 and told["errors"][0]["field"] == "pair"
    for pair, rows in found.items():
        arms = {f"Model {number}" for number in pair.split("-")}
        assert rows and all({side["model"] for side in row["sides"]} == arms for row in rows)
    ids = [row["id"] for rows in found.values() for row in rows]
    assert sorted(ids) == [row["id"] for row in answer(three).json()["items"]]


def same(row, shown):
    """Whether an answer says of one comparison what the page says."""
    sides = list(zip((shown.first, shown.second), map(list, shown.responses), strict=True))
    assert (row["id"], row["prompt"], row["turns"]) == (shown.pk, shown.key, list(shown.prompt))
    assert [(side["model"], side["turns"]) for side in row["sides"]] == sides
    votes = [
        {name: getattr(vote, name) for name in SAME}
        | {"preferred": vote.model or "tie", "side_of_first": vote.side_of_first or None}
        | {"counts": not vote.why_not, "safety_labels": list(map(asdict, vote.labels))}
        for vote in shown.votes
    ]
    return row["votes"] == votes


@pytest.mark.parametrize("kind", ["study", "safety", "every"])
@pytest.mark.parametrize("blind", [True, False])
def test_every_value_that_the_page_offers_answers_as_the_page_does(request, listed, page, kind, blind):
    of = request.getfixturevalue(kind)
    Study.objects.update(unblinded_at=None if blind else of.created_at, simulation=None)
    everything, narrowing = keys(listed(of)), set()
    form = page(of)["form"]
    asked = [(name, value) for name in form.fields for value, _ in getattr(form.fields[name], "choices", ())]
    for name, value in [("", ""), *((name, value) for name, value in asked if value)]:
        shown, rows = page(of, **{name: value})["page"], listed(of, **({name: value} if name else {}))
        assert len(rows) >= len(shown.comparisons)  # pages hold ten
        assert all(same(row, one) for row, one in zip(rows, shown.comparisons, strict=False)), (name, value)
        assert bool(shown.following) == (len(rows) > len(shown.comparisons)), (name, value)
        if keys(rows) != everything or name == "counted":
            narrowing.add(name)
    expected = {"study": {"outcome", "said", "votes", "counted"}, "safety": {"labelled", "hazard"}}
    assert narrowing >= {**expected, "every": {"judged_by", "counted", "category"}}[kind]


def test_the_number_asked_for_decides_what_counts(listed, study):  # noqa: F811
    """Ben is left out of the headline by a rule; without it he counts."""
    code = study.enrolments.get(rater__user__username="ben").rater.code

    def told(**asked):
        votes = [vote for row in listed(study, **asked) for vote in row["votes"] if vote["rater"] == code]
        return {(vote["counts"], "agreement_below" in vote["why_not"]) for vote in votes}

    assert told() == {(False, True)}
    assert told(counted="win_rate_nobody_left_out") == {(True, False)}


def test_settled_ones_say_how_and_hide_who_judged_where_the_reader_may_not_know(listed, study):  # noqa: F811
    share(Study.objects.get(slug="early"), builders.researcher("olga"), "owner", None)
    rows = {row["prompt"]: row for row in listed(study)}
    equal, reused = rows["p0000"], rows["p0002"]
    assert (equal["status"], reused["status"], rows["p0005"]["status"]) == ("equal", "reused", "open")
    assert {(vote["preferred"], vote["side_of_first"]) for vote in equal["votes"]} == {("tie", None)}
    assert [vote["rater"] for vote in reused["votes"]] == ["", "", ""]


def test_what_raters_say_of_safety_names_the_response(listed, safety):  # noqa: F811
    labels = [one for row in listed(safety) for vote in row["votes"] for one in vote["safety_labels"]]
    assert {one["model"] for one in labels} == {"heron-autumn", "plover-autumn"}
    assert {"yes", "no"} <= {one["violation"] for one in labels}


def test_while_blind_the_first_of_votes_filters_and_sides_is_model_1(answer, db):
    of = builders.study(prompts=4, ratings=1)
    rater = builders.rater(of)
    while held := claim_next(rater, of):
        say(held, "a", comment="quite so")
    fold(of)
    found = {outcome: answer(of, outcome=outcome).json()["items"] for outcome in ("first", "second")}
    assert sorted(map(len, found.values())) == [0, 4] and "heron" not in answer(of).text
    preferred = "Model 1" if found["first"] else "Model 2"
    for row in answer(of).json()["items"]:
        [vote] = row["votes"]
        assert [side["model"] for side in row["sides"]] == ["Model 1", "Model 2"]
        assert (vote["preferred"], vote["comment"]) == (preferred, "quite so")


def test_names_are_told_only_to_a_token_that_may_know_them(api_of, researcher, judged):  # noqa: F811
    Study.objects.update(unblinded_at=None, arms_known_to=["owner"])
    share(judged, researcher, "owner", None)
    address = f"studies/{judged.slug}/results/comparisons"
    assert "heron" in api_of(researcher).get(address).text
    assert "heron" not in api_of(researcher, "read").get(address).text


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"outcome": "made up"}, "outcome is 'made up'; it is one of first, even, second"),
        ({"category": "coding"}, "category is 'coding'; there is nothing here to ask by it"),
        ({"counted": "win_rate"}, "counted is 'win_rate'; there is nothing here to ask by it"),
        ({"length": ""}, "length is ''; it is one of s, m, l, xl"),
        ({"colour": "red"}, "colour is no parameter here"),
    ],
)
def test_a_value_that_is_not_offered_is_refused_with_those_that_are(answer, judged, asked, told):  # noqa: F811
    refused = answer(judged, **asked)
    assert refused.status_code == 422 and told in refused.json()["detail"]
    assert [error["field"] for error in refused.json()["errors"]] == list(asked)


def test_pages_go_on_where_the_last_one_ended(answer, judged):  # noqa: F811
    first = answer(judged, votes="alike", limit=2).json()
    last = answer(judged, votes="alike", limit=2, after=first["next"]).json()
    assert (keys(first["items"]), keys(last["items"]), last["next"]) == (ALL[1:3], ALL[3:], None)


def test_many_cost_as_many_queries_as_few(answer, db, django_assert_max_num_queries):
    of = builders.study(prompts=30)
    simulate(of, Simulation(raters=5))
    fold(of)
    with django_assert_max_num_queries(24):
        assert len(answer(of).json()["items"]) == 30
