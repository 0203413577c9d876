"""Deciding about comparisons that are held: a leak or none. The study's rule says what follows."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from promptsets.audit import audited
from raters.models import Comparison, Study

SELF_IDENTIFICATION, FLAGGED = "self-identification", "flagged by a rater"


@transaction.atomic
def hold(comparison: Comparison, *, actor: AbstractBaseUser | None = None) -> Comparison:
    """Takes an open comparison that a rater flagged from raters and results, until a person has decided.

    Raises: ValueError if it is not open, or if the study is unblinded: results must not steer what counts.
    """
    row = Comparison.objects.select_for_update(of=("self",)).select_related("study").get(pk=comparison.pk)
    if row.status != Comparison.Status.OPEN:
        raise ValueError(f"{row} is {row.status} already")
    if row.study.unblinded_at:
        raise ValueError(f"{row.study} is unblinded: nothing is taken out of its results any more")
    row.status, row.status_reason = Comparison.Status.HELD, FLAGGED
    row.save(update_fields=["status", "status_reason"])
    row.assignments.update(untallied=True)
    audited.send(Comparison, actor=actor, action="comparison.held", target=row, detail={"reason": FLAGGED})
    return row


@transaction.atomic
def decide(comparison: Comparison, *, leak: bool, actor: AbstractBaseUser | None = None) -> Comparison:
    """Lets the comparison go to raters, or does with it what the study's rule says of leaks.

    One that a rater flagged is left out if the flag is right: there is nothing in it to be masked.

    Raises: ValueError if it is not held, or if the study is unblinded: results must not steer what counts.
    """
    held = Comparison.objects.select_for_update(of=("self",)).select_related("study").get(pk=comparison.pk)
    if held.status != Comparison.Status.HELD:
        raise ValueError(f"{held} is {held.status}: only one that is held can be decided about")
    if held.study.unblinded_at:
        raise ValueError(f"{held.study} is unblinded: what is still held stays out of its results")
    rule, flagged = held.study.self_identification_rule, held.status_reason == FLAGGED
    excluded = leak and (flagged or rule == Study.SelfIdentificationRule.EXCLUDE)
    held.status = Comparison.Status.EXCLUDED if excluded else Comparison.Status.OPEN
    held.status_reason = held.status_reason if excluded else ""
    held.masked = held.masked if flagged else leak and not excluded
    held.save(update_fields=["status", "status_reason", "masked"])
    held.assignments.update(untallied=True)
    outcome = "excluded" if excluded else "masked" if held.masked else "released"
    audited.send(Comparison, actor=actor, action=f"comparison.{outcome}", target=held, detail={"leak": leak})
    return held
