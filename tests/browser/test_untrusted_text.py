"""Text from checkpoints, prompts and raters runs nothing, fetches nothing and breaks nothing, in a real browser.

What a page must not do (dialogs, policy reports, outside requests) is watched by `visit` on every one of them.
"""

import pytest
from django.db.models import QuerySet

from assay.reports.refresh import refresh
from assay.takeaway.making import request_export
from assay.takeaway.signing import make_key
from assay.takeaway.tasks import work_off
from generation.models import Checkpoint, Response
from promptsets.models import Prompt
from raters import judging
from raters.assignment import claim_next
from raters.care import inbox
from raters.judges.asking import ask, collect
from raters.models import Assignment, Comparison, Enrolment, Rubric, Study
from raters.quality.contested import claim_contested, set_senior
from raters.rubrics.answers import Answer
from raters.studies.sharing import share
from raters.studies.unblinding import unblind
from tests import builders
from tests.browser.conftest import SIZES, Trouble
from tests.generation.conftest import engine_checkpoint
from tests.raters.desk.test_rendering import ATTACKS
from tests.raters.working import say

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LATEX = r"$$\frac{a}{b} \href{javascript:alert(1)}{x}$$ \(x < y\)"
TABLE = "| a | b |\n|---|---|\n| " + "x" * 400 + " | <img src=x onerror=alert(1)> |"
HIDDEN = "left\u202etfel \u2066 zero\u200bwidth \ufeff"
UNSEEN = {"\u202e", "\u2066", "\u200b", "\ufeff"}
OPEN = "```html\n</code></pre></div></section></form></main>\n<b><i"
HOSTILE = "\n\n".join([*ATTACKS, LATEX, TABLE, HIDDEN, OPEN])
REMARK = HIDDEN + HOSTILE[:200]  # as long as a comment may be
NAME = "<img src=x onerror=alert(1)>"
LONG = "word " * 40_000
CODE = "```python\n" + "\n".join(f"x[{n}] = '<b>{n}</b>' & {n}" for n in range(5_000)) + "\n```"
FORBIDDEN = "main :is(script, img, iframe, object, embed, style, a[href^='javascript'], [onerror], [onload])"
STICKS_OUT = """() => document.documentElement.scrollWidth <= window.innerWidth ? [] :
  [...document.querySelectorAll("main *")].filter((each) => each.getBoundingClientRect().right > window.innerWidth + 1)
    .map((each) => `${each.tagName}.${each.className}`).slice(0, 5)"""


@pytest.fixture
def study(transactional_db) -> Study:
    study = builders.study(prompts=2, ratings=2)
    Response.objects.update(turns=[HOSTILE])
    return study


def hostile_prompts(study: Study) -> None:
    """Under the freezing, as a prompt set would hold them that was imported so."""
    QuerySet.update(Prompt.objects.filter(version=study.prompt_set_version), turns=[HOSTILE])


def is_whole(page) -> None:
    assert page.locator(FORBIDDEN).count() == 0
    assert page.locator("body > footer").count() == 1 and page.locator("body > main").count() == 1
    assert page.evaluate(STICKS_OUT) == [], page.url
    assert not set(page.locator("main").inner_text()) & UNSEEN, page.url


def test_hostile_texts_leave_the_rating_page_whole_in_every_view(visit, study):
    hostile_prompts(study)
    page = visit(f"/rate/{study.public_id}/next/", user=builders.rater(study).user)
    for letter, least, most in (("A", 0, 640), ("B", 600, 1280)):
        assert least <= page.get_by_role("region", name=f"Response {letter}").bounding_box()["x"] < most
    assert page.locator(".response :is(a, img, script, iframe, style, svg, form)").count() == 0
    is_whole(page)
    for raw in page.get_by_text("Raw", exact=True).all():
        raw.click()
    assert "<script>alert(1)</script>" in page.locator(".side-A .raw").inner_text()
    is_whole(page)
    page.keyboard.press("d")
    page.locator(".diff").first.wait_for()
    is_whole(page)
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    page.get_by_text("1 of 2 answered").wait_for()
    is_whole(page)


def test_hostile_texts_leave_the_way_in_whole(visit, study):
    training = {
        "check": [{"question": HOSTILE, "choices": [HOSTILE, "b"], "right": 0}],
        "practice": [{"prompt": HOSTILE, "a": HOSTILE, "b": HOSTILE, "verdict": "a", "reason": HOSTILE}],
    }
    Rubric.objects.update(training=training, guide=HOSTILE)
    Study.objects.update(rater_title=HOSTILE[:200], consent=HOSTILE, support_line=HOSTILE, reveal=True)
    user = builders.rater(study).user
    for step in ("consent", "guide", "check", "practice"):
        Enrolment.objects.update(step=step)
        is_whole(visit(f"/rate/{study.public_id}/way-in/", user=user))
    Enrolment.objects.update(step="work")
    for name in ("next", "done", "pause", "wellbeing", "leave"):
        is_whole(visit(f"/rate/{study.public_id}/{name}/", user=user))
    Enrolment.objects.update(step="exit", status="finished")
    is_whole(visit(f"/rate/{study.public_id}/completed/", user=user))


