"""Who is blind does not learn which arm is the candidate: no page or answer moves when the two exchange their roles."""

import io
import json
import re

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.urls import reverse

from assay.reports.live import fold
from assay.reports.models import ComparisonTally, RaterTally
from assay.reports.refresh import refresh
from assay.takeaway.comparator import pairs_of
from assay.takeaway.kinds import KINDS, write_kind
from assay.takeaway.making import claim, request_export, work_on
from assay.takeaway.models import Export
from assay.takeaway.signing import make_key
from assay.takeaway.source import Source
from generation.models import GenerationRun, Response, RunResponse
from raters.assignment import claim_next
from raters.comparisons.gold import make_gold
from raters.comparisons.holding import hold
from raters.models import Assignment, Judgment, Study, StudyMember
from raters.quality.contested import claim_contested, set_senior
from raters.studies.design import describe
from tests import builders
from tests.raters.working import say, work

PAGES = ("study", "gold", "contested", "study_raters", "comparisons", "results", "held", "inbox")
PAGES += ("study_running", "judges", "pay", "study_people", "copy_study", "exports", "comparisons_file")
PAGES += ("study_design", "invitations", "remove_study")
FILTERS = ("outcome=first", "outcome=second", "outcome=even", "votes=split")  # of comparisons
ANSWERS = ("", "/comparisons", "/judgments", "/contested", "/raters", "/progress")
ANSWERS += ("/results/comparisons", "/quality", "/messages", "/judges", "/pay", "/exports")
ANSWERS += ("/design", "/invitations", "/dependents", "/members", "/results/groups")
FILES = ("judgments", "responses", "preferences", "comparator", "safety", "reports", "study", "card")
# Of each request; and the digest of the judgments, which is keyed and tells no more than that they are others.
BESIDE = re.compile(
    r'name="csrfmiddlewaretoken" value="\w+"|<code>[0-9a-f]{16}</code>|"judgments_sha256": ?"\w+"'
)
SWAPPED = {"a": "b", "b": "a", "tie": "tie", None: None}


@pytest.fixture
def card_key(settings, tmp_path) -> None:
    settings.EXPORT_ROOT, settings.CARD_KEY = tmp_path / "exports", tmp_path / "card-key.pem"
    make_key()


@pytest.fixture
def judged(researcher, card_key):
    """Two raters, of whom one prefers a and the other b now and then; a decision, a held one, gold of either arm."""
    with time_machine.travel("2026-03-01T12:00Z", tick=False):
        study = builders.study(prompts=16, ratings=2, contested_split=True, gold_every=0)
        for row, verdict in zip(study.comparisons.order_by("pk")[:3], ("a", "b", "tie"), strict=True):
            make_gold(row, verdict, "because")
        list(work(builders.rater(study, "ana"), study, "a"))
        ben = builders.rater(study, "ben")
        while held := claim_next(ben, study):
            say(held, "b" if held.comparison_id % 4 == 0 else "a")
        sora = builders.rater(study, "sora")
        set_senior(study.enrolments.get(rater=sora), True)
        say(claim_contested(sora, study), "a")
        held = hold(study.comparisons.order_by("pk").last())
        held.self_identification = [{"response": one, "quote": f"said by {one}", "name": ""} for one in "ab"]
        held.save()
        count_again(study)
        StudyMember.objects.create(study=study, user=researcher, role="editor")
        yield study


def count_again(study: Study) -> None:
    ComparisonTally.objects.all().delete()
    RaterTally.objects.all().delete()
    Assignment.objects.update(untallied=True)
    fold(study)
    study.reports.all().delete()
    refresh(study)


