"""Prompt sets changed by programs: a part becomes a set, a correction a version, two versions are compared."""

import pytest

from assay.accounts.models import AuditEvent
from promptsets.models import Prompt, PromptSetVersion
from tests import builders

SUBSETS = "prompt-sets/everyday/versions/1/subsets"


@pytest.fixture
def version(db) -> PromptSetVersion:
    """Six prompts, every other one of category coding."""
    made = builders.prompt_set(6)
    counts = {"prompts": 6, "categories": {"coding": 3, "creative": 3}, "turns": {"1": 6}}
    made.manifest = {"counts": counts}
    made.save()
    return made


def field_of(answer) -> str:
    assert answer.status_code == 422, answer.json()
    return str(answer.json()["errors"][0]["field"])


def test_the_prompts_that_fit_become_a_set_and_asked_again_nothing_is_made(api, version):
    asked = {"slug": "code", "filters": {"category": "coding"}}
    made, again = api.post(SUBSETS, asked), api.post(SUBSETS, asked)
    assert (made.status_code, again.status_code) == (201, 200)
    assert (made.json()["name"], made.json()["prompts"]) == ("code@1", 3) and again.json() == made.json()
    assert set(Prompt.objects.filter(version__prompt_set__slug="code").values_list("category")) == {
        ("coding",)
    }
    assert AuditEvent.objects.get(action="promptset.subset_made").actor.username == "rosa"


def test_a_sample_is_drawn_by_size_seed_and_strata(api, version):
    sample = {"size": 2, "by": ["category"], "seed": 5}
    assert api.post(SUBSETS, {"slug": "two", "sample": sample}).status_code == 201
    made = PromptSetVersion.objects.get(prompt_set__slug="two")
    assert sorted(made.prompts.values_list("category", flat=True)) == ["coding", "creative"]
    told = made.manifest["lineage"]["sample"]
    assert (told["size"], told["seed"], list(told["by"])) == (2, 5, ["category"])


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"sample": {"size": 7}}, "A sample of 7 was asked for, but 6 prompts fit"),
        ({"filters": {"category": "poems"}}, "No prompt fits these filters"),
    ],
)
def test_a_part_that_there_is_not_is_refused_and_leaves_no_set(api, version, wrong, told):
    refused = api.post(SUBSETS, {"slug": "part"} | wrong)
    assert refused.status_code == 422 and told in refused.json()["detail"]
    assert PromptSetVersion.objects.get() == version


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"slug": "two words"}, "slug"),
        ({"sample": {"size": 0}}, "sample.size"),
        ({"sample": {"size": 2, "by": ["colour"]}}, "sample.by.0"),
        ({"filters": {"colour": "red"}}, "filters.colour.[key]"),
    ],
)
def test_what_makes_no_sense_is_named(api, version, wrong, field):
    assert field_of(api.post(SUBSETS, {"slug": "part"} | wrong)) == field


def correct(api, number: int, key: str = "p0001", **changes):
    path = f"prompt-sets/everyday/versions/{number}/prompts/{key}/correction"
    return api.post(path, {"reason": "a typing error"} | changes)


def test_a_correction_makes_a_version_in_which_this_prompt_alone_differs(api, version):
    made = correct(api, 1, turns=["Which bird is that?"], category="birds")
    assert made.status_code == 201 and made.json()["name"] == "everyday@2"
    old, new = (
        dict(one.prompts.values_list("key", "turns")) for one in PromptSetVersion.objects.order_by("number")
    )
    assert [key for key in old if old[key] != new[key]] == ["p0001"] and new["p0001"] == [
        "Which bird is that?"
    ]
    corrected = PromptSetVersion.objects.get(number=2)
    assert corrected.prompts.get(key="p0001").category == "birds"
    told = {"key": "p0001", "fields": ["category", "turns"], "reason": "a typing error"}
    assert corrected.manifest["lineage"]["correction"] == told
    assert AuditEvent.objects.get(action="promptset.corrected").actor.username == "rosa"


def test_what_is_left_out_of_a_correction_stays_and_what_is_empty_is_emptied(api, version):
    Prompt.objects.filter(key="p0001").update(rater_note="look closely")
    correct(api, 1, rater_note="")
    new = PromptSetVersion.objects.get(number=2).prompts.get(key="p0001")
    assert (new.rater_note, new.category, new.turns) == ("", "creative", ["Turn 0 of prompt 1"])


def test_a_correction_that_cannot_be_is_told_and_makes_nothing(api, version):
    same = correct(api, 1, category="creative")
    assert same.status_code == 422 and "Nothing differs" in same.json()["detail"]
    assert field_of(correct(api, 1, turns=["  "])).startswith("turns")
    assert correct(api, 1, key="p0009", category="birds").status_code == 404
    assert correct(api, 2, category="birds").status_code == 404
    assert PromptSetVersion.objects.get() == version


def test_the_newest_version_alone_is_corrected(api, version):
    correct(api, 1, category="birds")
    old = correct(api, 1, category="fish")
    assert old.status_code == 422 and "everyday@2 is newer than everyday@1" in old.json()["detail"]
    assert correct(api, 2, category="fish").json()["name"] == "everyday@3"


def test_two_versions_are_compared_from_either_side(api, version):
    correct(api, 1, turns=["Which bird is that?"])
    correct(api, 2, key="p0004", category="birds")
    Prompt.objects.filter(version__number=3, key="p0005").delete()

    def differences(number: int, since: int) -> dict:
        return api.get(f"prompt-sets/everyday/versions/{number}/differences?since={since}").json()

    both = {"text_changed": ["p0001"], "metadata_changed": {"p0004": ["category"]}}
    assert differences(3, since=1) == {"added": [], "removed": ["p0005"], **both}
    assert differences(1, since=3) == {"added": ["p0005"], "removed": [], **both}
    nothing = {"added": [], "removed": [], "text_changed": [], "metadata_changed": {}}
    assert differences(2, since=2) == nothing
    path = "prompt-sets/everyday/versions/3/differences"
    assert api.get(f"{path}?since=9").status_code == 404 and field_of(api.get(path)) == "since"


def test_versions_are_listed_by_their_numbers_page_by_page(api, version):
    for category in ("birds", "fish"):
        newest = PromptSetVersion.objects.count()
        correct(api, newest, category=category)
    builders.prompt_set(2, slug="others")
    first = api.get("prompt-sets/everyday/versions?limit=2").json()
    rest = api.get(f"prompt-sets/everyday/versions?limit=2&after={first['next']}").json()
    assert [row["number"] for row in first["items"] + rest["items"]] == [1, 2, 3] and rest["next"] is None
    assert api.get("prompt-sets/everyday/versions/2").json() == first["items"][1]
    assert api.get("prompt-sets/everyday/versions/4").status_code == 404
    assert api.get("prompt-sets/nowhere/versions").status_code == 404
