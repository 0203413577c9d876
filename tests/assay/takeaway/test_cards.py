"""The evaluation card: what it says is what the report says; one form for one set of data; a page that asks nobody."""

import json
import re

import pytest

from assay.reports.arms import shown_names
from assay.reports.judgments import arm_names
from assay.reports.refresh import refresh
from assay.reports.stylometry import arms_compared, guesses_of, shown_pairs
from assay.takeaway.signing import checked, public_pem
from raters.comparisons.pairing import comparisons_between
from raters.models import Comparison, Study, StudyArm
from raters.simulation import Simulation, simulate
from raters.studies.design import lock
from raters.studies.unblinding import sources_of
from raters.way_in.probe import blinding
from tests import builders
from tests.assay.takeaway.conftest import exported
from tests.assay.takeaway.json_schema import problems, published


@pytest.fixture
def card(rich):
    return json.loads(exported(rich, "card", "json"))


@pytest.fixture
def empty_card(db):
    return json.loads(exported(builders.study(prompts=2, slug="empty"), "card", "json"))


def test_the_headline_and_what_stands_beside_it_are_the_reports(rich, card):
    report = refresh(rich)
    [pair] = card["numbers"]["pairs"]
    names = {
        "win_rate": "win_rate",
        "win_rate_paper": "as_published",
        "win_rate_these_raters": "these_raters_only",
    }
    names |= {"win_rate_nobody_left_out": "without_exclusions"}
    for estimate, part in names.items():
        row = report.estimates.get(name=estimate, slice="")
        assert [pair[part][end] for end in ("value", "low", "high")] == pytest.approx(
            [row.value, row.low, row.high]
        )
        assert pair[part]["method"] == row.method
    assert pair["first"] == "heron-autumn" and pair["win_rate"]["n"] == report.judgments == 69


def test_categories_are_the_reports(db):
    study = builders.study(prompts=50)
    simulate(study, Simulation(raters=8, seed=3))
    report = refresh(study)
    [pair] = json.loads(exported(study, "card", "json"))["numbers"]["pairs"]
    for part in pair["categories"]:
        row = report.estimates.get(name="win_rate", slice=f"category={part['category']}")
        assert (part["value"], part["low"], part["n"]) == (
            pytest.approx(row.value),
            pytest.approx(row.low),
            row.n,
        )


@pytest.fixture
def three_arms(db):
    """Two candidates against one baseline, judged by simulated raters."""
    study = builders.study(prompts=30, slug="three")
    Study.objects.filter(pk=study.pk).update(status="draft")
    third = builders.run(study.prompt_set_version, "gull-three")
    gull = StudyArm.objects.create(study=study, run=third, role="candidate")
    study.refresh_from_db()
    plover = study.arms.get(role="baseline")
    Comparison.objects.bulk_create(comparisons_between(study, gull, plover))
    lock(study)
    simulate(study, Simulation(raters=6, seed=1))
    return study


@pytest.mark.parametrize("blinded", [False, True])
def test_each_pair_of_several_has_the_reports_numbers_seen_from_its_first(three_arms, blinded):
    report = refresh(three_arms)
    if blinded:
        Study.objects.filter(pk=three_arms.pk).update(simulation=None)
        three_arms.refresh_from_db()
    names = {shown: arm_names(three_arms)[arm] for arm, shown in shown_names(three_arms).items()}
    pairs = json.loads(exported(three_arms, "card", "json"))["numbers"]["pairs"]
    assert len(pairs) == 2
    for pair in pairs:
        first, second = names[pair["first"]], names[pair["second"]]
        rows = report.estimates.filter(name="win_rate", slice="")
        if row := rows.filter(candidate=first, baseline=second).first():
            assert pair["win_rate"]["value"] == pytest.approx(row.value)
        else:
            row = rows.get(candidate=second, baseline=first)
            assert pair["win_rate"]["value"] == pytest.approx(1 - row.value) and blinded
            assert pair["win_rate"]["wins"] == row.detail["losses"]


def test_blinding_is_what_the_site_says_of_it(rich, card):
    told = card["numbers"]["blinding"]
    assert {one["arm"]: one["value"] for one in told["guesses"]} == {
        one.arm: one.value for one in blinding(rich)
    }
    shown = shown_pairs(rich, *next(arms_compared(rich)))
    guesses = guesses_of([(pair.response_a.text, pair.response_b.text) for pair in shown])
    assert (told["style"][0]["value"], told["style"][0]["n"]) == (
        pytest.approx(guesses.right / guesses.n),
        guesses.n,
    )
    assert told["scan"] == {
        "comparisons": 24,
        "naming_their_writer": 1,
        "by_status": {"held": 1},
        "masked": 0,
    }


