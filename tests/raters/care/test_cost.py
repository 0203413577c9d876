"""What a study has cost is what its raters are due; what it will cost follows from that, or from its rate."""

from decimal import Decimal

import pytest
from django.urls import reverse

from raters.care.cost import cost_of
from raters.care.pay import pay_in
from raters.studies.phases import take
from raters.studies.progress import progress_of
from tests import builders
from tests.raters.working import work


@pytest.fixture
def paying(db):
    """Thirty judgments are wanted, each at 25 cents."""
    return builders.study(prompts=30, ratings=1, gold_every=0, pay_basis="item", pay_rate="0.25")


def judged(study, n: int, name: str = "rita"):
    study.refresh_from_db()
    given = work(builders.rater(study, name), study)
    for _ in range(n):
        next(given)
    return cost_of(study, progress_of(study))


def test_before_anything_is_judged_the_rate_tells_what_it_will_cost(paying):
    cost = judged(paying, 0)
    assert (cost.so_far, cost.expected, cost.per_judgment) == (0, Decimal("7.50"), None)


def test_of_few_judgments_what_is_due_and_the_rate_for_those_left(paying):
    cost = judged(paying, 4)
    assert (cost.so_far, cost.expected, cost.per_judgment) == (Decimal("1.00"), Decimal("7.50"), None)


def test_later_what_each_judgment_has_cost_with_all_that_is_paid_beside_it(paying):
    paying.repeat_every = 4
    paying.repeat_gap = 1
    paying.save()
    cost = judged(paying, 26)
    due = sum(row.amount for row in pay_in(paying))
    n = progress_of(paying).judgments
    assert cost.so_far == due == Decimal("0.25") * 26 and n < 26
    assert cost.expected == (due / n * 30).quantize(Decimal("0.01"))
    assert cost.per_judgment == (due / n).quantize(Decimal("0.01")) > Decimal("0.25")


def test_a_finished_study_costs_no_more(paying):
    judged(paying, 4)
    take(paying, "finish")
    paying.refresh_from_db()
    cost = cost_of(paying, progress_of(paying))
    assert cost.so_far == cost.expected == Decimal("1.00")


def test_by_the_hour_the_rate_meets_the_usual_time(db):
    study = builders.study(prompts=30, ratings=1, gold_every=0, pay_basis="hour", pay_rate="12")
    assert judged(study, 0).expected == Decimal("12.00")  # thirty judgments of two minutes


def test_a_study_that_names_no_pay_has_no_cost(study, client, researcher):
    assert judged(study, 1) is None
    client.force_login(researcher)
    assert "It has cost" not in client.get(reverse("dashboards:study", args=[study.slug])).text


def test_the_page_tells_both(paying, client, researcher):
    judged(paying, 4)
    client.force_login(researcher)
    page = " ".join(client.get(reverse("dashboards:study", args=[paying.slug])).text.split())
    assert "It has cost 1.00 EUR so far, of about 7.50 EUR in all." in page


def test_of_a_large_study_the_page_leads_to_where_the_cost_stands(paying, client, monkeypatch):
    judged(paying, 2)
    client.force_login(builders.researcher())
    page = reverse("dashboards:study", args=[paying.slug])
    assert "It has cost 0.50" in client.get(page).text
    monkeypatch.setattr("raters.care.cost.AT_ONCE", 1)
    told = client.get(page).text
    assert "It has cost" not in told and reverse("dashboards:pay", args=[paying.slug]) in told
    assert "What it has cost" in told
