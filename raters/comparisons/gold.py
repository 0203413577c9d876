"""Gold comparisons: the right verdict is known, so they tell how carefully raters read. They count in no result."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from promptsets.audit import audited
from raters.comparisons.lots import keyed
from raters.comparisons.sides import side_of_gold
from raters.models import Comparison, Judgment, Rater, Study

UNLIMITED = 32_767  # every rater may meet it


@transaction.atomic
def make_gold(
    comparison: Comparison, preference: str, reason: str, actor: AbstractBaseUser | None = None
) -> None:
    """Turns a comparison into gold with its verdict.

    Raises: ValueError without a known verdict or a reason; for one that is not shown; and for one that somebody has
    judged: taking judgments out of the result afterwards would choose what counts.
    """
    row = Comparison.objects.select_for_update(of=("self",)).get(pk=comparison.pk)
    if preference not in Judgment.Preference or not reason.strip():
        raise ValueError("a gold comparison needs a verdict, one of the three, and a reason")
    if row.kind != Comparison.Kind.REGULAR or row.status != Comparison.Status.OPEN:
        raise ValueError(f"{row} is {row.kind} and {row.status}: only an open, regular one becomes gold")
    if Judgment.objects.filter(assignment__comparison=row).exists():
        raise ValueError(f"{row} has judgments, which a result is made of: choose one that nobody has judged")
    row.kind, row.ratings_wanted = Comparison.Kind.GOLD, UNLIMITED
    row.gold_preference, row.gold_reason = preference, reason.strip()
    row.a_first_left = side_of_gold(row, preference)
    row.save(update_fields=["kind", "ratings_wanted", "gold_preference", "gold_reason", "a_first_left"])
    # The verdict is no detail of it: a or b, beside the texts, would tell who reads the log which arm wrote which.
    audited.send(
        Comparison, actor=actor, action="comparison.made_gold", target=row, detail={"reason": reason.strip()}
    )


def gold_is_due(study: Study, rater: Rater, given: int) -> bool:
    """Whether the one that this rater gets after so many is gold: one in `gold_every`, at a place that is drawn."""
    if not study.gold_every:
        return False
    block, place = divmod(given, study.gold_every)
    return place == keyed(study, "gold", rater.pk, block) % study.gold_every
