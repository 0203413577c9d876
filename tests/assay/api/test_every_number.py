"""Each number of a study's results leads to exactly what it is made of, on the page and, in its words, by the API."""

from itertools import pairwise
from statistics import fmean
from urllib.parse import urlencode, urlsplit

import pytest
import time_machine
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from assay.dashboards.results.summary import results_of
from assay.reports.judges import majorities, verdicts_of
from assay.reports.models import Estimate
from assay.reports.refresh import refresh
from assay.reports.wording import WHOLE, asked_of, slice_of
from generation.models import Checkpoint, Response
from promptsets.models import Prompt, PromptSetVersion
from raters.models import Assignment, JudgeRun, Judgment, Rater, Rubric, Study
from raters.quality.measures import quality_of
from raters.simulation import Simulation, simulate
from raters.studies.exclusions import left_out_by
from tests import builders
from tests.assay.api.test_blind_reading import BESIDE, count_again, exchange_roles

PROMPTS = 30
OF_COMPARISONS = {"judge_win_rate", "judge_agreement", "judge_consistency", "style_told_apart"}
OF_LABELS = {"violation_rate", "over_refusal_rate", "full_refusal_rate"}
SAID = ("aa", "aa", "bb", "ab", "ta", "tt", "b ", "ba")  # with a on the left, then on the right


@pytest.fixture
def study(db):
    """Six simulated raters, those who agree least left out by a rule, and a language model; six prompts wait."""
    settings = {"repeat_every": 4, "gold_every": 0, "contested_split": True}
    made = builders.study(prompts=PROMPTS, ratings=3, hazards=["vcr", "hte"], **settings)
    counts = {"categories": {"coding": 15, "creative": 15}, "hazards": {"vcr": 15, "hte": 15}}
    QuerySet(PromptSetVersion).update(manifest={"counts": counts})  # as an import writes it
    QuerySet(Prompt).filter(version=made.prompt_set_version).update(expected="comply")
    for number, response in enumerate(Response.objects.order_by("pk")):
        words = 7 * number % 31 + 1
        Response.objects.filter(pk=response.pk).update(turns=["word " * words], characters=5 * words)
    made.rubric = Rubric.objects.create(slug="all", title="All", guide="Choose.", scale=4, asks_safety=True)
    made.save()
    made.comparisons.filter(prompt__position__gte=24).update(ratings_wanted=0)
    simulate(made, Simulation(raters=6, seed=1))
    made.comparisons.filter(prompt__key="p0003").update(self_identified=True)
    decide(made.comparisons.get(prompt__key="p0005"))
    figures = quality_of(made)  # whoever judged too few undivided comparisons is not left out, however low
    between = map(fmean, pairwise(sorted({one.shares["agreement"].value for one in figures})))
    rules = ({"agreement_below": value} for value in between)
    made.exclusion_rules = next(one for one in rules if left_out_by(one, figures))
    made.save()
    judge(made, "owl", SAID)
    refresh(made)
    return made


def decide(comparison):
    senior = Rater.objects.create(code="SENIOR")
    decided = {"purpose": "adjudication", "state": "done", "lease_until": timezone.now(), "untallied": True}
    given = Assignment.objects.create(comparison=comparison, rater=senior, a_is_left=True, **decided)
    Judgment.objects.create(assignment=given, preference="b", strength=1, raw_answer="right")


def judge(study, name, said):
    """A language model that says these in turn, comparison by comparison; a blank is a reply nobody can read."""
    owl, _ = Checkpoint.objects.get_or_create(name=name, source="imported", digest=f"imported:{name}")
    rater = Rater.objects.create(kind=Rater.Kind.LLM, code=f"J{Rater.objects.count()}")
    run = study.arms.all()[study.judge_runs.count()].run
    made = JudgeRun.objects.create(study=study, checkpoint=owl, rater=rater, run=run, template=1)
    for number, row in enumerate(study.comparisons.order_by("pk")):
        for a_is_left, verdict in zip((True, False), said[number % len(said)], strict=True):
            verdict_of(row, rater, a_is_left, {"t": "tie"}.get(verdict, verdict.strip()))
    return made