def test_hostile_texts_leave_the_researchers_pages_whole(visit, study, settings):
    hostile_prompts(study)
    rater = builders.rater(study)
    held = claim_next(rater, study)
    judging.record(held, Answer("left", "k" * 22, comment=REMARK))
    quote = [{"response": "a", "quote": HOSTILE[:300], "name": ""}]
    one = Comparison.objects.exclude(pk=held.comparison_id)
    one.update(status="held", self_identified=True, self_identification=quote)
    Enrolment.objects.update(exit_survey={"recognised": "yes", "source": HOSTILE[:300], "comment": HOSTILE})
    refresh(study)
    rosa = builders.researcher()
    prompts = f"/prompts/{study.prompt_set_version}"
    paths = [f"/studies/{study.slug}/{name}" for name in ("", "held/", "gold/", "raters/", "invitations/")]
    for path in [*paths, f"{prompts}/", f"{prompts}/p0000/", f"/runs/{study.arms.first().run_id}/"]:
        is_whole(visit(path, user=rosa))


def test_hostile_texts_leave_the_administration_whole(visit, study):
    hostile_prompts(study)
    held = claim_next(builders.rater(study), study)
    judging.record(held, Answer("left", "k" * 22, comment=REMARK))
    root = builders.researcher("root")
    root.is_staff = root.is_superuser = True
    root.save()
    row = held.comparison
    for path in (
        f"raters/study/{study.pk}/change/",
        "raters/judgment/",
        f"generation/response/{row.response_a_id}/change/",
        f"promptsets/prompt/{row.prompt_id}/change/",
    ):
        page = visit(f"/admin/{path}", user=root)
        assert page.locator("main :is(script:not([src]), iframe, object, embed)").count() == 0
        assert page.locator("img[src=x], [onerror]").count() == 0


@pytest.mark.parametrize("text", [LONG, CODE], ids=["200 kB", "5,000 lines of code"])
def test_a_very_long_response_scrolls_in_its_own_pane_in_every_view(visit, transactional_db, text):
    study = builders.study(prompts=1)
    Response.objects.filter(comparisons_as_a__study=study).update(turns=[text])
    page = visit(f"/rate/{study.public_id}/next/", user=builders.rater(study).user)
    page.keyboard.press("d")
    page.locator(".diff").first.wait_for()
    for _ in range(2):
        assert page.get_by_role("button", name="Submit and next").is_visible()
        assert page.evaluate("document.documentElement.scrollHeight <= window.innerHeight + 1")
        page.keyboard.press("d")


def everything_hostile(study: Study) -> Assignment:
    """A study in which people, judges and names, too, say what they should not; what a senior rater decided in it."""
    Study.objects.update(title=HOSTILE[:200], contested_split=True, language="en")
    Checkpoint.objects.filter(name__startswith="heron").update(name=NAME)
    for name, preference in (("hana", "a"), ("hugo", "b")):
        rater = builders.rater(study, name)
        while held := claim_next(rater, study):
            say(held, preference, comment=REMARK)
    sora = builders.rater(study, "sora")
    set_senior(study.enrolments.get(rater=sora), True)
    decided = claim_contested(sora, study)
    inbox.write_back(
        inbox.write(sora, study, "question", HIDDEN + HOSTILE[:900], decided), HIDDEN + HOSTILE[:900]
    )
    say(decided, "a", comment=REMARK)
    judging_model = ask(study, engine_checkpoint("judge"))
    judging_model.run.items.update(response=study.comparisons.first().response_a)
    collect(judging_model)
    refresh(study)
    return decided


def test_what_people_write_leaves_the_pages_about_them_whole(visit, study):
    study.gold_every = 0
    study.save()
    hostile_prompts(study)
    decided = everything_hostile(study)
    arm = study.arms.earliest("pk").run
    rosa, of_study = builders.researcher(), f"/studies/{study.slug}"
    share(study, rosa, "owner", rosa)
    names = ("comparisons", "results", "contested", "inbox", "judges", "pay", "preview", "copy", "people")
    paths = [f"{of_study}/{name}/" for name in (*names, "exports", "card")]
    unblind(study, "It is done.", rosa)
    paths += [f"/checkpoints/{arm.checkpoint_id}/", f"/checkpoints/{arm.checkpoint_id}/responses/"]
    paths += [f"/side-by-side/?a={arm.checkpoint_id}", "/studies/", "/runs/", "/checkpoints/", "/"]
    for path in paths:
        page = visit(path, user=rosa)
        is_whole(page)
        page.context.close()
    for name in ("part", "contested", "message"):
        is_whole(visit(f"/rate/{study.public_id}/{name}/", user=decided.rater.user))
    for name in ("votes", "message", "kept"):
        is_whole(visit(f"/rate/c/{decided.token}/{name}/", user=decided.rater.user))


def test_hostile_texts_leave_the_cards_page_whole(chromium, study, settings, tmp_path):
    settings.EXPORT_ROOT, settings.CARD_KEY = tmp_path / "exports", tmp_path / "card-key.pem"
    make_key()
    hostile_prompts(study)
    everything_hostile(study)
    unblind(study, "It is done.", builders.researcher())
    export = request_export(study, "card", "html")
    work_off()
    trouble, context = Trouble(), chromium.new_context(viewport=SIZES["phone"])
    page = context.new_page()
    trouble.watch(page, export.path.as_uri())
    page.goto(export.path.as_uri())
    assert NAME in page.locator("body").inner_text()
    assert page.locator("img[src=x], [onerror], iframe, script").count() == 0
    assert trouble.seen == []
    context.close()
