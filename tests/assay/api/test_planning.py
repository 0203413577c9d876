"""Programs plan a study as its page does: several arms, any rubric, a template, and the planner's numbers."""

import pytest

from generation.models import Checkpoint, GenerationRun
from generation.runs import lay_out
from promptsets.models import PromptSetVersion
from promptsets.subsets import Sample, subset
from raters.models import Rubric, Study, StudyArm, StudyMember
from raters.studies.copying import keep_as_template
from raters.studies.design import lock
from raters.studies.drafting import change_settings
from tests import builders


@pytest.fixture
def version(db) -> PromptSetVersion:
    return builders.prompt_set(4)


def ours(**values) -> Rubric:
    return Rubric.objects.create(slug="our-own", title="Our own", kind="instruction", scale=3, **values)


def test_several_candidates_stand_against_one_baseline(api, version):
    heron, plover, owl = (builders.run(version, name).pk for name in ("heron", "plover", "owl"))
    body = {"candidates": [heron, plover], "baseline": owl, "title": "Three birds"}
    made = api.post("studies", body)
    assert made.status_code == 201, made.json()
    assert (made.json()["title"], made.json()["slug"]) == (
        "Three birds",
        "heron-and-plover-vs-owl-on-everyday",
    )
    study = Study.objects.get()
    assert set(study.arms.filter(role="candidate").values_list("run", flat=True)) == {heron, plover}
    assert study.comparisons.count() == 8


def test_two_samplings_of_one_checkpoint_are_compared(api, version):
    first = builders.run(version, "heron")
    second = GenerationRun.objects.create(
        checkpoint=first.checkpoint, prompt_set_version=version, sampling={}, sampling_sha256="f" * 64
    )
    lay_out(second)
    made = api.post("studies", {"candidate": first.pk, "baseline": second.pk, "slug": "warm"})
    assert made.status_code == 201, made.json()


def test_who_names_no_candidate_or_one_in_two_ways_is_refused(api, version):
    heron, owl = (builders.run(version, name).pk for name in ("heron", "owl"))
    for body in ({"baseline": owl}, {"baseline": owl, "candidate": heron, "candidates": [heron]}):
        refused = api.post("studies", body)
        assert refused.status_code == 422 and refused.json()["errors"][0]["field"] == "candidates"
    unknown = api.post("studies", {"baseline": owl, "candidates": [heron, 10**9]})
    assert unknown.json()["errors"][0]["field"] == "candidates"


def test_any_rubric_is_asked_by_its_name(api, version):
    ours(version=1)
    newest = ours(version=2)
    runs = dict(zip(("candidate", "baseline"), (builders.run(version, n).pk for n in "ab"), strict=True))
    assert {row["slug"] for row in api.get("rubrics").json()} >= {
        "instruction-following",
        "safety",
        "our-own",
    }
    assert api.post("studies", {**runs, "rubric": "our-own"}).status_code == 201
    assert Study.objects.get().rubric == newest
    refused = api.post("studies", {**runs, "rubric": "theirs", "slug": "again"})
    assert refused.json()["errors"][0]["field"] == "rubric" and "our-own" in refused.json()["detail"]
    both = api.post("studies", {**runs, "rubric": "our-own", "preset": "safety", "slug": "both"})
    assert both.json()["errors"][0]["field"] == "preset"


def test_settings_are_given_at_once_and_a_wrong_one_leaves_nothing(api, version):
    runs = dict(zip(("candidate", "baseline"), (builders.run(version, n).pk for n in "ab"), strict=True))
    asked = {"pool": 7, "pay_basis": "item", "pay_rate": "0.25", "pay_currency": "USD"}
    made = api.post("studies", {**runs, "settings": asked}).json()
    assert {name: made["settings"][name] for name in asked} == {
        **asked,
        "pay_rate": made["settings"]["pay_rate"],
    }
    assert float(made["settings"]["pay_rate"]) == 0.25
    refused = api.post("studies", {**runs, "slug": "poor", "settings": {"pay_rate": "-1"}})
    assert refused.status_code == 422 and refused.json()["errors"][0]["field"] == "pay_rate"
    assert Study.objects.count() == 1


def test_a_template_that_was_kept_is_listed_and_used(api, version, researcher):
    before = builders.study(slug="winter", prompts=2)
    before.rubric, before.ratings_per_comparison, before.status = ours(version=1), 5, "draft"
    before.save()
    change_settings(before, {"pool": 12, "pay_basis": "hour", "pay_rate": "14.5", "consent": "Be well."})
    before.refresh_from_db()
    keep_as_template(before, "Winter birds", researcher)
    listed = api.get("study-templates").json()["items"]
    assert [(one["name"], one["rubric"], one["ratings"]) for one in listed] == [
        ("Winter birds", "our-own", 5)
    ]
    runs = dict(zip(("candidate", "baseline"), (builders.run(version, n).pk for n in "ab"), strict=True))
    made = api.post(
        "studies", {**runs, "slug": "spring", "template": "Winter birds", "settings": {"pool": 9}}
    )
    assert made.status_code == 201, made.json()
    told = made.json()
    assert told["ratings_per_comparison"] == 5 and told["rubric"] == "Our own (version 1)"
    kept = {name: told["settings"][name] for name in ("pool", "pay_basis", "consent")}
    assert kept == {"pool": 9, "pay_basis": "hour", "consent": "Be well."}
    unknown = api.post("studies", {**runs, "slug": "summer", "template": "Summer"})
    assert unknown.json()["errors"][0]["field"] == "template" and "Winter birds" in unknown.json()["detail"]


