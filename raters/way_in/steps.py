"""The steps of a rater through a study, in one order; each study asks those that its settings name."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import transaction

from raters.models import Assignment, Comparison, Enrolment, Judgment, Study

Step = Enrolment.Step
TRIES = 2  # at the check
BEFORE_WORK = {Step.CONSENT, Step.CONTENT_NOTE, Step.GUIDE, Step.CHECK, Step.PRACTICE}


def asked(study: Study) -> Iterator[str]:
    """The steps of this study. A study without gold cannot qualify anybody, and without training not train them."""
    training = study.rubric.training
    if study.consent:
        yield Step.CONSENT
    if study.content_note:
        yield Step.CONTENT_NOTE
    if study.shows_guide:
        yield Step.GUIDE
    if study.asks_check and training.get("check"):
        yield Step.CHECK
    if study.asks_practice and training.get("practice"):
        yield Step.PRACTICE
    if gold_to_qualify(study):
        yield Step.QUALIFICATION
    yield Step.WORK
    if study.asks_exit:
        yield Step.EXIT


def first_step(study: Study) -> str:
    return next(asked(study))


def gold_to_qualify(study: Study) -> int:
    """How many gold comparisons qualify a rater: those the study asks for, as far as there are so many."""
    return min(study.qualify_gold, study.comparisons.gold().filter(status=Comparison.Status.OPEN).count())


def gold_to_pass(study: Study) -> int:
    """How many of them must be right: the study's share of those there are, rounded up."""
    return -(-gold_to_qualify(study) * study.qualify_right // study.qualify_gold) if study.qualify_gold else 0


@transaction.atomic
def advance(enrolment: Enrolment, done: str) -> None:
    """On to the step after this one; nothing if the rater is not at it, as in a second tab or after a double click."""
    row = (
        Enrolment.objects.select_for_update(of=("self",)).select_related("study__rubric").get(pk=enrolment.pk)
    )
    if row.step == done and row.status == Enrolment.Status.ACTIVE:
        order = list(Step)
        later = [step for step in asked(row.study) if order.index(Step(step)) > order.index(Step(done))]
        row.step = later[0] if later else row.step
        row.status = row.status if later else Enrolment.Status.FINISHED
        row.save(update_fields=["step", "status"])
    enrolment.refresh_from_db()


@transaction.atomic
def check(enrolment: Enrolment, answers: Mapping[int, int | None]) -> list[int]:
    """Counts a try at the check and says which questions were answered wrong; the last failed try ends the way in."""
    row = (
        Enrolment.objects.select_for_update(of=("self",)).select_related("study__rubric").get(pk=enrolment.pk)
    )
    questions = row.study.rubric.training["check"]
    wrong = [number for number, one in enumerate(questions) if answers.get(number) != one["right"]]
    if row.step == Step.CHECK and row.status == Enrolment.Status.ACTIVE and wrong:
        row.tries += 1
        row.status = Enrolment.Status.SCREENED_OUT if row.tries >= TRIES else row.status
        row.save(update_fields=["tries", "status"])
    elif not wrong:
        advance(row, Step.CHECK)
    enrolment.refresh_from_db()
    return wrong


def practised(enrolment: Enrolment, pair: int) -> None:
    """On to the next practice pair, or past practice after the last one."""
    here = Enrolment.objects.filter(pk=enrolment.pk, step=Step.PRACTICE, practised=pair)
    here.update(practised=pair + 1)
    enrolment.refresh_from_db()
    if enrolment.practised >= len(enrolment.study.rubric.training["practice"]):
        advance(enrolment, Step.PRACTICE)


def qualify(enrolment: Enrolment) -> None:
    """Ends qualification once all its gold is answered: with enough of it right on to the work, else kindly out."""
    if enrolment.step != Step.QUALIFICATION:
        return
    gold = Judgment.objects.current().filter(
        assignment__rater=enrolment.rater_id,
        assignment__comparison__in=enrolment.study.comparisons.gold(),
        assignment__state=Assignment.State.DONE,
        assignment__purpose=Assignment.Purpose.RATING,
    )
    rows = gold.values_list("preference", "assignment__comparison__gold_preference")
    right = sum(said == verdict for said, verdict in rows)
    if len(rows) < gold_to_qualify(enrolment.study):
        return
    if right >= gold_to_pass(enrolment.study):
        advance(enrolment, Step.QUALIFICATION)
    else:
        here = Enrolment.objects.filter(pk=enrolment.pk, step=Step.QUALIFICATION, status="active")
        here.update(status=Enrolment.Status.SCREENED_OUT)
        enrolment.refresh_from_db()


def finish(enrolment: Enrolment, survey: dict[str, Any]) -> None:
    """Keeps the answers of the exit survey and ends the rater's part; the first ones stand."""
    here = Enrolment.objects.filter(pk=enrolment.pk, step__in=[Step.WORK, Step.EXIT], status="active")
    here.update(exit_survey=survey, step=Step.EXIT, status=Enrolment.Status.FINISHED)
    enrolment.refresh_from_db()