def exchange_roles(study: Study) -> None:
    """The baseline becomes the candidate and stands as `a`; who wrote what, and what raters said of it, stays."""
    baseline, candidate = study.arms.get(role="baseline"), study.arms.get(role="candidate")
    study.arms.filter(pk=baseline.pk).update(role="candidate")
    study.arms.filter(pk=candidate.pk).update(role="baseline")
    for row in study.comparisons.all():
        row.arm_a, row.arm_b = row.arm_b, row.arm_a
        row.response_a, row.response_b = row.response_b, row.response_a
        row.gold_preference = SWAPPED[row.gold_preference]
        row.self_identification.reverse()
        row.save()
    for given in Assignment.objects.all():
        Assignment.objects.filter(pk=given.pk).update(a_is_left=not given.a_is_left)
    for said in Judgment.objects.all():
        QuerySet(Judgment).filter(pk=said.pk).update(preference=SWAPPED[said.preference])  # past append-only
    Study.objects.filter(pk=study.pk).update(design=describe(Study.objects.get(pk=study.pk)))
    count_again(study)


def told(client, api, study: Study) -> dict[str, str]:
    found = {page: read(client.get(reverse(f"dashboards:{page}", args=[study.slug]))) for page in PAGES}
    found |= {answer: read(api.get(f"studies/{study.slug}{answer}")) for answer in ANSWERS}
    found["next version"] = read(client.get(reverse("dashboards:new_study"), {"follows": study.slug}))
    found["card"] = card_page(client, study)
    found["report"] = json.dumps(api.get(f"reports/{study.reports.get().pk}").json()["estimates"])
    found |= {
        asked: client.get(reverse("dashboards:comparisons", args=[study.slug]) + f"?{asked}").text
        for asked in FILTERS
    }
    found |= {
        f"/results/comparisons {asked}": api.get(f"studies/{study.slug}/results/comparisons?{asked}").text
        for asked in FILTERS
    }
    return {name: BESIDE.sub("", text) for name, text in (found | files(study)).items()}


def read(answer) -> str:
    """Its text; a page that is refused to this reader would move with nothing."""
    assert answer.status_code == 200
    return answer.text if not answer.streaming else b"".join(answer.streaming_content).decode()


def card_page(client, study: Study) -> str:
    """With a card to show, whose file is gone again afterwards."""
    request_export(study, "card", "json", actor=get_user_model().objects.get(username="rosa"))
    work_on(claim("a worker"))
    page = client.get(reverse("dashboards:card", args=[study.slug]))
    assert page.context["card"]
    text = page.text.replace(Export.objects.get().token, "")
    Export.objects.all().delete()
    return text


def files(study: Study) -> dict[str, str]:
    """Each kind of export, byte by byte: the order of an object's keys may tell as much as that of rows."""
    study = Study.objects.get(pk=study.pk)
    pairs = [name for name, _ in pairs_of(Source(study))]
    found = {"pairs to choose from": str(pairs)}
    for kind in FILES:
        for number, filters in enumerate(
            [{"pair": name} for name in pairs] if kind == "comparator" else [{}]
        ):
            out = io.BytesIO()
            write_kind(out, kind, KINDS[kind].formats[0], Source(study, filters))
            found[f"file of {kind}" + f" {number}" * bool(number)] = out.getvalue().decode()
    return found


@pytest.mark.parametrize("secret", ["0" * 64, "2" * 64])
def test_nothing_that_the_blind_read_moves_with_the_roles(client, api, researcher, judged, secret):
    Study.objects.update(secret=secret)
    judged.refresh_from_db()
    client.force_login(researcher)
    before = told(client, api, judged)
    exchange_roles(judged)
    after = told(client, api, judged)
    assert [name for name in before if before[name] != after[name]] == []


def test_the_exchange_is_seen_by_those_who_may_know(client, api, researcher, judged):
    """Else the test above would pass whatever pages told."""
    Study.objects.update(unblinded_at="2026-03-01T12:00Z")
    judged.refresh_from_db()
    client.force_login(researcher)
    before = told(client, api, judged)
    exchange_roles(judged)
    after = told(client, api, judged)
    moved = {name for name in before if before[name] != after[name]}
    assert {"contested", "study_raters", "comparisons", "results", "/judgments", "report"} <= moved
    assert {f"/results/comparisons{asked}" for asked in ("", " outcome=first")} <= moved
    assert {"file of judgments", "file of reports", "file of study", "outcome=first"} <= moved
    assert {"card", "file of card", "comparisons_file", "study_design", "/design", "next version"} <= moved