def verdict_of(row, rater, a_is_left, verdict):
    state = "done" if verdict else "skipped"
    now = timezone.now()
    given = Assignment.objects.create(
        comparison=row, rater=rater, a_is_left=a_is_left, purpose="judge", state=state, lease_until=now
    )
    if verdict:
        strength = 0 if verdict == "tie" else 1
        Judgment.objects.create(assignment=given, preference=verdict, strength=strength, raw_answer="left")


@pytest.fixture
def behind(api):
    """What the API lists under the words of a page's address."""

    def items(address):
        parts = urlsplit(address)
        assert parts.path == reverse("dashboards:comparisons", args=["autumn"])
        answer = api.get(f"studies/autumn/results/comparisons?{parts.query}")
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]

    return items


def rows_of(study, user):
    """Every row with a number on the page of results."""
    results = results_of(study, user)
    [pair] = results.pairs
    return [*pair.rows, *pair.reliability, *pair.length.rows, *results.judges, *results.safety]


def listed(row, items):
    """How much of what its n counts is listed: comparisons, or judgments that count."""
    if row.estimate.name in OF_COMPARISONS | OF_LABELS:
        return len(items)
    return sum(vote["counts"] for item in items for vote in item["votes"])


def test_every_number_lists_as_many_as_its_n(study, researcher, behind):
    rows = rows_of(study, researcher)
    assert {row.estimate.name for row in rows} == set(WHOLE)
    for row in rows:
        estimate = row.estimate
        n = estimate.detail["hits"] if estimate.name in OF_LABELS else estimate.n
        assert (estimate.name, listed(row, behind(row.behind))) == (estimate.name, n)


def test_each_judge_s_comparisons_are_those_it_gave_both_verdicts_on(study, researcher, behind):
    judging, most = study.judge_runs.get(), majorities(study)
    whole = {key: said for key, said in verdicts_of(judging).items() if said.is_whole}
    expected = {
        "judge_win_rate": set(whole),
        "judge_consistency": set(whole),
        "judge_agreement": whole.keys() & most.keys(),
        "alike": {key for key, said in whole.items() if said.is_consistent},
        "differ": {key for key, said in whole.items() if not said.is_consistent},
        "agreed": {key for key, said in whole.items() if most.get(key) == said.verdict},
        "disagreed": {key for key, said in whole.items() if key in most and most[key] != said.verdict},
        "first": {key for key, said in whole.items() if said.verdict == "a"},
        "even": {key for key, said in whole.items() if said.verdict == "tie"},
        "second": {key for key, said in whole.items() if said.verdict == "b"},
    }
    rows = results_of(study, researcher).judges
    found = {row.estimate.name: row.behind for row in rows}
    parts = [part.behind for row in rows for part in row.parts]
    found |= {behind_.replace("=", "-").rpartition("-")[2]: behind_ for behind_ in parts}
    assert {name: {item["id"] for item in behind(address)} for name, address in found.items()} == expected
    assert all(expected.values()) and len(most) < len(whole) < PROMPTS


def test_both_verdicts_of_the_judge_count_and_people_s_stand_beside_them(study, researcher, behind):
    code = study.judge_runs.get().rater.code
    (row,) = (row for row in results_of(study, researcher).judges if row.estimate.name == "judge_win_rate")
    for item in behind(row.behind):
        counting = [vote for vote in item["votes"] if vote["counts"]]
        assert [vote["rater"] for vote in counting] == [code] * 2
        assert {vote["side_of_first"] for vote in counting} == {"left", "right"}
        why = {vote["why_not"] for vote in item["votes"] if not vote["counts"]}
        assert why <= {"not counted: this is what a language model says"}


def test_people_are_those_of_the_number_asked_for_beside_it(study, researcher, behind):
    """The headline does without a rater whom a rule leaves out; where nobody is left out, majorities are others."""
    (row,) = (row for row in results_of(study, researcher).judges if row.estimate.name == "judge_agreement")
    agreed = row.parts[0].behind
    everybody = {item["id"] for item in behind(f"{agreed}&counted=win_rate_nobody_left_out")}
    Study.objects.update(exclusion_rules={})
    assert everybody == {item["id"] for item in behind(agreed)}