def test_a_new_version_differs_in_what_is_given_and_is_else_as_before(api, version, researcher):
    heron, owl = (builders.run(version, name) for name in ("heron", "owl"))
    body = {"candidate": heron.pk, "baseline": owl.pk, "slug": "autumn", "ratings": 2}
    assert api.post("studies", body | {"settings": {"gold_every": 7}}).status_code == 201
    followed = {"candidate": builders.run(version, "ibis").pk, "baseline": owl.pk, "follows": "autumn"}
    draft = api.post("studies", followed)
    assert draft.status_code == 422 and "is a draft" in draft.text
    lock(Study.objects.get())
    assert api.post("studies", followed | {"slug": "autumn-2"}).status_code == 201
    made = Study.objects.get(slug="autumn-2")
    assert (made.follows.slug, made.version) == ("autumn", 2)
    assert (made.ratings_per_comparison, made.gold_every) == (2, 7)
    unknown = api.post("studies", followed | {"follows": "nowhere", "slug": "autumn-3"})
    assert unknown.status_code == 422 and unknown.json()["errors"][0]["field"] == "follows"


def test_a_new_version_keeps_the_arms_that_its_planner_may_not_know(api, study, researcher):
    StudyMember.objects.create(study=study, user=researcher, role="editor")
    made = api.post("studies", {"follows": "autumn", "ratings": 5})
    assert made.status_code == 201, made.json()
    told = made.json()
    assert (told["slug"], told["title"], told["blind"]) == ("autumn-2", study.title, True)
    assert [arm["run"] for arm in told["arms"]] == [None, None]
    roles = {arm.role: arm.run_id for arm in Study.objects.get(slug="autumn-2").arms.all()}
    assert roles == {arm.role: arm.run_id for arm in study.arms.all()}
    for body in ({"follows": "autumn", "candidate": roles["candidate"]}, {}):
        refused = api.post("studies", body | {"slug": "autumn-3"})
        assert refused.status_code == 422 and refused.json()["errors"][0]["field"] == "baseline"


def test_the_planner_tells_the_numbers_of_the_page(api, version):
    asked = "ratings=3&pool=12&minutes=2&hours_a_day=2&pay_basis=item&pay_rate=0.5&candidates=2"
    told = api.get(f"power?prompts=200&{asked}").json()
    assert (told["judgments"], told["hours"], told["cost"], told["currency"]) == (1200, 40.0, 600.0, "EUR")
    assert told["days"] == pytest.approx(40 / 24) and 0 < told["half_width"] < told["detectable"] < 0.2
    sizes = [step["prompts"] for step in told["curve"]]
    assert sizes == sorted(sizes) and 200 in sizes
    assert api.get("power?prompt_set=everyday&prompts=900").json()["prompts"] == 4
    few = api.get("power?prompts=200&ratings=3&candidates=2&pool=5")
    assert few.status_code == 422 and "pool of 6" in few.json()["detail"]
    assert api.get("power").json()["errors"][0]["field"] == "prompts"


def test_a_run_asks_the_same_over_a_part_of_its_prompts(api, version, researcher):
    whole = builders.run(version, "heron")
    part = subset(version, "few", {}, Sample(2, ("category",), 0), researcher)[0]
    made = api.post(f"runs/{whole.pk}/over", {"prompt_set": str(part)})
    assert made.status_code == 201, made.json()
    assert (made.json()["prompt_set"], made.json()["present"]) == (str(part), 2)
    assert Checkpoint.objects.count() == 1
    assert api.post(f"runs/{whole.pk}/over", {"prompt_set": "none"}).status_code == 422


def test_arms_of_one_study_keep_their_roles(api, version):
    heron, owl = (builders.run(version, name).pk for name in ("heron", "owl"))
    assert (
        api.post("studies", {"candidate": heron, "baseline": owl}).json()["slug"]
        == "heron-vs-owl-on-everyday"
    )
    assert StudyArm.objects.get(role="baseline").run_id == owl


@pytest.mark.parametrize(
    "settings",
    [
        {"stop_rule": {"a\0": 1}},
        {"texts": {"pt": {"consent": "a\0"}}},
        {"rater_title": "a\0"},
        {"about_raters": ["\0"]},
    ],
)
def test_settings_that_no_database_keeps_are_refused_by_name(api, version, settings):
    runs = {"candidates": [builders.run(version, "heron").pk], "baseline": builders.run(version, "owl").pk}
    draft = api.post("studies", runs).json()["slug"]
    changed = api.post(f"studies/{draft}/settings", {"settings": settings}, method="patch")
    made = api.post("studies", {**runs, "slug": "poor", "settings": settings})
    for refused in (changed, made):
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["field"] == next(iter(settings))
        assert "holds the character U+0000" in refused.json()["errors"][0]["message"]
