"""The line `study/1`: what was asked, of whom, under which locked design, and which checkpoints answered."""

from typing import Any

from assay.takeaway.judgments import time_of
from assay.takeaway.source import Row, Source
from raters.models import Study, StudyArm
from raters.studies.design import describe, describe_rubric
from raters.studies.unblinding import drawn_order


def study_row(source: Source) -> Row:
    study = source.study
    return {
        "schema": "study/1",
        "study": {
            "slug": study.slug,
            "status": study.status,
            "simulated": study.simulation is not None,
            "imported": study.imported,
            "blinded": study.is_blinded,
            "unblinded_at": time_of(study.unblinded_at),
        },
        "asked": asked(study),
        "checkpoints": [checkpoint(source, arm) for arm in drawn_order(study)],
        "design": design(study),
        "rules": rules(study),
    }


def asked(study: Study) -> Row:
    version = study.prompt_set_version
    return {
        "prompt_set": version.prompt_set.slug,
        "kind": version.prompt_set.kind,
        "version": version.number,
        "prompts": version.prompts.count(),
        "content_sha256": version.content_sha256,
        "metadata_sha256": version.metadata_sha256,
        "rubric": describe_rubric(study.rubric),
        "ratings_per_comparison": study.ratings_per_comparison,
    }


def checkpoint(source: Source, arm: StudyArm) -> Row:
    """One arm under its name; while blinded, nothing else that would tell which it is."""
    run, model = arm.run, arm.run.checkpoint
    row: dict[str, Any] = {"model": source.names[arm.pk]}
    if source.study.is_blinded:
        return row
    return row | {
        "role": arm.role,
        "checkpoint": model.name,
        "family": model.family,
        "digest": model.digest,
        "source": model.source,
        "licence": model.licence,
        "licence_from": model.licence_from,
        "dtype": model.description.get("dtype"),
        "series": model.series.slug if model.series else None,
        "step": model.step,
        "chat_template": run.chat_template,
        "sampling": run.sampling,
        "seed": run.seed,
        "samples": run.samples,
    }


def design(study: Study) -> Row:
    """Digest and time of the lock; the design itself once names may be told, so that its digest can be made again."""
    locked = {"sha256": study.design_sha256, "locked_at": time_of(study.locked_at)}
    return locked if study.is_blinded else locked | {"locked": study.design or describe(study)}


def rules(study: Study) -> Row:
    return {
        "empty_responses": study.empty_policy,
        "self_identification": study.self_identification_rule,
        "raters_left_out": study.exclusion_rules,
        "stop": study.stop_rule,
        "gold_every": study.gold_every,
        "qualification": {"gold": study.qualify_gold, "right": study.qualify_right},
    }
