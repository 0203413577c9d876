"""The design of a study, written down and locked with a digest before the first judgment."""

import hashlib
import hmac
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from promptsets.audit import audited
from promptsets.digests import canonical_json
from raters.comparisons.leaning import leaning
from raters.comparisons.lint import refuse_telling_names
from raters.comparisons.sides import balance_sides
from raters.models import Rubric, Study, StudyArm
from raters.studies.removing import refuse_archived
from raters.studies.responses import pair_if_there, waits_for

WAY_IN = ["needs_desktop", "consent", "content_note", "shows_guide", "asks_check", "asks_practice"]
WAY_IN += ["qualify_gold", "qualify_right", "asks_exit", "about_raters"]
CARE = ("repeat_every", "repeat_gap", "repeat_swaps", "contested_split", "contested_safety")
PAY = ("pay_basis", "pay_rate", "pay_currency", "screen_out_pay")
WELFARE = ("reveal", "exposure_items", "exposure_minutes", "break_minutes")


def describe(study: Study) -> dict[str, Any]:
    """Everything that decides what is asked and how it will be counted, in plain values."""
    version = study.prompt_set_version
    return {
        "prompt_set": version.prompt_set.slug,
        "prompt_set_version": version.number,
        "prompts_sha256": version.content_sha256,
        "prompts_metadata_sha256": version.metadata_sha256,
        "arms": [describe_arm(arm) for arm in study.arms.select_related("run__checkpoint").order_by("pk")],
        "rubric": describe_rubric(study.rubric),
        "ratings_per_comparison": study.ratings_per_comparison,
        "pool": study.pool,
        "version": study.version,
        "follows": study.follows.design_sha256 if study.follows else "",
        "empty_policy": study.empty_policy,
        "self_identification_rule": study.self_identification_rule,
        "exclusion_rules": study.exclusion_rules,
        "stop_rule": study.stop_rule,
        "arms_known_to": study.arms_known_to,
        "welfare": {name: getattr(study, name) for name in WELFARE},
        "care": {name: getattr(study, name) for name in CARE},
        "pay": {name: str(getattr(study, name)) for name in PAY},
        "way_in": {name: getattr(study, name) for name in WAY_IN},
        "texts": {"language": study.language, "sha256": digest_of(study.texts)},
        "fast_floor_percent": study.fast_floor_percent,
        "most_per_rater": study.most_per_rater,
        "gold_every": study.gold_every,
        "lease_s": study.lease_s,
        "comparisons": study.comparisons.count(),
        "comparisons_sha256": comparisons_digest(study),
        "seal": seal_of(study),
        **({"imported": study.imported} if study.imported else {}),
    }


def describe_rubric(rubric: Rubric) -> dict[str, Any]:
    guide_sha256 = hashlib.sha256(rubric.guide.encode()).hexdigest()
    fields = ["slug", "version", "kind", "scale", "questions"]
    fields += ["asks_tie_kind", "asks_acceptability", "asks_safety"]
    digests = {"guide_sha256": guide_sha256, "training_sha256": digest_of(rubric.training)}
    return {name: getattr(rubric, name) for name in fields} | digests


def comparisons_digest(study: Study) -> str:
    """SHA-256 over what is compared, text by text, and over what is left out and why."""
    fields = (
        "prompt__key",
        "arm_a__run__checkpoint__name",
        "response_a__text_sha256",
        "response_b__text_sha256",
    )
    rows = study.comparisons.values_list(*fields, "kind", "status", "status_reason")
    return digest_of(sorted(map(list, rows), key=str))


def seal_of(study: Study) -> str:
    """Of the study's secret: without it nobody can try which arm in which role makes the digest that all may read."""
    return hmac.digest(study.secret.encode(), b"seal of the design", hashlib.sha256).hex()


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


def digest_of(value: Any) -> str:
    """SHA-256 of a value as canonical JSON."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


@transaction.atomic
def lock(study: Study, actor: AbstractBaseUser | None = None) -> None:
    """Fixes the design and opens the study for judgments.

    Raises: ValueError if the study is no draft or archived, has no comparison that can be shown, or tells raters its
    arms' names.
    """
    Study.objects.select_for_update().get(pk=study.pk)  # of two who lock at once, the second finds no draft
    study.refresh_from_db()
    if study.status != Study.Status.DRAFT:
        raise ValueError(f"{study.slug} is {study.status}: only a draft can be locked")
    refuse_archived(study)
    if waiting := waits_for(study):
        raise ValueError(f"{study.slug} cannot be opened yet: {waiting}")
    pair_if_there(study)
    regular = study.comparisons.regular()
    if not regular.wanting_ratings().exists() and not regular.settled().exists():
        raise ValueError(f"{study.slug} has no comparison that can be shown to raters")
    worth_a_look = refuse_telling_names(study)
    balance_sides(study)
    study.prompt_set_version.freeze()
    study.design = describe(study)
    study.design_sha256 = digest_of(study.design)
    study.locked_at = timezone.now()
    study.status = Study.Status.COLLECTING
    study.save()
    audited.send(
        sender=Study,
        actor=actor,
        action="study.locked",
        target=study,
        detail={
            "design_sha256": study.design_sha256,
            "names": [str(one) for one in worth_a_look],
            "leaning": leaning(study),
        },
    )
