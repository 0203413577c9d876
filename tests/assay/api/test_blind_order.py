"""Who is blind does not learn which candidate is which of the title's: nothing moves when two of them change places."""

from itertools import count

import pytest
import time_machine
from django.urls import reverse

from assay.reports.models import RaterTally
from raters.assignment import claim_next
from raters.comparisons.pairing import pair
from raters.models import Comparison, Rubric, Study, StudyArm
from raters.studies.unblinding import labels_of, sources_of
from tests import builders
from tests.assay.api.test_blind_reading import BESIDE, card_key, count_again, told
from tests.raters.working import say

__all__ = ["card_key"]  # the fixture
PAIRS = ("1-2", "1-3", "2-3")  # of labels; every study has two of them


@pytest.fixture
def three(card_key):
    """Two candidates against one baseline: heron is preferred more often than dunlin."""
    with time_machine.travel("2026-03-01T12:00Z", tick=False):
        study = builders.study(prompts=16, ratings=2, gold_every=0, candidates=("heron", "dunlin"))
        heron = study.arms.order_by("pk")[0].pk
        for name in ("ana", "ben"):
            rater = builders.rater(study, name)
            while held := claim_next(rater, study):
                likes = held.comparison.arm_a_id == heron or held.comparison.prompt.position % 4 == 0
                say(held, "a" if likes else "b")
        Rubric.objects.update(asks_safety=True)  # its filters name arms, too
        count_again(study)
        yield study


def change_places(study: Study) -> None:
    """As if the second candidate had been named first: other keys, in the other order, to which the study's lots give
    the same labels."""
    first, second, baseline = study.arms.order_by("pk")
    runs = [second.run_id, first.run_id, baseline.run_id]
    before = dealt(study)
    RaterTally.objects.all().delete()
    for start in count(baseline.pk + 1, 3):
        for place, run in enumerate(runs):
            move(study.arms.get(run=run), start + place)
        if dealt(study) == before:
            break
    count_again(study)


def move(arm: StudyArm, key: int) -> None:
    StudyArm.objects.filter(pk=arm.pk).update(id=key)
    for side in ("arm_a", "arm_b"):
        Comparison.objects.filter(**{side: arm.pk}).update(**{side: key})


def dealt(study: Study) -> dict[int, tuple[str, str]]:
    """Each run's label and source."""
    labels, sources = labels_of(study), sources_of(study)
    return {arm.run_id: (labels[arm.pk], sources[arm.pk]) for arm in study.arms.all()}


def all_told(client, api, study: Study) -> dict[str, str]:
    page = reverse("dashboards:comparisons", args=[study.slug])
    found = {key: client.get(f"{page}?pair={key}").text for key in PAIRS}
    found |= {
        f"{key} by API": api.get(f"studies/{study.slug}/results/comparisons?pair={key}").text for key in PAIRS
    }
    return told(client, api, study) | {name: BESIDE.sub("", text) for name, text in found.items()}


@pytest.mark.parametrize("secret", ["0" * 64, "2" * 64])
def test_nothing_that_the_blind_read_moves_with_the_candidates(client, api, researcher, three, secret):
    Study.objects.update(secret=secret)
    three.refresh_from_db()
    client.force_login(researcher)
    before = all_told(client, api, three)
    change_places(three)
    after = all_told(client, api, three)
    assert [name for name in before if before[name] != after[name]] == []


def test_a_pair_is_asked_for_by_its_labels_while_blind(client, researcher, three):
    client.force_login(researcher)
    page = reverse("dashboards:comparisons", args=[three.slug])
    arms = labels_of(three)
    baseline = arms[three.arms.get(role="baseline").pk]
    for arm in three.arms.filter(role="candidate"):
        key = "-".join(sorted(label.removeprefix("Model ") for label in (arms[arm.pk], baseline)))
        assert f'<option value="{key}"' in client.get(page).text
        assert f"<h3>{arms[arm.pk]}</h3>" in client.get(f"{page}?pair={key}").text


@pytest.mark.parametrize("secret", [str(digit) * 64 for digit in range(4)])
def test_comparisons_are_laid_out_in_the_order_of_labels(db, secret):
    """Their keys stand on pages and in answers: candidate by candidate they would tell the order of the title."""
    study = builders.study(candidates=("heron", "dunlin"))
    study.comparisons.all().delete()
    Study.objects.update(secret=secret, status="draft")
    pair(Study.objects.get())
    labels = labels_of(Study.objects.get())
    laid_out = list(dict.fromkeys(study.comparisons.order_by("pk").values_list("arm_a", flat=True)))
    assert [labels[arm] for arm in laid_out] == sorted(labels[arm] for arm in laid_out)
