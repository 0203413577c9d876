"""axe finds nothing, with no rule switched off, on any page of the work, wide and narrow, light and dark."""

from typing import Any

import pytest

from assay.accounts.inviting import invite_person
from assay.accounts.models import User
from assay.api.tokens import make_token
from assay.reports.boards.keeping import refresh_boards
from assay.reports.refresh import refresh
from assay.takeaway.making import request_export
from assay.takeaway.signing import make_key
from assay.takeaway.tasks import work_off
from generation.models import Registration
from promptsets.models import PromptFile
from raters.assignment import claim_next
from raters.care import inbox
from raters.judges.asking import ask, collect
from raters.quality.contested import claim_contested, set_senior
from raters.rubrics.presets import preset
from raters.simulation import Simulation, simulate
from raters.studies.sharing import share
from raters.way_in.inviting import invite
from raters.way_in.steps import finish
from tests import builders
from tests.browser.looking import look_at
from tests.evaluated import series_with_verdicts
from tests.generation.conftest import engine_checkpoint
from tests.raters.working import say, work

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def pages_of_the_work(settings, tmp_path):
    """People, a study to judge and one that simulated raters have judged; the pages, with who opens them."""
    settings.EXPORT_ROOT, settings.CARD_KEY = tmp_path / "exports", tmp_path / "card-key.pem"
    make_key()
    open_study = builders.study(about_raters=["age", "first_language"])
    judged = builders.study(prompts=45, slug="winter")
    safety = builders.study(slug="spring")
    safety.rubric = preset("safety")
    safety.save()
    quote = [{"response": "a", "quote": "I am Gemma", "name": "Gemma"}]
    covered, sam = (
        builders.study(slug="summer", reveal=True, hazards=["ssh", "vcr"]),
        builders.rater(safety, "sam").user,
    )
    draft = builders.study(slug="draft")
    draft.status = "draft"
    draft.save()
    hidden = safety.comparisons.filter(pk=safety.comparisons.first().pk)
    hidden.update(status="held", self_identified=True, self_identification=quote)
    rater, researcher = builders.rater(open_study), builders.researcher()
    held = claim_next(rater, open_study)
    finished = builders.rater(open_study, "fay")
    finish(open_study.enrolments.get(rater=finished), {})
    arriving = builders.rater(open_study, "ari")
    open_study.enrolments.filter(rater=arriving).update(step="consent")
    split, sora, decided = contested_study(researcher)
    root = User.objects.create_superuser("root", "root@example.org", "x")
    make_token(root, "nightly", ["read"], 30, root)
    share(open_study, root, "owner", root)
    share(open_study, researcher, "editor", root)
    joining = invite_person("nora@example.org", "researcher", root).token
    simulate(judged, Simulation(raters=4))
    refresh(judged)
    newest = series_with_verdicts().runs.latest("pk").pk
    refresh_boards()
    heron, plover = (arm.run.checkpoint_id for arm in judged.arms.all())
    for kind, format_ in (("card", "json"), ("judgments", "csv"), ("study", "jsonl")):
        request_export(judged, kind, format_, actor=researcher)
    work_off()
    request_export(judged, "judgments", "parquet", {"counted": True}, researcher)
    table = PromptFile.objects.create(
        owner=researcher, name="quiz.csv", content=b"id,question\n1,Which bird?\n"
    )
    broken = PromptFile.objects.create(owner=researcher, name="quiz.csv", content=b"a,b\n1,2\n3\n")
    return {
        f"/join/{joining}/": None,
        "/api/": None,
        "/account/": root,
        "/account/sessions/": root,
        "/account/tokens/": root,
        "/people/": root,
        "/people/forget/": root,
        "/audit/": root,
        f"/studies/{open_study.slug}/people/": root,
        "/rate/": rater.user,
        f"/rate/{split.public_id}/contested/": sora,
        f"/rate/{split.public_id}/part/": sora,
        f"/rate/{split.public_id}/message/": sora,
        f"/rate/c/{decided.token}/votes/": sora,
        f"/rate/c/{decided.token}/message/": sora,
        f"/studies/{split.slug}/contested/": researcher,
        f"/studies/{split.slug}/inbox/": researcher,
        f"/studies/{split.slug}/pay/": researcher,
        f"/studies/{split.slug}/judges/": researcher,
        f"/studies/{split.slug}/raters/": researcher,
        f"/rate/{open_study.public_id}/next/": rater.user,
        f"/rate/{open_study.public_id}/done/": rater.user,
        f"/rate/{open_study.public_id}/pause/": rater.user,
        f"/rate/c/{held.token}/": rater.user,
        f"/rate/c/{held.token}/differences/": rater.user,
        f"/rate/c/{held.token}/kept/": rater.user,
        f"/rate/{open_study.public_id}/completed/": finished.user,
        f"/rate/{open_study.public_id}/way-in/": arriving.user,
        "/rate/keys-and-display/": rater.user,
        f"/rate/{safety.public_id}/next/": sam,
        f"/rate/{safety.public_id}/wellbeing/": sam,
        f"/rate/{covered.public_id}/next/": builders.rater(covered, "cora").user,
        f"/studies/{judged.slug}/raters/": researcher,
        f"/studies/{judged.slug}/exports/": researcher,
        f"/studies/{judged.slug}/card/": researcher,
        f"/studies/{judged.slug}/comparisons/": researcher,
        f"/studies/{judged.slug}/results/": researcher,
        "/leaderboards/": researcher,
        f"/leaderboards/{judged.prompt_set_version}/": researcher,
        "/leaderboards/birds@1/": researcher,
        f"/checkpoint-pairs/{heron}/{plover}/": researcher,
        f"/studies/{open_study.slug}/exports/": researcher,
        f"/studies/{open_study.slug}/card/": researcher,
        f"/studies/{open_study.slug}/gold/": researcher,
        "/": root,
        "/style/": researcher,
        "/new-study/": researcher,
        f"/new-study/?follows={judged.slug}": researcher,
        f"/studies/{judged.slug}/copy/": researcher,
        f"/studies/{open_study.slug}/preview/": researcher,
        "/studies/draft/": researcher,
        "/studies/draft/settings/": researcher,
        "/rate/return/": None,
        f"/rate/join/{invite(open_study)}/": None,
        f"/rate/{open_study.public_id}/leave/": rater.user,
        f"/studies/{open_study.slug}/invitations/": researcher,
        f"/studies/{safety.slug}/held/": researcher,
        "/studies/": researcher,
        f"/studies/{judged.slug}/": researcher,
        "/runs/": researcher,
        "/new-run/": researcher,
        "/new-responses/": researcher,
        "/import-study/": researcher,
        "/checkpoints/": researcher,
        "/new-checkpoint/": researcher,
        **dict.fromkeys((f"/registrations/{one.pk}/" for one in registrations()), researcher),
        f"/checkpoints/{judged.arms.first().run.checkpoint_id}/": researcher,
        f"/checkpoints/{judged.arms.first().run.checkpoint_id}/responses/": researcher,
        f"/checkpoints/{judged.arms.first().run.checkpoint_id}/results/": researcher,
        f"/side-by-side/?{beside(judged)}": researcher,
        f"/side-by-side/?{beside(judged)}&differences=on": researcher,
        f"/runs/{judged.arms.first().run_id}/remove/": researcher,
        f"/checkpoints/{judged.arms.first().run.checkpoint_id}/remove/": researcher,
        f"/studies/{judged.slug}/remove/": researcher,
        f"/studies/{judged.slug}/design/": researcher,
        "/studies/draft/remove/": researcher,
        f"/prompt-removal/{judged.prompt_set_version.prompt_set.slug}/": researcher,
        "/series/": researcher,
        "/new-series/": researcher,
        "/series/herons/": researcher,
        "/series/herons/watch/": researcher,
        f"/series/herons/changes/{newest - 1}/{newest}/": researcher,
        "/evaluations/": researcher,
        "/new-evaluation/": researcher,
        "/evaluations/weekly/": researcher,
        "/evaluations/weekly/edit/": researcher,
        f"/evaluations/weekly/runs/{newest}/": researcher,
        f"/runs/{judged.arms.first().run_id}/": researcher,
        "/prompts/": researcher,
        f"/prompts/{judged.prompt_set_version}/": researcher,
        f"/prompts/{judged.prompt_set_version}/p0000/": researcher,
        "/prompt-files/": researcher,
        f"/prompt-files/{table.token}/": researcher,
        f"/prompt-files/{broken.token}/": researcher,
        f"/prompt-subsets/{judged.prompt_set_version}/": researcher,
        f"/prompt-corrections/{judged.prompt_set_version}/p0000/": researcher,
        f"/prompt-changes/{open_study.prompt_set_version}/{judged.prompt_set_version}/": researcher,
        f"/studies/{open_study.slug}/": researcher,
    }


