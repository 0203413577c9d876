"""Whatever a page of a study shows to somebody, they may do: no link and no form leads its reader to a 404."""

from urllib.parse import urljoin

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from assay.reports.live import fold
from assay.reports.refresh import refresh
from generation.models import Chunk
from raters.comparisons.gold import make_gold
from raters.models import Message, Study, StudyMember
from tests import builders
from tests.assay.reading_pages import PageThere
from tests.assay.routes import routes
from tests.raters.working import work

ROLES = ("viewer", "editor", "owner", "administrator")
FILES = {"pay_file", "comparisons_file"}
# What each of these pages lets editors do and viewers only look at; "" sends to the page itself.
OF_EDITORS = {
    "study": {"steer_study"},
    "gold": {"add_gold"},
    "study_raters": {"pause_rater", "make_senior"},
    "inbox": {"act_on_message"},
    "held": {"decide_held"},
    "judges": {""},
}


@pytest.fixture
def study(db):
    """One that collects, with something on each of its pages."""
    study = builders.study(prompts=8, ratings=1, contested_split=True, gold_every=0)
    make_gold(study.comparisons.first(), "a", "because")
    study.comparisons.filter(pk=study.comparisons.last().pk).update(status="held")
    rater = builders.rater(study)
    given = [next(work(rater, study)) for _ in range(4)]
    Message.objects.create(study=study, rater=rater, assignment=given[0], kind="question", text="Why?")
    run = study.arms.first().run
    Chunk.objects.create(run=run, number=0, item_ids=[], status="dead", error="no memory", attempts=5)
    fold(study)
    refresh(study)
    return study


@pytest.fixture
def reader(study):
    """A signed-in person in this role; the study belongs to somebody, so that roles decide."""
    StudyMember.objects.create(study=study, user=builders.researcher("olga"), role="owner")

    def signed_in(role: str) -> Client:
        user = builders.researcher(role)
        if role == "administrator":
            user.role = role
            user.save()
        else:
            StudyMember.objects.create(study=study, user=user, role=role)
        client = Client()
        client.force_login(user)
        return client

    return signed_in


def pages_of(study: Study) -> dict[str, str]:
    ours = [route for route in routes() if route.pattern.startswith("/studies/<slug:slug>/")]
    names = {route.name for route in ours if "<int:pk>" not in route.pattern}
    pages = {name.removeprefix("dashboards:"): reverse(name, args=[study.slug]) for name in names}
    return {name: page for name, page in pages.items() if name not in FILES}


def shown(client: Client, address: str) -> PageThere | None:
    """The page, where this person has one there."""
    answer = client.get(address)
    return PageThere(answer.text) if answer.status_code == 200 else None


def leads_nowhere(client: Client, page: str, there: PageThere) -> set[str]:
    links = {urljoin(page, link) for link in there.links if not link.startswith("#")}
    found = {link for link in links if link.startswith("/") and client.get(link).status_code == 404}
    for form in there.forms:
        address, presses = urljoin(page, form.action), form.buttons or [("", "")]
        for name, value in presses:
            if sent(client, form.method, address, form.fields | ({name: [value]} if name else {})) == 404:
                found.add(f"{form.method} {address} {name}={value}")
    return found


def sent(client: Client, method: str, address: str, fields: dict[str, list[str]]) -> int:
    """How it is answered; taken back, so that one act does not shut out the next."""
    other = Client()
    other.cookies.update(client.cookies)
    with transaction.atomic():
        status: int = getattr(other, method)(address, fields).status_code
        transaction.set_rollback(True)
    return status


@pytest.mark.parametrize("status", ["draft", "collecting", "paused", "closed"])
@pytest.mark.parametrize("role", ROLES)
def test_every_link_and_form_leads_its_reader_somewhere(role, status, study, reader):
    client = reader(role)
    Study.objects.update(status=status, **({"locked_at": None} if status == "draft" else {}))
    pages = {name: shown(client, address) for name, address in pages_of(study).items()}
    pages |= {"home": shown(client, reverse("home")), "studies": shown(client, reverse("dashboards:studies"))}
    where = pages_of(study) | {"home": "/", "studies": "/studies/"}
    there = {name: page for name, page in pages.items() if page}
    assert {"study", "gold", "study_raters", "inbox", "held", "judges", "home"} <= set(there)
    assert {
        name: led for name, page in there.items() if (led := leads_nowhere(client, where[name], page))
    } == {}
    assert set(there["study"].astray) <= {form.id for form in there["study"].forms}


@pytest.mark.parametrize("role", ROLES)
def test_what_changes_a_study_is_shown_to_those_who_may(role, study, reader):
    client = reader(role)
    for name, acts in OF_EDITORS.items():
        page = shown(client, pages_of(study)[name])
        posts = {form.action for form in page.forms if form.method == "post"}
        for act in acts:
            wanted = act and next(route.pattern for route in routes() if route.name == f"dashboards:{act}")
            head = wanted.replace("<slug:slug>", study.slug).split("<int:pk>")[0]
            is_there = any(action.startswith(head) if head else action == "" for action in posts)
            assert is_there == (role != "viewer"), f"{act} on {name}"
