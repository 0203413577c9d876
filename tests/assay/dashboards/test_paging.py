"""An address that names no place in a list is a 404, on every page that goes on behind a place."""

import re
from html import unescape

import pytest
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assay.dashboards import paging
from assay.dashboards.paging import place_in
from assay.evaluations.models import EvaluationVersion
from assay.evaluations.planning import make_plan
from assay.evaluations.starting import start
from assay.takeaway.making import request_export
from generation.models import GenerationRun
from raters.assignment import claim_next
from raters.models import Study
from tests import builders
from tests.evaluated import series_with_verdicts


@pytest.mark.parametrize("after", ["x", "-1", "1.5", " ", "9" * 19, "9" * 5000, "²"])
def test_what_is_no_place_is_a_404(after):
    with pytest.raises(Http404):
        place_in(after)


def test_an_address_without_a_place_means_the_beginning():
    assert (place_in(""), place_in("", first=-1), place_in("7")) == (0, -1, 7)


@pytest.mark.parametrize(
    ("page", "name"),
    [
        ("comparisons", "after"),
        ("results", "raters"),
        ("inbox", "from"),
        ("prompt_set", "after"),
        ("responses", "after"),
    ],
)
def test_each_page_of_a_list_says_so(client, researcher, study, page, name):
    client.force_login(researcher)
    parts = {"prompt_set": study.prompt_set_version, "responses": study.arms.first().run.checkpoint_id}
    address = reverse(f"dashboards:{page}", args=[parts.get(page, study.slug)])
    assert client.get(address).status_code == 200
    assert client.get(f"{address}?{name}=1").status_code == 200
    assert client.get(f"{address}?{name}=x").status_code == 404


def pages_of(client, address, name="after"):
    """The rows that each page of a list names, from the first to the last, by the links that lead on."""
    pages, following = [], ""
    while not pages or following:
        assert len(pages) < 10
        text = client.get(address + following).text
        pages.append(text)
        found = re.findall(rf'href="(\?[^"]*\b{name}=\d+)(?:#\w+)?" rel="next"', text)
        following = unescape(found[0]) if found else ""
    return pages


def keys(pages, pattern):
    return [[int(key) for key in dict.fromkeys(re.findall(pattern, text))] for text in pages]


@pytest.fixture
def three_runs(db, monkeypatch):
    monkeypatch.setattr(paging, "PAGE", 2)
    version = builders.prompt_set(prompts=2)
    made = [builders.run(version, "heron"), builders.run(version, "owl"), builders.run(version, "wren")]
    for number, run in enumerate(made):
        run.checkpoint, run.sampling_sha256 = made[0].checkpoint, str(number) * 64
        run.save()
    return [run.pk for run in made][::-1]


def test_runs_go_on_behind_the_hundredth_and_archived_ones_stay_apart(client, researcher, three_runs):
    client.force_login(researcher)
    two, rest = three_runs[:2], three_runs[2:]
    assert keys(pages_of(client, "/runs/"), r'"/runs/(\d+)/"') == [two, rest]
    GenerationRun.objects.update(archived_at=timezone.now())
    archived = client.get("/runs/?archived").text
    assert f'href="?archived=&amp;after={two[-1]}"' in archived
    assert client.get(f"/runs/?archived=&after={two[-1]}").context["page"].first == "?archived="
    for place in ("x", "-1", str(rest[0])):
        assert client.get(f"/runs/?archived&after={place}").status_code == 404


def test_a_checkpoint_s_lists_go_on_each_by_itself(client, researcher, three_runs):
    client.force_login(researcher)
    address = f"/checkpoints/{GenerationRun.objects.first().checkpoint_id}/"
    two, rest = three_runs[:2], three_runs[2:]
    assert keys(pages_of(client, address, "runs"), r'"/runs/(\d+)/"') == [two, rest]
    second = client.get(f"{address}?runs={two[-1]}&studies=").context
    assert second["runs"].first == "?studies=" and second["studies"].first == ""
    for name in ("runs", "studies", "evaluations"):
        assert client.get(f"{address}?{name}=x").status_code == 404


def test_a_checkpoint_s_studies_and_evaluations_go_on(client, researcher, db, monkeypatch):
    plan = series_with_verdicts()
    monkeypatch.setattr(paging, "PAGE", 1)
    client.force_login(researcher)
    baseline = plan.current.baseline
    address = f"/checkpoints/{baseline.pk}/"
    pages = pages_of(client, address, "studies")
    listed = [slug for text in pages for slug in re.findall(r'"/studies/([^"/]+)/"', text)]
    known = Study.objects.filter(arms__run__checkpoint=baseline).order_by("-pk")
    assert listed == list(known.values_list("slug", flat=True)) and len(listed) == 3
    run, version = plan.runs.first(), plan.current
    terms = EvaluationVersion(baseline=baseline, sampling=version.sampling, gate_margin=0.15)
    other = make_plan("monthly", plan.series, terms, list(version.prompt_sets.all()), title="Every month")
    newer = start(other, run.checkpoint)
    pages = pages_of(client, f"/checkpoints/{run.checkpoint_id}/", "evaluations")
    assert keys(pages, r'"/evaluations/\w+/runs/(\d+)/"') == [[newer.pk], [run.pk]]


def test_a_study_s_exports_go_on(client, researcher, study, monkeypatch):
    monkeypatch.setattr(paging, "PAGE", 2)
    client.force_login(researcher)
    made = [request_export(study, "judgments", "csv", actor=researcher).pk for _ in range(3)]
    address = reverse("dashboards:exports", args=[study.slug])
    pages = keys(pages_of(client, address), r'id="cancel-(\d+)"')
    assert pages == [made[:0:-1], made[:1]]
    assert client.get(f"{address}?after=x").status_code == 404


def test_studies_go_on(client, researcher, db, monkeypatch):
    monkeypatch.setattr(paging, "PAGE", 2)
    client.force_login(researcher)
    for slug in ("spring", "summer", "autumn"):
        builders.study(slug=slug)
    listed = [
        re.findall(r'<th scope="row"><a href="/studies/(\w+)/"', text)
        for text in pages_of(client, "/studies/")
    ]
    assert listed == [["autumn", "summer"], ["spring"]]
    assert client.get("/studies/?after=x").status_code == 404


@pytest.mark.parametrize("address", ["/", "/studies/"])
def test_more_studies_take_no_more_queries(client, researcher, db, address, django_assert_num_queries):
    client.force_login(researcher)
    builders.study(slug="first")
    client.get(address)  # what is looked up once and kept is no part of it
    with CaptureQueriesContext(connection) as of_one:
        client.get(address)
    for number in range(3):
        study = builders.study(slug=f"study-{number}")
        claim_next(builders.rater(study, f"rita-{number}"), study)
    with django_assert_num_queries(len(of_one)):
        text = client.get(address).text
    assert text.count('<th scope="row">') == 4