def test_the_digest_of_judgments_can_be_tried_against_no_name_while_blind(client, api, researcher, judged):
    """Who has the rows under labels would make the plain digest with the names either way round, and see which fits."""
    report = judged.reports.get()
    client.force_login(researcher)
    page = reverse("dashboards:results", args=[judged.slug])

    def digests() -> list[str]:
        digest = api.get(f"studies/{judged.slug}/reports").json()["items"][0]["judgments_sha256"]
        assert api.get(f"reports/{report.pk}").json()["judgments_sha256"] == digest
        return [digest, client.get(page).text, files(judged)["file of reports"]]

    blind = digests()
    assert blind[0] == digests()[0] and blind[0][:16] in blind[1]
    assert not any(report.judgments_sha256[:16] in text for text in blind)
    Study.objects.update(unblinded_at="2026-03-01T12:00Z")
    assert digests()[0] == report.judgments_sha256 and report.judgments_sha256[:16] in client.get(page).text


def test_a_verdict_that_is_refused_names_the_labels_in_their_own_order(api, judged):
    row = judged.comparisons.regular().filter(status="open").last()
    answer = api.post(f"studies/{judged.slug}/comparisons/{row.pk}/gold", {"verdict": "a", "reason": "clear"})
    assert "it is one of Model 1, Model 2, tie" in answer.json()["detail"]


def kept_back(api, run) -> set[bool]:
    rows = api.get(f"runs/{run.pk}/responses").json()["items"]
    assert all(row["kept_back"] != bool(row["turns"]) for row in rows)
    assert all(row["n_output_tokens"] is None and row["status"] is None for row in rows if row["kept_back"])
    return {row["kept_back"] for row in rows}


def test_what_an_arms_texts_add_up_to_is_kept_back_with_them(client, api, researcher, db):
    """Whoever counts the texts under Model 1 would find the same sum beside a checkpoint's name."""
    study = builders.study()
    run = study.arms.get(role="candidate").run
    client.force_login(researcher)

    def told() -> tuple[bool, dict[str, int], int | None, int | None, set[bool]]:
        progress = api.get(f"runs/{run.pk}/progress").json()
        page = client.get(reverse("dashboards:run", args=[run.pk])).text
        counted = {words in page for words in ("<dt>ok</dt>", "Tokens written", "Chosen by less")}
        return *(progress[name] for name in ("kept_back", "by_status", "tokens", "close_calls")), counted

    Response.objects.filter(run_items__run=run).update(provenance={"close_calls": 2})
    assert told() == (True, {}, None, None, {False})
    Study.objects.update(unblinded_at="2026-03-01T12:00Z")
    assert told() == (False, {"ok": 3}, 0, 6, {True})


def test_texts_of_an_arm_are_kept_back_from_lists_under_its_checkpoints_name(api_of, researcher, db):
    study = builders.study(arms_known_to=["owner"])
    StudyMember.objects.create(study=study, user=researcher, role="owner")
    run = study.arms.get(role="candidate").run
    assert kept_back(api_of(researcher), run) == {False}
    assert kept_back(api_of(researcher, "read"), run) == {True}
    StudyMember.objects.update(role="editor")
    assert kept_back(api_of(researcher), run) == {True}
    Study.objects.update(unblinded_at="2026-03-01T12:00Z")
    assert kept_back(api_of(researcher), run) == {False}


def test_a_text_that_another_run_links_is_kept_back_there_too(api, db):
    study = builders.study()
    theirs = study.arms.get(role="candidate").run
    other = GenerationRun.objects.create(
        checkpoint=theirs.checkpoint,
        prompt_set_version=theirs.prompt_set_version,
        sampling={},
        sampling_sha256="of another run",
    )
    first = theirs.items.first()
    RunResponse.objects.create(run=other, prompt=first.prompt, response=first.response)
    assert kept_back(api, other) == {True}
