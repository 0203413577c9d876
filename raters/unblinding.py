"""Telling who is who: until then results call a study's arms "Model 1" and "Model 2". Once, and never unsaid."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from promptsets.audit import audited
from raters.models import Study


@transaction.atomic
def unblind(study: Study, actor: AbstractBaseUser | None = None) -> None:
    """From now on results carry the checkpoints' names. What is held stays out of them for good.

    Raises: ValueError if there is nothing to unblind: a draft, or a study that was unblinded before.
    """
    if study.status == Study.Status.DRAFT:
        raise ValueError(f"{study.slug} is a draft: its arms have no other names yet")
    if not Study.objects.filter(pk=study.pk, unblinded_at=None).update(unblinded_at=timezone.now()):
        raise ValueError(f"{study.slug} is unblinded already")
    study.refresh_from_db(fields=["unblinded_at"])
    audited.send(Study, actor=actor, action="study.unblinded", target=study, detail={})
