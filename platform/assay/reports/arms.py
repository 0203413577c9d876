"""What a study's arms are called in whatever leaves it, and which of two stands first: the one place that decides."""

import hashlib
import hmac

from assay.reports.judgments import arm_names
from raters.models import Study, StudyArm


def shown_names(study: Study) -> dict[int, str]:
    """Each arm's name by its key: "Model 1", "Model 2" until the study is unblinded, then its checkpoint's.

    Which is which is drawn by the study's secret, so that neither order nor role tells.
    """
    if not study.is_blinded:
        return arm_names(study)
    return {arm.pk: f"Model {number}" for number, arm in enumerate(drawn_order(study), start=1)}


def drawn_order(study: Study) -> list[StudyArm]:
    def lot(arm: StudyArm) -> bytes:
        return hmac.digest(study.secret.encode(), b"model number %d" % arm.pk, hashlib.sha256)

    return sorted(study.arms.select_related("run__checkpoint"), key=lot)


def b_stands_first(study: Study, name_a: str, name_b: str) -> bool:
    """Whether results speak of b against a: only while blinded, when the lower number stands first.

    Else a, the candidate, does. To tell the candidate by its place would tell who is who.
    """
    return study.is_blinded and model_number(name_b) < model_number(name_a)


def model_number(name: str) -> int:
    return int(name.rpartition(" ")[2])
