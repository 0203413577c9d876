"""Who may know which checkpoint is which: the one rule beneath pages and API, and the act that ends the blinding."""

import hashlib
import hmac
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from generation.models import GenerationRun, RunResponse
from promptsets.audit import audited
from raters.models import Study, StudyArm, StudyMember
from raters.studies.roles import OWNERS


def sees_arms(study: Study, user: Any, *, names_allowed: bool = True) -> bool:
    """Whether this person is told names: once the study is open, before that in a role that its design names, unless
    another study hides its runs from them still.

    names_allowed: False for a reader with fewer rights than the user, such as a token, while blinding lasts.
    """
    if not study.is_blinded:
        return True
    return names_allowed and knows_arms(study, user) and not hidden_elsewhere(study, user)


def knows_arms(study: Study, user: Any) -> bool:
    return study.members.filter(user_id=user.pk, role__in=study.arms_known_to).exists()


def hidden_elsewhere(study: Study, user: Any) -> bool:
    """Whether a blinded study compares the same runs: whoever copies it, and lets owners of the copy know names, would
    know its texts by them.
    """
    same = Study.objects.for_user(user).filter(arms__run__in=study.arms.values("run"), unblinded_at=None)
    others = same.filter(simulation__isnull=True).exclude(pk=study.pk).exclude(status=Study.Status.DRAFT)
    return any(not knows_arms(other, user) for other in others.distinct())


def blind_runs(user: Any, *, names_allowed: bool = True) -> set[int]:
    """The runs whose texts may not be tied to their checkpoints for this person: arms of studies that they may know
    of and that still hide names from them. Whoever read such a text under its name would know it again in the study.
    """
    studies = Study.objects.for_user(user).filter(unblinded_at=None).exclude(status=Study.Status.DRAFT)
    known = {study: sees_arms(study, user, names_allowed=names_allowed) for study in studies.distinct()}
    hiding = [study.pk for study, is_known in known.items() if not is_known]
    return set(StudyArm.objects.filter(study__in=hiding).values_list("run_id", flat=True))


def texts_in(runs: Iterable[int]) -> QuerySet[RunResponse, Any]:
    """The responses, by key, that these runs hold; one text may stand in other runs, too."""
    return RunResponse.objects.filter(run__in=runs, response__isnull=False).values_list("response_id")


def kept_back(run: GenerationRun, user: Any, *, names_allowed: bool = True) -> set[int]:
    """The run's responses, by key, that a blind run holds, this one or another: one text may stand in several runs."""
    blind = blind_runs(user, names_allowed=names_allowed)
    held = RunResponse.objects.filter(run__in=blind, response__run_items__run=run)
    return set(held.values_list("response_id", flat=True)) if blind else set()


def labels_of(study: Study) -> dict[int, str]:
    """Each arm's neutral label, by its primary key: Model 1, Model 2."""
    return {arm.pk: f"Model {place}" for place, arm in enumerate(drawn_order(study), start=1)}


def sources_of(study: Study) -> dict[int, str]:
    """What raters' guesses are counted under while blind, by the arm's primary key: Source 1, Source 2, by another lot
    than labels. Under these, who hears or foresees which names raters typed would know a label by its count.
    """
    return {arm.pk: source(place) for place, arm in enumerate(drawn_order(study, "source"), start=1)}


def source(place: int) -> str:
    return f"Source {place}"


def drawn_order(study: Study, lot_of: str = "arm") -> list[StudyArm]:
    """The arms in an order that is the study's own, drawn by its secret, and tells no role."""
    secret = study.secret.encode()

    def lot(arm: StudyArm) -> bytes:
        return hmac.digest(secret, f"{lot_of} {arm.pk}".encode(), hashlib.sha256)

    return sorted(study.arms.select_related("run__checkpoint"), key=lot)


@transaction.atomic
def unblind(study: Study, reason: str, actor: AbstractBaseUser | None = None) -> Study:
    """Lets everybody who may see the study see names, for good; the audit log keeps who did it and why.

    actor: None for a plan's rule and for the shell, which may unblind every study.
    Raises: ValueError without a reason, for a draft, where it was done before, or where it would tell the arms of
    another study, which the actor may not unblind.
    """
    found = Study.objects.select_for_update().get(pk=study.pk)
    if not reason.strip():
        raise ValueError("give a reason: somebody may ask for it later")
    if found.status == Study.Status.DRAFT:
        raise ValueError(f"{found.slug} is a draft: there is nothing to unblind before it is locked")
    if found.unblinded_at:
        raise ValueError(f"{found.slug} is unblinded already, since {found.unblinded_at:%Y-%m-%d %H:%M} UTC")
    told = also_told(found)
    if actor:
        _refuse_for(found, told, actor)
    found.unblinded_at = timezone.now()
    found.save(update_fields=["unblinded_at"])
    study.unblinded_at = found.unblinded_at  # whoever holds it goes on with names
    detail: dict[str, Any] = {"reason": reason.strip()[:500]}
    if told:
        detail["also_tells"] = [other.slug for other in told]
    audited.send(Study, actor=actor, action="study.unblinded", target=found, detail=detail)
    return found


def also_told(study: Study) -> list[Study]:
    """Studies that are blind still, and were locked earlier, of whose arms somebody who is blind there would know by
    this one's names: both compare a run, and the person may see both. A copy never stands in its original's way.
    """
    same = Study.objects.filter(
        arms__run__in=study.arms.values("run"), unblinded_at=None, simulation__isnull=True
    )
    earlier = same.filter(locked_at__lt=study.locked_at).exclude(pk=study.pk).distinct().order_by("pk")
    return [other for other in earlier if _blind_in(other, study).exists()]


def _blind_in(other: Study, study: Study) -> QuerySet[StudyMember]:
    """Those who may see both and may not know the other's arms. A study without members is everybody's to see."""
    blind = other.members.exclude(role__in=[*OWNERS, *other.arms_known_to])
    return blind.filter(user__in=study.members.values("user")) if study.members.exists() else blind


def _refuse_for(study: Study, told: list[Study], actor: AbstractBaseUser) -> None:
    own = set(Study.objects.for_owner(actor).values_list("pk", flat=True))
    if not (others := [other for other in told if other.pk not in own]):
        return
    seen = Study.objects.for_user(actor).filter(pk__in=[other.pk for other in others]).order_by("pk").first()
    name = seen.slug if seen else "a study that you may not see"
    raise ValueError(
        f"{name} compares some of the same runs and is blind still: names here would tell its arms to people who may "
        f"not know them. Unblind {study.slug} after it, or ask an administrator"
    )