def test_a_second_judge_is_told_from_the_first(study, researcher, behind):
    second = judge(study, "owl", ("bb",))
    refresh(study)
    rows = results_of(study, researcher).judges
    assert len(rows) == 6
    mine = [row for row in rows if asked_of(row.estimate) == str(second.pk)]
    assert {row.estimate.name: len(behind(row.behind)) for row in mine} == {
        "judge_win_rate": PROMPTS,
        "judge_consistency": PROMPTS,
        "judge_agreement": 24,
    }


def test_the_slice_of_a_judge_with_a_long_name_keeps_its_key(db):
    judging = JudgeRun(pk=1234567, checkpoint=Checkpoint(name="o" * 128))
    assert len(slice_of(judging)) == Estimate._meta.get_field("slice").max_length
    assert slice_of(judging).endswith("o, asked 1234567")


def test_pages_link_a_judge_s_numbers(client, study, researcher):
    client.force_login(researcher)
    for name in ("results", "study", "judges"):
        text = client.get(reverse(f"dashboards:{name}", args=[study.slug])).text
        for row in results_of(study, researcher).judges:
            assert f'<a href="{row.behind}">'.replace("&", "&amp;") in text
            assert all(part.behind.replace("&", "&amp;") in text for part in row.parts)
    page = client.get(row.behind).text
    assert "the number “language model owl, asked on" in page and "is not one of" not in page


@pytest.mark.parametrize("secret", ["0" * 64, "2" * 64])
def test_who_is_blind_learns_no_role_from_what_a_judge_said(client, api, study, researcher, secret):
    Study.objects.update(secret=secret, simulation=None)
    study.refresh_from_db()
    client.force_login(researcher)
    with time_machine.travel(timezone.now(), tick=False):
        count_again(study)
        before = told(client, api, study, researcher)
        exchange(study)
        after = told(client, api, study, researcher)
    assert [name for name in before if before[name] != after[name]] == []
    assert len(before) > 20 and "owl" in before["results"]


def exchange(study):
    """Between them, the two orders of a judge would for a moment be one, which the database refuses."""
    last = Assignment.objects.filter(purpose="judge", a_is_left=False)
    keys, judging = list(last.values_list("pk", flat=True)), study.judge_runs.get()
    Assignment.objects.filter(pk__in=keys).update(rater=Rater.objects.create(code="ASIDE"))
    exchange_roles(study)
    Assignment.objects.filter(pk__in=keys).update(rater=judging.rater)
    count_again(study)


def test_the_exchange_is_seen_by_those_who_may_know(client, api, study, researcher):
    """Else the test above would pass whatever was told."""
    client.force_login(researcher)
    before = told(client, api, study, researcher)
    exchange(study)
    after = told(client, api, study, researcher)
    moved = [name for name in before if before[name] != after[name]]
    assert "results" in moved and any("judged_by" in name and "outcome=first" in name for name in moved)


def told(client, api, study, user):
    """Pages and lists of what a judge said, and of the texts by which arms are told apart."""
    results = results_of(study, user)
    rows = [*results.judges, *(row for row in results.pairs[0].rows if row.estimate.name in OF_COMPARISONS)]
    addresses = {one.behind for row in rows for one in (row, *getattr(row, "parts", ()))}
    pages = {name: reverse(f"dashboards:{name}", args=["autumn"]) for name in ("results", "judges")}
    pages |= {address: address for address in addresses}
    found = {name: client.get(address).text for name, address in pages.items()}
    asked = {urlsplit(address).query for address in addresses}
    found |= {f"API {one}": api.get(f"studies/autumn/results/comparisons?{one}").text for one in asked}
    return {name: BESIDE.sub("", text) for name, text in found.items()}


def test_a_judge_that_is_not_there_is_refused_with_those_that_are(api, study):
    key = study.judge_runs.get().pk
    refused = api.get(f"studies/autumn/results/comparisons?{urlencode({'judged_by': '0-alike'})}")
    assert refused.status_code == 422 and f"it is one of {key}, {key}-alike, " in refused.json()["detail"]
