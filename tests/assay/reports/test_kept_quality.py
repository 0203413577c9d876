"""Raters' figures of a large study are kept by the worker: pages say the same as before, and as of when."""

import re
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from assay.dashboards.studies import quality
from assay.evaluations.tasks import sweep
from assay.operations.personal_data.forgetting import forget
from assay.reports import kept_quality
from assay.reports.kept_quality import keep_quality, shown_figures, shown_quality
from assay.reports.live import fold
from assay.reports.models import KeptQuality
from raters.assignment import claim_next
from raters.models import Study
from raters.quality.influence import influences
from raters.quality.measures import quality_of
from raters.quality.order_checks import drawn
from raters.quality.windows import by_window
from raters.rubrics.viewports import Viewport
from tests import builders
from tests.raters.working import say, work


@pytest.fixture
def large(db, monkeypatch) -> Study:
    """Large enough here: three raters who answered forty comparisons each, one of them always for a."""
    monkeypatch.setattr(kept_quality, "LARGE", 100)
    study = builders.study(prompts=40, ratings=4)
    for name, said in (("ada", "tie"), ("ben", "b"), ("cyd", "a")):
        rater, viewport = builders.rater(study, name), Viewport(400 if name == "ada" else 1600, 800)
        while held := claim_next(rater, study):
            say(held, said, viewport=viewport, active_ms=9_000)
    fold(study)
    return study


OTHER_EACH_TIME = r'csrfmiddlewaretoken" value="\w+"|<p class="muted">As of.*?</p>'


def pages(client, study: Study) -> list[str]:
    """What they say, but for the form's tokens and as of when."""
    names = ("study_raters", "inbox")
    found = [client.get(reverse(f"dashboards:{name}", args=[study.slug])).text for name in names]
    return [re.sub(OTHER_EACH_TIME, "", text) for text in found]


def a_while_later() -> None:
    KeptQuality.objects.update(made_at=timezone.now() - timedelta(minutes=2))


def test_what_is_kept_is_what_all_judgments_say(large):
    assert keep_quality() == 1 and KeptQuality.objects.get().study == large
    shown = shown_quality(large)
    assert shown.figures == quality_of(large) and shown.drawn == drawn(large) and shown.made_at
    assert shown.windows == by_window(large) and len(shown.windows) == 2
    assert shown.influences == influences(large) and len(shown.influences) == 3
    assert list(shown_figures(large).values()) == quality_of(large)


def test_what_an_earlier_version_kept_is_shown_until_it_is_worked_out_again(large):
    keep_quality()
    kept = KeptQuality.objects.get()
    kept.influences = [
        {name: one[name] for name in one if name not in ("in_se", "stands_out")} for one in kept.influences
    ]
    kept.save()
    assert [one.in_se for one in shown_quality(large).influences] == [None] * 3
    a_while_later()
    assert keep_quality() == 0
    import_module("assay.reports.migrations.0012_influences_again").work_out_again(apps, None)
    assert keep_quality() == 1 and "in_se" in KeptQuality.objects.get().influences[0]


def test_the_pages_say_the_same_with_and_without(client, researcher, large):
    client.force_login(researcher)
    before = pages(client, large)
    keep_quality()
    assert pages(client, large) == before and "tie" in before[1]
    assert "As of 20" in client.get(reverse("dashboards:study_raters", args=[large.slug])).text


def test_many_raters_stand_on_several_pages(client, researcher, large, monkeypatch):
    monkeypatch.setattr(quality, "A_PAGE", 2)
    client.force_login(researcher)
    address = reverse("dashboards:study_raters", args=[large.slug])
    codes = sorted(large.enrolments.values_list("rater__code", flat=True))
    pages_of = [client.get(address, {"page": number}).text for number in (1, 2)]
    texts = [page.partition('aria-label="Raters"')[2].partition("</table>")[0] for page in pages_of]
    shown = [[code for code in codes if f'<th scope="row">{code}' in text] for text in texts]
    assert shown == [codes[:2], codes[2:]] and 'href="?page=2"' in pages_of[0]
    tests = [page.partition('id="orders"')[2].partition("</ul>")[0] for page in pages_of]
    tested = [[code for code in codes if f"<li>{code}:" in text] for text in tests]
    assert tested == shown and all(" – " in text for text in tests)


def test_a_rater_whose_sides_are_out_of_balance_is_told_on_every_page(client, researcher, large, monkeypatch):
    monkeypatch.setattr(quality, "A_PAGE", 1)
    client.force_login(researcher)
    last = large.enrolments.order_by("rater__code").last().rater
    last.assignments.update(a_is_left=True)
    page = client.get(reverse("dashboards:study_raters", args=[large.slug])).text
    assert f"<li>{last.code}:" not in page and f"{last.code}: the sides are out of balance" in page


def test_a_page_of_a_large_study_reads_no_judgment(client, researcher, large, django_assert_max_num_queries):
    keep_quality()
    client.force_login(researcher)
    with django_assert_max_num_queries(30) as asked:
        pages(client, large)
    assert "raters_judgment" not in "".join(query["sql"] for query in asked.captured_queries)


def test_new_judgments_are_taken_in_after_a_while_by_the_sweep(large):
    sweep()
    list(work(builders.rater(large, "dan"), large, "a"))
    fold(large)
    assert keep_quality() == 0 and len(shown_quality(large).figures) == 3
    a_while_later()
    sweep()
    assert len(shown_quality(large).figures) == 4 and shown_quality(large).figures == quality_of(large)
    a_while_later()
    assert keep_quality() == 0  # nothing was said since


def test_a_rater_who_is_forgotten_is_under_the_new_code_at_once(large):
    keep_quality()
    (gone,) = forget(large.enrolments.first().rater.code)
    codes = set(shown_figures(large))
    assert gone.was not in codes and gone.code in codes and shown_quality(large).figures == quality_of(large)
    assert keep_quality() == 1  # without waiting


def test_a_small_study_is_worked_out_at_once(db):
    study = builders.study(prompts=4, ratings=1)
    list(work(builders.rater(study), study, "a"))
    fold(study)
    assert keep_quality() == 0 and shown_quality(study).made_at is None
    assert shown_quality(study).figures == quality_of(study) != []
