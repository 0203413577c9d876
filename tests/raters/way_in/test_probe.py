"""Bang's index from what raters say at the end: could they tell who wrote what?"""

import pytest
from django.urls import reverse

from raters.studies.unblinding import labels_of, sources_of, unblind
from raters.way_in.probe import blinding, index
from tests import builders


def say(study, *sources: str | None) -> None:
    for number, source in enumerate(sources):
        rater = builders.rater(study, f"rater{number}")
        survey = {"recognised": "yes", "source": source} if source else {"recognised": "no", "source": ""}
        study.enrolments.filter(rater=rater).update(exit_survey=survey)


def test_the_index_is_right_minus_wrong_of_all_who_were_asked():  # by hand: (6 - 2) / 10; var = (.8 - .16) / 10
    found = index("heron", 6, 2, 10)
    assert (found.value, found.n) == (0.4, 10)
    assert (found.low, found.high) == pytest.approx(
        (0.4 - 1.96 * 0.064**0.5, 0.4 + 1.96 * 0.064**0.5), abs=1e-3
    )


def test_who_recognised_nothing_keeps_it_at_zero(study):
    say(study, None, None, None)
    assert [row.value for row in blinding(study)] == [0.0, 0.0]


def test_naming_an_arm_is_right_of_that_arm_and_wrong_of_the_other(study):
    say(study, "I think it is Heron", "heron, surely", None, None)
    by_arm = {row.arm: row for row in blinding(study)}
    assert (by_arm["heron-autumn"].value, by_arm["plover-autumn"].value) == (0.5, -0.5)


def test_nothing_is_said_before_anybody_was_asked(study, rater):
    assert blinding(study) == []


def test_a_doubtful_blinding_is_printed_on_the_page(client, researcher, study):
    say(study, "heron")
    client.force_login(researcher)
    assert "in doubt" in client.get(reverse("dashboards:study_raters", args=[study.slug])).text


def test_sources_are_numbered_by_another_lot_than_models(study):
    """So that a count under a source leads to no model; of 40 fair coins none fall alike but once in 10^12."""
    alike = set()
    for number in range(40):
        study.secret = f"{number:064d}"
        models, sources = labels_of(study), sources_of(study)
        alike.add(
            {pk: name[-1] for pk, name in models.items()} == {pk: name[-1] for pk, name in sources.items()}
        )
    assert alike == {True, False}


def test_until_the_study_is_unblinded_the_page_calls_arms_by_their_numbers(client, researcher, study):
    say(study, "heron")
    client.force_login(researcher)
    address = reverse("dashboards:study_raters", args=[study.slug])
    assert [one.arm for one in client.get(address).context["blinding"]] == ["Source 1", "Source 2"]
    unblind(study, "all is in")
    assert [one.arm for one in client.get(address).context["blinding"]] == ["heron-autumn", "plover-autumn"]