def registrations() -> list[Registration]:
    """A folder that waits for a worker, one that was looked at, and one that was refused."""
    of_owl = {"name": "owl", "uri": "/checkpoints/owl", "dtype": "float32", "only_look": True}
    found = {"source": "engine", "uri": of_owl["uri"], "digest": "7f3a" * 16, "family": "recurrentgemma"}
    told = {"parameters": 2_700_000, "dtype": "float32", "chat_format": "gemma", "stop_ids": [1, 107]}
    kinds: list[dict[str, Any]] = [
        {},
        {"status": "seen", "found": found | {"description": told}},
        {"status": "refused", "reason": "/checkpoints/owl: holds no config.json"},
    ]
    return [Registration.objects.create(**of_owl, **kind) for kind in kinds]


def beside(study) -> str:
    """The address of the study's two arms side by side on its second prompt."""
    a, b = (arm.run.checkpoint_id for arm in study.arms.order_by("pk"))
    return f"a={a}&b={b}&prompt_set={study.prompt_set_version_id}&prompt=p0001"


def contested_study(researcher):
    """A study with everything of the care for judgments: repeats, contested comparisons, messages, pay, judges."""
    study = builders.study(
        prompts=14,
        ratings=2,
        slug="harvest",
        contested_split=True,
        exposure_items=30,
        exposure_minutes=40,
        repeat_every=4,
        repeat_gap=2,
        gold_every=0,
        pay_basis="item",
        pay_rate="0.25",
    )
    for name, preference in (("hana", "a"), ("hugo", "b")):
        list(work(builders.rater(study, name), study, preference))
    sora = builders.rater(study, "sora")
    set_senior(study.enrolments.get(rater=sora), True)
    decided = claim_contested(sora, study)
    say(decided, "a")
    question = inbox.write(sora, study, "question", "Does a list count as prose?", decided)
    inbox.answer(question, "It does, if the prompt asks for one.", researcher)
    inbox.write(sora, study, "flag", "The second response breaks off in the middle of a table.", decided)
    judging = ask(study, engine_checkpoint("judge"))
    item = judging.run.items.first()
    item.response = study.comparisons.first().response_a  # a reply in which no verdict stands
    item.save()
    collect(judging)
    refresh(study)
    return study, sora.user, decided


@pytest.mark.timeout(900)
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_axe_finds_nothing_and_no_page_scrolls_sideways(visit, settings, tmp_path, size):
    found = []
    for path, user in pages_of_the_work(settings, tmp_path).items():
        found += look_at(visit(path, user=user, size=size), path, size)
    assert found == []