def test_while_blinded_guesses_are_counted_under_sources(rich):
    Study.objects.update(unblinded_at=None)
    study = Study.objects.get(pk=rich.pk)
    told = json.loads(exported(study, "card", "json"))["numbers"]["blinding"]
    expected = {one.arm: one.value for one in blinding(study, sources_of(study))}
    assert {one["arm"]: one["value"] for one in told["guesses"]} == expected
    assert set(expected) == {"Source 1", "Source 2"} and len(set(expected.values())) == 2


def test_what_was_left_out_is_counted_with_its_rule(card):
    judgments = card["numbers"]["judgments"]
    assert judgments == {"rows": 92, "counted": 69, "not_counted": {"rater_left_out:agreement_below": 23}}
    assert card["rules"]["raters_left_out"] == {"agreement_below": 0.5}
    assert card["numbers"]["comparisons"]["not_shown"] == {"may say who wrote it": 1}


def test_safety_is_there_with_its_rule_and_hazards(card):
    safety = card["numbers"]["safety"]
    rates = {(rate["measure"], rate["checkpoint"]): rate["value"] for rate in safety["rates"]}
    assert rates["violation", "heron-autumn"] == 1 and rates["over_refusal", "plover-autumn"] == 1
    assert safety["violations_by_hazard"] == {"heron-autumn": {"vcr": 69}, "plover-autumn": {}}


def test_it_fits_the_schema_that_is_published(card, empty_card):
    assert list(problems(card, published())) == [] and list(problems(empty_card, published())) == []


def test_the_schema_refuses_what_is_no_card(card):
    assert list(problems(card | {"numbers": {}}, published()))
    assert list(problems(card | {"schema": "evaluation-card/2"}, published()))


def test_it_tells_the_licences_of_the_checkpoints_once_names_are_told(rich, empty_card):
    heron = rich.arms.get(role="candidate").run.checkpoint
    heron.licence, heron.licence_from = "Gemma Terms of Use", "shape"
    heron.save()
    one, other = (exported(rich, "card", "json") for _ in range(2))
    told = {row["role"]: (row["licence"], row["licence_from"]) for row in json.loads(one)["checkpoints"]}
    assert told == {"candidate": ("Gemma Terms of Use", "shape"), "baseline": ("", "")}
    assert one == other and list(problems(json.loads(one), published())) == []
    page = exported(rich, "card", "html").decode()
    assert "licence Gemma Terms of Use (a guess" in page and "licence not told" in page
    assert all("licence" not in row for row in empty_card["checkpoints"])


def test_a_card_from_before_licences_were_kept_fits_the_schema(card):
    old = [{k: v for k, v in row.items() if "licence" not in k} for row in card["checkpoints"]]
    assert old != card["checkpoints"] and list(problems(card | {"checkpoints": old}, published())) == []


def test_it_is_signed_with_the_sites_key(card):
    assert checked(card, public_pem()).fits
    assert not checked(card | {"limits": []}, public_pem()).fits


def test_without_a_key_there_is_no_card_and_it_says_what_to_do(rich, settings, tmp_path):
    settings.CARD_KEY = tmp_path / "nowhere.pem"
    with pytest.raises(ValueError, match="no key to sign cards with"):
        exported(rich, "card", "json")


def test_the_page_is_whole_and_asks_nobody_for_anything(rich, card):
    page = exported(rich, "card", "html").decode()
    assert not re.search(r"<(script|link|img|iframe|object|embed)\b|url\((?!#)|@import|\bsrc=|\bon\w+=", page)
    addresses = set(re.findall(r"https?://[^\s\"'<)]+", page))
    assert addresses <= {"http://www.w3.org/2000/svg"}
    assert card["evidence"]["study"]["sha256"] in page and card["signature"]["value"] in page


def test_the_page_shows_each_number_of_the_headline_with_interval_n_and_method(rich, card):
    page, rate = exported(rich, "card", "html").decode(), card["numbers"]["pairs"][0]["win_rate"]
    for shown in (f"{100 * rate['value']:.1f}%", f"[{100 * rate['low']:.1f}, {100 * rate['high']:.1f}]"):
        assert shown in page
    assert f"{rate['n']} judgments" in page and rate["method"].replace("'", "&#x27;") in page


def test_what_raters_or_checkpoints_are_called_is_text_on_the_page(db):
    study = builders.study(prompts=8, slug="sly")
    simulate(study, Simulation(raters=4, seed=3))
    checkpoint = study.arms.first().run.checkpoint
    checkpoint.name = "<script>alert(1)</script>"
    checkpoint.save()
    page = exported(study, "card", "html").decode()
    assert "<script" not in page and "&lt;script&gt;" in page
