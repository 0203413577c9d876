"""What rests on one rater, what was drawn, and rates by group, by the API: the numbers of the pages."""

from dataclasses import asdict

import pytest
from django.urls import reverse

from assay.reports.kept_quality import keep
from assay.reports.live import fold
from assay.reports.rater_groups import refresh_group_rates
from raters.models import Assignment, Study
from raters.simulation import Simulation, simulate
from raters.studies.phases import take
from raters.studies.unblinding import labels_of, unblind
from tests import builders
from tests.assay.dashboards.test_groups_on_results import study as of_groups  # noqa: F401
from tests.raters.quality.test_influence import study as with_vera  # noqa: F401  who votes for b of everything


@pytest.fixture
def page(client, researcher):
    client.force_login(researcher)
    return lambda study, name: client.get(reverse(f"dashboards:{name}", args=[study.slug])).context


@pytest.mark.parametrize("secret", ["0" * 64, "2" * 64])
@pytest.mark.parametrize("blind", [True, False])
def test_influences_are_those_of_the_page(api, page, with_vera, secret, blind):  # noqa: F811
    Study.objects.update(secret=secret, unblinded_at=None if blind else with_vera.created_at)
    found = api.get(f"studies/{with_vera.slug}/quality").json()
    told = page(with_vera, "study_raters")["influences"]
    assert found["influences"] == [asdict(one) for one in told] and len(told) == 4
    vera = with_vera.enrolments.get(rater__user__username="vera").rater.code
    assert found["influences"][0]["rater"] == vera and found["made_at"] is None
    pair = "Model 1 – Model 2" if blind else "heron-autumn – plover-autumn"
    assert {one["pair"] for one in found["influences"]} == {pair}


def test_without_vera_the_win_rate_of_who_comes_first_turns_with_the_labels(api, with_vera):  # noqa: F811
    def change(secret: str) -> float:
        Study.objects.update(secret=secret)
        return api.get(f"studies/{with_vera.slug}/quality").json()["influences"][0]["change"]

    changes = {change(str(digit) * 64) for digit in range(8)}
    assert len(changes) == 2 and sum(changes) == 0 and 0 not in changes


@pytest.fixture
def shown(db):
    """Two pairs of arms before five raters."""
    made = builders.study(prompts=16, gold_every=0, candidates=("heron", "dunlin"))
    simulate(made, Simulation(raters=5))
    fold(made)
    Study.objects.update(simulation=None)  # as if people had judged: then it is blind
    return made


def test_order_checks_are_those_of_the_page(api, page, shown):
    found = api.get(f"studies/{shown.slug}/quality").json()["order_checks"]
    told = page(shown, "study_raters")["orders"]
    assert found == [{**asdict(one), "tells": one.tells} for one in told]
    assert {one["what"] for one in found} == {"sides", "pair", "order"}
    assert "heron" not in str(found) and not any(one["tells"] for one in found)


def test_sides_that_stood_one_way_alone_tell(api, shown):
    Assignment.objects.update(a_is_left=True)
    found = api.get(f"studies/{shown.slug}/quality").json()["order_checks"]
    assert all(one["tells"] == (one["p"] < 0.05) for one in found) and any(one["tells"] for one in found)
    assert {one["seen"] for one in found if one["what"] == "pair"} <= {0, 1}


def test_of_a_large_study_it_says_when_a_worker_worked_it_out(api, shown):
    before = api.get(f"studies/{shown.slug}/quality").json()
    keep(shown, 1)
    after = api.get(f"studies/{shown.slug}/quality").json()
    assert after["made_at"] and after["order_checks"] == before["order_checks"]
    assert [one["rater"] for one in after["influences"]] == [one["rater"] for one in before["influences"]]


@pytest.mark.parametrize("blind", [True, False])
def test_rates_by_group_are_those_of_the_page(api, page, of_groups, blind):  # noqa: F811
    assert api.get(f"studies/{of_groups.slug}/results/groups").json() == []
    take(of_groups, "finish")
    refresh_group_rates()
    if not blind:
        unblind(of_groups, "all is in")
    age, field = api.get(f"studies/{of_groups.slug}/results/groups").json()
    told = page(of_groups, "results")["groups"]
    assert (age["key"], field["key"], field["rates"]) == ("age", "field_of_work", [])
    assert age["rates"] == [{**asdict(row), "answers": list(row.answers)} for row in told[0].rows]
    young, older = age["rates"]
    assert [(row["answers"], row["raters"]) for row in (young, older)] == [
        (["18 to 29"], 6),
        (["30 to 44"], 5),
    ]
    assert {young["value"], older["value"]} == {0.0, 1.0} and young["level"] == 0.95 and young["method"]
    assert young["of"] == ("Model 1 – Model 2" if blind else "heron-autumn – plover-autumn")


@pytest.mark.parametrize("secret", [str(digit) * 64 for digit in range(4)])
def test_while_blind_rates_by_group_follow_the_labels(api, of_groups, secret):  # noqa: F811
    """The young always prefer the heron, whichever label it has."""
    take(of_groups, "finish")
    refresh_group_rates()
    Study.objects.update(secret=secret)
    of_groups.refresh_from_db()
    rows = api.get(f"studies/{of_groups.slug}/results/groups").json()[0]["rates"]
    heron = labels_of(of_groups)[of_groups.arms.get(role="candidate").pk]
    assert [row["value"] for row in rows] == ([1.0, 0.0] if heron == "Model 1" else [0.0, 1.0])
