"""The design of a study, written down and locked with a digest before the first judgment."""

import hashlib
import json
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from promptsets.audit import audited
from raters.models import Study, StudyArm


def describe(study: Study) -> dict[str, Any]:
    """Everything that decides what is asked and how it will be counted, in plain values."""
    version = study.prompt_set_version
    return {
        "prompt_set": version.prompt_set.slug,
        "prompt_set_version": version.number,
        "prompts_sha256": version.content_sha256,
        "prompts_metadata_sha256": version.metadata_sha256,
        "arms": [describe_arm(arm) for arm in study.arms.select_related("run__checkpoint").order_by("pk")],
        "rubric": {"slug": study.rubric.slug, "version": study.rubric.version, "scale": study.rubric.scale},
        "guide_sha256": hashlib.sha256(study.rubric.guide.encode()).hexdigest(),
        "ratings_per_comparison": study.ratings_per_comparison,
        "empty_policy": study.empty_policy,
        "exclusion_rules": study.exclusion_rules,
        "stop_rule": study.stop_rule,
        "comparisons": study.comparisons.count(),
    }


def describe_arm(arm: StudyArm) -> dict[str, Any]:
    run = arm.run
    return {
        "role": arm.role,
        "checkpoint": run.checkpoint.name,
        "digest": run.checkpoint.digest,
        "chat_template": run.chat_template,
        "sampling": run.sampling,
        "seed": run.seed,
    }


def design_digest(design: dict[str, Any]) -> str:
    """SHA-256 of the design as JSON with sorted keys and no spaces, in UTF-8."""
    return hashlib.sha256(json.dumps(design, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


@transaction.atomic
def lock(study: Study, actor: AbstractBaseUser | None = None) -> None:
    """Fixes the design and opens the study for judgments.

    Raises: ValueError if the study is no draft or has no comparison that can be shown.
    """
    if study.status != Study.Status.DRAFT:
        raise ValueError(f"{study.slug} is {study.status}: only a draft can be locked")
    if not study.comparisons.wanting_ratings().exists():
        raise ValueError(f"{study.slug} has no comparison that can be shown to raters")
    study.prompt_set_version.freeze()
    study.design = describe(study)
    study.design_sha256 = design_digest(study.design)
    study.locked_at = timezone.now()
    study.status = Study.Status.COLLECTING
    study.save()
    audited.send(
        sender=Study,
        actor=actor,
        action="study.locked",
        target=study,
        detail={"design_sha256": study.design_sha256},
    )
