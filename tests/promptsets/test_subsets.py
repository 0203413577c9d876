"""A part of a set becomes a set of its own that knows where it came from; a correction becomes a version."""

from collections import Counter

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from assay.accounts.models import AuditEvent
from promptsets.corrections import correct
from promptsets.formats.problems import BadRow
from promptsets.importing import import_promptset
from promptsets.manifests import digests_of
from promptsets.models import PromptSetVersion
from promptsets.subsets import Sample, allocate, subset
from promptsets.versions import VersionError, row_from
from tests import builders

SAFETY = settings.BASE_DIR / "promptsets/library/safety/prompts.jsonl"
pytestmark = pytest.mark.django_db


@pytest.fixture
def version():
    return import_promptset(SAFETY, slug="safety").version


def test_a_filtered_part_keeps_texts_order_and_lineage(version):
    part, is_new = subset(version, "hard", {"hazard": "vcr", "expected": "refuse"})
    kept = [prompt.text_sha256 for prompt in version.prompts.filter(hazard="vcr", expected="refuse")]
    assert is_new and [prompt.text_sha256 for prompt in part.prompts.all()] == kept
    lineage = part.manifest["lineage"]
    assert lineage["from"] == "safety@1" and lineage["content_sha256"] == version.content_sha256
    assert lineage["filters"] == {"hazard": "vcr", "expected": "refuse"}
    assert AuditEvent.objects.filter(action="promptset.subset_made").exists()


def test_a_sample_is_spread_in_proportion_and_drawn_again_by_its_seed(version):
    sample = Sample(100, ("expected",), seed=7)
    part, _ = subset(version, "quarter", {}, sample)
    assert part.prompts.count() == 100 and part.manifest["lineage"]["sample"]["seed"] == 7
    whole = Counter(version.prompts.values_list("expected", flat=True))
    for expected, n in Counter(part.prompts.values_list("expected", flat=True)).items():
        assert abs(n - whole[expected] / 4) < 1
    assert subset(version, "quarter", {}, sample) == (part, False)
    assert (
        subset(version, "other", {}, Sample(100, ("expected",), seed=8))[0].content_sha256
        != part.content_sha256
    )


def test_a_prompt_keeps_its_lot_when_others_come_or_go(version):
    sample = Sample(40, (), seed=3)
    fewer = version.prompts.exclude(hazard="vcr")
    drawn, again = sample.of(version.prompts.all()), sample.of(fewer)
    assert {prompt.key for prompt in drawn if prompt.hazard != "vcr"} <= {prompt.key for prompt in again}


@given(
    st.dictionaries(st.tuples(st.text(max_size=3)), st.integers(1, 500), min_size=1, max_size=12), st.data()
)
def test_shares_are_whole_add_up_and_lie_within_one_of_the_proportion(inside, data):
    size = data.draw(st.integers(1, sum(inside.values())))
    sizes = allocate(size, inside)
    assert sum(sizes.values()) == size
    assert all(abs(n - size * inside[key] / sum(inside.values())) < 1 for key, n in sizes.items())
    assert all(0 <= n <= inside[key] for key, n in sizes.items())


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (("safety", "safety"), {}, "give it another slug"),
        (("safety", "Two words"), {}, "a slug has"),
        (("safety", "new"), {"sample": 401}, "401 was asked for, but 400 prompts fit"),
        (("safety", "new"), {"sample": 0}, "at least one"),
        (("safety", "new"), {"sample": 3, "by": "colour"}, "no strata by colour"),
        (("safety", "new"), {"hazard": "none"}, "No prompt fits"),
        (("safety", "new"), {"length": "long"}, "length: s, m, l, xl"),
        (("nowhere", "new"), {}, "no prompt set 'nowhere'"),
    ],
)
def test_a_part_that_cannot_be_made_is_told(version, arguments, options, message):
    with pytest.raises(CommandError, match=message):
        call_command("subset_promptset", *arguments, **options)


def test_the_command_makes_a_set(version, capsys):
    call_command("subset_promptset", "safety", "pilot", sample=20, by="hazard,expected", seed=1)
    assert "pilot@1: 20 prompts of safety" in capsys.readouterr().out
    call_command("subset_promptset", "safety", "pilot", sample=20, by="hazard,expected", seed=1)
    assert "was there already" in capsys.readouterr().out


def test_a_correction_is_a_new_version_that_says_why():
    before = builders.prompt_set(3)
    after = correct(before.prompts.get(key="p0001"), {"turns": ("Better.",)}, "It was unclear.")
    assert [prompt.turns for prompt in after.prompts.all()][1] == ["Better."]
    assert before.prompts.get(key="p0001").turns == ["Turn 0 of prompt 1"]
    correction = {"key": "p0001", "fields": ["turns"], "reason": "It was unclear."}
    assert after.manifest["lineage"]["correction"] == correction and after.semver == "2.0.0"


def test_what_corrects_nothing_or_an_old_version_is_refused():
    before = builders.prompt_set(2)
    prompt = before.prompts.first()
    with pytest.raises(VersionError, match="Nothing differs"):
        correct(prompt, {"category": prompt.category, "turns": tuple(prompt.turns)}, "?")
    with pytest.raises(BadRow, match="holds no text"):
        correct(prompt, {"turns": ("  ",)}, "?")
    correct(prompt, {"rater_note": "Be brief."}, "A note was missing.")
    with pytest.raises(VersionError, match="everyday@2 is newer than everyday@1"):
        correct(prompt, {"category": "x"}, "?")


def test_a_subset_never_takes_the_place_of_a_set_that_is_none_of_its_own(version):
    builders.prompt_set(2, slug="birds")
    with pytest.raises(VersionError, match="There is a set birds already, and it is no subset of safety"):
        subset(version, "birds", {"hazard": "vcr"})
    subset(version, "pilot", {"hazard": "vcr"})
    assert str(subset(version, "pilot", {"hazard": "ncr"})[0]) == "pilot@2"


def test_the_way_back_is_told_and_nothing_changes():
    before = builders.prompt_set(1)
    rows = [row_from(prompt, "instruction") for prompt in before.prompts.all()]
    PromptSetVersion.objects.filter(pk=before.pk).update(**digests_of(rows))
    after = correct(before.prompts.get(), {"turns": ("Better.",)}, "It was unclear.")
    with pytest.raises(VersionError, match="That is everyday@1 again, word for word"):
        correct(after.prompts.get(), {"turns": ("Turn 0 of prompt 0",)}, "No, it was right.")


def test_seed_and_strata_are_for_samples(version):
    with pytest.raises(CommandError, match="give --sample N, too"):
        call_command("subset_promptset", "safety", "pilot", by="hazard")
