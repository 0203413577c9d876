"""Deciding about comparisons that are held: a leak or none. The study's rule says what follows."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from promptsets.audit import audited
from raters.models import Comparison, Study

SELF_IDENTIFICATION = "self-identification"


@transaction.atomic
def decide(comparison: Comparison, *, leak: bool, actor: AbstractBaseUser | None = None) -> Comparison:
    """Lets the comparison go to raters, or does with it what the study's rule says of leaks.

    Raises: ValueError if it is not held, or if the study is unblinded: results must not steer what counts.
    """
    held = Comparison.objects.select_for_update(of=("self",)).select_related("study").get(pk=comparison.pk)
    if held.status != Comparison.Status.HELD:
        raise ValueError(f"{held} is {held.status}: only one that is held can be decided about")
    if held.study.unblinded_at:
        raise ValueError(f"{held.study} is unblinded: what is still held stays out of its results")
    excluded = leak and held.study.self_identification_rule == Study.SelfIdentificationRule.EXCLUDE
    held.status = Comparison.Status.EXCLUDED if excluded else Comparison.Status.OPEN
    held.status_reason = SELF_IDENTIFICATION if excluded else ""
    held.masked = leak and not excluded
    held.save(update_fields=["status", "status_reason", "masked"])
    outcome = "excluded" if excluded else "masked" if held.masked else "released"
    audited.send(Comparison, actor=actor, action=f"comparison.{outcome}", target=held, detail={"leak": leak})
    return held
