"""Leaderboards as they are read: ranks, a heat map that leads to comparisons, files; one pair over all prompt sets."""

import csv
import re
from io import StringIO
from xml.etree import ElementTree

import pytest
from django.urls import reverse

from assay.reports.boards.keeping import refresh_boards
from assay.reports.boards.scopes import scopes_for
from assay.reports.refresh import refresh
from generation.models import Checkpoint
from raters.studies.unblinding import unblind
from tests import builders
from tests.compared import compared, simulated, three_in_a_row
from tests.raters.working import work

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def version(db):
    return builders.prompt_set(prompts=10)


@pytest.fixture
def three(version):
    three_in_a_row(version)
    refresh_boards()
    return version


@pytest.fixture
def get(client, researcher):
    client.force_login(researcher)
    return lambda name, *parts, **asked: client.get(reverse(f"dashboards:{name}", args=parts), asked).text


def chart(text, kind):
    return ElementTree.fromstring(re.search(rf"<svg[^>]*chart-{kind}.*?</svg>", text, re.DOTALL)[0])


def lines(text):
    return list(csv.DictReader(StringIO(text.removeprefix("\ufeff"))))


def test_the_list_names_what_there_is_and_who_stands_first(get, three):
    text = get("leaderboards")
    assert reverse("dashboards:leaderboard", args=[three]) in text
    assert "simulated raters" in text and "<td>owl</td>" in text


def test_ranks_and_win_rates_are_those_that_were_stored(get, three, researcher):
    text = get("leaderboard", three)
    (scope,) = scopes_for(researcher)
    content = scope.board().content
    for one in content["groups"][0]["standings"]:
        assert f"{one['elo']['value']:.0f}</td>" in text
    for pair in content["pairs"]:
        shown = {f"{100 * pair['value']:.1f}%", f"{100 - 100 * pair['value']:.1f}%"}
        assert any(share in text for share in shown)
    assert "Simulated raters." in text and "How computed" in text


def test_each_cell_leads_to_its_comparisons_and_its_mirror_adds_up_to_one(get, three):
    heat = chart(get("leaderboard", three), "heat")
    links = {link.get("aria-label"): link.get("href") for link in heat.iter(f"{SVG}a")}
    study = three.studies.get(slug="owl-wren")
    a, b = study.comparisons.values_list("arm_a", "arm_b").first()
    behind = f"{reverse('dashboards:comparisons', args=[study.slug])}?pair={a}-{b}"
    of_pair = {label: href for label, href in links.items() if "owl" in label}
    assert set(of_pair.values()) == {behind} and len(of_pair) == 2
    shares = [float(re.search(r": ([\d.]+)%", label)[1]) for label in of_pair]
    assert sum(shares) == pytest.approx(100, abs=0.11)


def test_a_blind_study_leaves_no_trace(get, version, client):
    study = compared(version, "owl", "wren")
    list(work(builders.rater(study), study, "a"))
    refresh(study)
    refresh_boards()
    keys = list(Checkpoint.objects.filter(name__in=["owl", "wren"]).values_list("pk", flat=True))
    assert "None yet" in get("leaderboards")
    assert "No study on these prompts" in get("leaderboard", version)
    assert "No study whose names you may know" in get("checkpoint_pair", *keys)
    unblind(study, "all is in")
    assert "A worker writes this leaderboard now" in get("leaderboard", version)
    refresh_boards()
    assert "owl – wren" in get("leaderboard", version)


def test_simulated_raters_have_a_board_of_their_own(get, three):
    study = compared(three, "jay", "kite")
    list(work(builders.rater(study), study, "a"))
    refresh(study)
    unblind(study, "all is in")
    refresh_boards()
    people, machines = get("leaderboard", three), get("leaderboard", three, raters="simulated")
    assert "jay" in people and "owl" not in people and "?raters=simulated" in people
    assert "owl" in machines and "jay" not in machines and "Simulated raters." in machines


def test_the_files_say_the_same(client, get, three, researcher):
    ranks = client.get(reverse("dashboards:leaderboard_file", args=[three, "ranks"]))
    rows = lines(b"".join(ranks.streaming_content).decode())
    assert [row["checkpoint"] for row in rows] == ["owl", "wren", "crow"]
    pairs = client.get(reverse("dashboards:leaderboard_file", args=[three, "pairs"]))
    rows = lines(b"".join(pairs.streaming_content).decode())
    stored = {one["n"] for one in scopes_for(researcher)[0].board().content["pairs"]}
    assert {int(row["n"]) for row in rows} == stored and all(0 <= float(row["win_rate"]) <= 1 for row in rows)
    assert client.get(reverse("dashboards:leaderboard_file", args=[three, "all"])).status_code == 404


def test_two_checkpoints_are_compared_over_every_prompt_set_on_which_they_met(get, three):
    other = builders.prompt_set(prompts=10, slug="birds", turns=2)
    simulated(other, "owl", "wren", win_rate=0.3, seed=4, slug="owl-wren-again")
    refresh_boards()
    owl, wren = (Checkpoint.objects.get(name=name).pk for name in ("owl", "wren"))
    text = get("checkpoint_pair", owl, wren)
    forest = chart(text, "forest")
    said = {link.get("aria-label").partition(":")[0]: link.get("href") for link in forest.iter(f"{SVG}a")}
    assert set(said) == {str(three), str(other)}
    assert said[str(other)].startswith(reverse("dashboards:comparisons", args=["owl-wren-again"]))
    assert "owl against wren" in text and "wren against owl" in get("checkpoint_pair", wren, owl)


def test_each_mark_of_several_studies_leads_to_its_own_row(get, version):
    """By people and by simulated raters over the same prompt set, each in two studies."""
    for number in (1, 2):
        simulated(version, "owl", "wren", win_rate=0.8, seed=number, slug=f"simulated-{number}")
        study = compared(version, "owl", "wren", slug=f"by-people-{number}")
        list(work(builders.rater(study, f"rita-{number}"), study, "a"))
        refresh(study)
        unblind(study, "all is in")
    refresh_boards()
    text = get("checkpoint_pair", *(Checkpoint.objects.get(name=name).pk for name in ("owl", "wren")))
    ids, marks = re.findall(r"\sid=[\"']([^\"']+)", text), re.findall(r"href=[\"']#([^\"']+)", text)
    of_rows = [mark for mark in marks if f'<tr id="{mark}">' in text]
    assert len(set(of_rows)) == 2 and set(marks) <= set(ids)
    assert len(ids) == len(set(ids))
