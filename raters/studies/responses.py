"""Responses of a study: those that failed are tried again, and a draft is laid out once none is under way any more."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import Count

from generation.models import Chunk, GenerationRun
from generation.stopping import retry
from raters.comparisons.pairing import pair
from raters.models import Study

UNDER_WAY = (Chunk.Status.QUEUED, Chunk.Status.LEASED)


def waits_for(study: Study) -> str:
    """What of the arms' responses is still being generated, in words; "" where nothing is."""
    runs = GenerationRun.objects.filter(arms__study=study)
    if not Chunk.objects.filter(run__in=runs, status__in=UNDER_WAY).exists():
        return ""
    counts = runs.aggregate(wanted=Count("items"), present=Count("items__response"))
    return f"{counts['present']} of {counts['wanted']} responses are there, the others are being generated"


@transaction.atomic
def retry_failed(study: Study, actor: AbstractBaseUser) -> int:
    """Tries again all chunks of its responses that failed or were stopped; how many. Raises: ValueError if none."""
    failed = GenerationRun.objects.filter(arms__study=study, chunks__status=Chunk.Status.DEAD).distinct()
    if not failed:
        raise ValueError("Nothing of this study's responses failed or was stopped.")
    return sum(retry(run, actor) for run in failed)


@transaction.atomic
def pair_if_there(study: Study) -> bool:
    """Lays out the comparisons of a draft that has none, unless responses are under way; whether it did.

    What nobody could generate is excluded as missing, and counted.
    """
    draft = Study.objects.select_for_update().get(pk=study.pk)  # of two at once, one lays them out
    if draft.status != Study.Status.DRAFT or draft.comparisons.exists() or waits_for(draft):
        return False
    pair(draft)
    return True


def pair_what_is_there() -> None:
    """Lays out every draft whose responses have come in; one of which a chunk failed waits for a person."""
    for study in Study.objects.filter(status=Study.Status.DRAFT, comparisons=None).exclude(arms=None):
        failed = Chunk.objects.filter(run__arms__study=study, status=Chunk.Status.DEAD)
        if not failed.exists():
            pair_if_there(study)
