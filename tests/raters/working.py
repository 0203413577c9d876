"""How tests let raters work: answer what they hold, let leases run out, go on until nothing is left."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from raters import judging
from raters.assignment import claim_next
from raters.judging import Answer, Receipt
from raters.models import Assignment


def answer(assignment: Assignment, value: str = "left", **more) -> Receipt:
    return judging.record(assignment, Answer(value, f"key-of-{assignment.token}", **more))


def say(assignment: Assignment, preference: str, **more) -> Receipt:
    """Answers with a verdict about a and b, wherever they stand."""
    side = (
        "same" if preference == "tie" else "left" if (preference == "a") == assignment.a_is_left else "right"
    )
    return answer(assignment, side, **more)


def work(rater, study, preference: str = "a") -> Iterator[Assignment]:
    """Everything that there is for the rater, answered; each assignment as it was given."""
    while assignment := claim_next(rater, study):
        say(assignment, preference)
        yield assignment


def let_leases_run_out() -> None:
    Assignment.objects.filter(state="leased").update(lease_until=timezone.now() - timedelta(seconds=1))
